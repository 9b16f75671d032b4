-- The dashboard reads for whoever is signed in to it, of that person's authority, as a reader does:
-- only what its pages show. It says whom it is about to show what, and writes nothing else.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'joinedup_dashboard') THEN
    CREATE ROLE joinedup_dashboard NOLOGIN;
  END IF;
END $$;

GRANT USAGE ON SCHEMA public TO joinedup_dashboard;
GRANT SELECT ON partition_state TO joinedup_dashboard;
GRANT INSERT (la, child, reader, role, command, purpose) ON reads TO joinedup_dashboard;
CREATE POLICY dashboard_notes ON reads FOR INSERT TO joinedup_dashboard
  WITH CHECK (la = (SELECT reading_la()));

DO $$
DECLARE shown text;
BEGIN
  FOREACH shown IN ARRAY ARRAY[
    'authorities', 'timeline', 'leaves', 'clusters', 'records', 'nodes', 'parked', 'reviews',
    'alerts', 'alert_transitions'
  ] LOOP
    EXECUTE format('GRANT SELECT ON %I TO joinedup_dashboard', shown);
    EXECUTE format('CREATE POLICY dashboard_of_la ON %I FOR SELECT TO joinedup_dashboard'
                   ' USING (la = (SELECT reading_la()))', shown);
  END LOOP;
END $$;

-- The most severe first: the order of a queue, which is read a page at a time from this index.
CREATE FUNCTION urgency(severity text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(array_position(ARRAY['critical', 'high', 'medium', 'low'], severity), 5)
$$;
CREATE INDEX alerts_by_urgency ON alerts (la, status, urgency(severity), due, alert_id);
DROP INDEX alerts_by_status;  -- what it was for, the new one serves too
