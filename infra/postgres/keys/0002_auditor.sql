-- A replay opens journeys as the join does.
GRANT SELECT ON leaf_keys TO joinedup_auditor;
