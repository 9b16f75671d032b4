-- What a lead may open, a shield officer may.
CREATE OR REPLACE FUNCTION reading_la() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN current_setting('joinedup.role', true)
                   IN ('lead', 'manager', 'officer', 'auditor', 'shield-officer')
              THEN nullif(current_setting('joinedup.la', true), '') END
$$;
