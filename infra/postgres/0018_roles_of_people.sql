-- The dashboard reads for people of several roles: each sees, of one authority, what its role may.
-- It says with SET LOCAL who reads (joinedup.reader), as what (joinedup.role), of which authority
-- (joinedup.la) and, for an officer, of which agency (joinedup.agency).
CREATE FUNCTION la_as(VARIADIC roles text[]) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN current_setting('joinedup.role', true) = ANY (roles)
              THEN nullif(current_setting('joinedup.la', true), '') END
$$;
-- A manager sees what a lead does, where a table says no more than of whose authority its rows are.
CREATE OR REPLACE FUNCTION reading_la() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN current_setting('joinedup.role', true) IN ('lead', 'manager', 'auditor')
              THEN nullif(current_setting('joinedup.la', true), '') END
$$;
-- The agency whose facts alone may be seen, null where all may: a role that is not named sees none.
CREATE FUNCTION agency_seen() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN current_setting('joinedup.role', true) = 'officer'
              THEN coalesce(current_setting('joinedup.agency', true), '') END
$$;

ALTER POLICY dashboard_of_la ON authorities
  USING (la = (SELECT la_as('lead', 'manager', 'officer', 'auditor', 'administrator')));
ALTER POLICY dashboard_of_la ON timeline
  USING (la = (SELECT la_as('lead', 'manager', 'officer', 'auditor'))
         AND ((SELECT agency_seen()) IS NULL OR agency = (SELECT agency_seen())));

DO $$
DECLARE shown text;
BEGIN
  -- By these a child is found, and who knows it is told.
  FOREACH shown IN ARRAY ARRAY['leaves', 'clusters', 'records', 'nodes'] LOOP
    EXECUTE format('ALTER POLICY dashboard_of_la ON %I'
      ' USING (la = (SELECT la_as(''lead'', ''manager'', ''officer'', ''auditor'')))', shown);
  END LOOP;
  FOREACH shown IN ARRAY ARRAY['parked', 'reviews', 'alerts', 'alert_transitions'] LOOP
    EXECUTE format('ALTER POLICY dashboard_of_la ON %I'
      ' USING (la = (SELECT la_as(''lead'', ''manager'', ''officer'')))', shown);
  END LOOP;
END $$;

-- Who looked is an auditor's to see. Each says who looks in no other name than its own.
GRANT SELECT ON reads TO joinedup_dashboard;
ALTER POLICY dashboard_notes ON reads
  WITH CHECK (la = (SELECT la_as('lead', 'manager', 'officer', 'auditor'))
              AND reader = current_setting('joinedup.reader', true)
              AND role = current_setting('joinedup.role', true));
CREATE POLICY dashboard_audits ON reads FOR SELECT TO joinedup_dashboard
  USING (la = (SELECT la_as('auditor')));
CREATE INDEX reads_by_la ON reads (la, id);
