-- The dashboard opens what is sealed of the one authority that it named with SET LOCAL, as a reader.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'joinedup_dashboard') THEN
    CREATE ROLE joinedup_dashboard NOLOGIN;
  END IF;
END $$;

GRANT SELECT ON leaf_keys TO joinedup_dashboard;
ALTER POLICY reader_own_la ON leaf_keys
  USING (current_user NOT IN ('joinedup_reader', 'joinedup_dashboard') OR la = (SELECT reading_la()))
  WITH CHECK (current_user NOT IN ('joinedup_reader', 'joinedup_dashboard'));
