-- Who may speak to the store. A deployment creates these with a password and LOGIN beforehand;
-- here they are only made to exist, so that the grants below have somebody to name.
DO $$
DECLARE wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY[
    'joinedup_intake', 'joinedup_join', 'joinedup_relay', 'joinedup_reader'
  ] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
    END IF;
  END LOOP;
END $$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public
  TO joinedup_intake, joinedup_join, joinedup_relay, joinedup_reader;

-- What a reading session said of itself with SET LOCAL; null (and so no row) when it did not.
CREATE FUNCTION reading_la() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN current_setting('joinedup.role', true) IN ('lead', 'auditor')
              THEN nullif(current_setting('joinedup.la', true), '') END
$$;

-- Rows of one local authority for who reads, of any for the join, which is no person's login.
CREATE PROCEDURE guard_by_la(guarded regclass) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', guarded);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', guarded);
  EXECUTE format('CREATE POLICY join_writes ON %s TO joinedup_join'
                 ' USING (true) WITH CHECK (true)', guarded);
  EXECUTE format('CREATE POLICY own_la ON %s FOR SELECT TO joinedup_reader'
                 ' USING (la = (SELECT reading_la()))', guarded);
END $$;
REVOKE ALL ON PROCEDURE guard_by_la(regclass) FROM PUBLIC;
