-- Who compares records opens what is sealed of the one authority that it named with SET LOCAL.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'joinedup_matcher') THEN
    CREATE ROLE joinedup_matcher NOLOGIN;
  END IF;
END $$;

GRANT SELECT (key_id, la, wrapped) ON leaf_keys TO joinedup_matcher;
ALTER POLICY reader_own_la ON leaf_keys
  USING (current_user NOT IN ('joinedup_reader', 'joinedup_dashboard', 'joinedup_matcher')
         OR la = (SELECT reading_la()))
  WITH CHECK (current_user NOT IN ('joinedup_reader', 'joinedup_dashboard', 'joinedup_matcher'));
