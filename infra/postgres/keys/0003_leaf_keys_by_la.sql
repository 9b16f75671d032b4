-- A reader gets the keys of the one authority that it named with SET LOCAL, as in the store; every
-- other role that was granted the table sees all of it.
CREATE FUNCTION reading_la() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN current_setting('joinedup.role', true) IN ('lead', 'auditor')
              THEN nullif(current_setting('joinedup.la', true), '') END
$$;

ALTER TABLE leaf_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE leaf_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY reader_own_la ON leaf_keys
  USING (current_user <> 'joinedup_reader' OR la = (SELECT reading_la()))
  WITH CHECK (current_user <> 'joinedup_reader');
