-- The dashboard opens what is sealed for every role that is shown something of a child.
CREATE OR REPLACE FUNCTION reading_la() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN current_setting('joinedup.role', true)
                   IN ('lead', 'manager', 'officer', 'auditor')
              THEN nullif(current_setting('joinedup.la', true), '') END
$$;
