-- Who replays: sees what was told, in every authority, and how far the join had come; no fact,
-- no child's record. What it was told from comes from journeys, opened with the leaf keys.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'joinedup_auditor') THEN
    CREATE ROLE joinedup_auditor NOLOGIN;
  END IF;
END $$;

GRANT USAGE ON SCHEMA public TO joinedup_auditor;
GRANT SELECT ON partition_state, alert_transitions, alerts TO joinedup_auditor;
CREATE POLICY auditor_reads ON alert_transitions FOR SELECT TO joinedup_auditor USING (true);
CREATE POLICY auditor_reads ON alerts FOR SELECT TO joinedup_auditor USING (true);
