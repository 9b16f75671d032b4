-- A shield officer sees of a child what a lead does, and finds a shielded one by an identifier, which
-- no row shows: so the store takes the role for a lead's, and records who looked by its own name.
CREATE OR REPLACE FUNCTION reading_la() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN current_setting('joinedup.role', true)
                   IN ('lead', 'manager', 'auditor', 'shield-officer')
              THEN nullif(current_setting('joinedup.la', true), '') END
$$;
CREATE FUNCTION reads_as(roles text[]) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT current_setting('joinedup.role', true) = ANY (roles)
      OR (current_setting('joinedup.role', true) = 'shield-officer' AND 'lead' = ANY (roles))
$$;
CREATE OR REPLACE FUNCTION la_signed_in_as(VARIADIC roles text[]) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN reads_as(roles) THEN nullif(current_setting('joinedup.la', true), '') END
$$;
CREATE OR REPLACE FUNCTION la_as(VARIADIC roles text[]) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN reads_as(roles)
               AND (current_setting('joinedup.role', true) <> 'officer' OR agency_may_see())
              THEN nullif(current_setting('joinedup.la', true), '') END
$$;
