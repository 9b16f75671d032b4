-- Who compares records that share no identifier: of the one authority that it names it sees whose
-- child each leaf is and whether that is shielded, and nothing of what is known of anybody.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'joinedup_matcher') THEN
    CREATE ROLE joinedup_matcher NOLOGIN;
  END IF;
END $$;

GRANT USAGE ON SCHEMA public TO joinedup_matcher;
GRANT SELECT (la, leaf, child, shielded) ON leaves TO joinedup_matcher;
CREATE POLICY matcher_of_la ON leaves FOR SELECT TO joinedup_matcher
  USING (la = (SELECT reading_la()));
