-- Every version of every data-sharing agreement on record, written by the join, so that the store itself
-- shows an agency's officers nothing any more when none is in force. agencies: those whose events it covers.
CREATE TABLE agreements (
  la            text    NOT NULL,
  organisation  text    NOT NULL,
  agreement     text    NOT NULL,
  version       bigint  NOT NULL,
  agencies      text[]  NOT NULL,
  first_day     date    NOT NULL,
  last_day      date    NOT NULL,
  recorded_at   bigint  NOT NULL,  -- known time, milliseconds since 1970 UTC
  PRIMARY KEY (la, organisation, agreement, version)
);
GRANT SELECT, INSERT ON agreements TO joinedup_join;
GRANT SELECT ON agreements TO joinedup_dashboard;
CALL guard_by_la('agreements');

-- As la_as, whether or not an agreement lets an officer see anything: to say so, and to record it.
CREATE FUNCTION la_signed_in_as(VARIADIC roles text[]) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN current_setting('joinedup.role', true) = ANY (roles)
              THEN nullif(current_setting('joinedup.la', true), '') END
$$;
CREATE POLICY dashboard_of_la ON agreements FOR SELECT TO joinedup_dashboard
  USING (la = (SELECT la_signed_in_as('officer')));
ALTER POLICY dashboard_of_la ON authorities
  USING (la = (SELECT la_signed_in_as('lead', 'manager', 'officer', 'auditor', 'administrator')));
ALTER POLICY dashboard_notes ON reads
  WITH CHECK (la = (SELECT la_signed_in_as('lead', 'manager', 'officer', 'auditor'))
              AND reader = current_setting('joinedup.reader', true)
              AND role = current_setting('joinedup.role', true));

-- Whether an agreement of the officer's agency, or of their organisation where that is known, is in
-- force on the day in England up to which the authority is known; or none has begun yet.
CREATE FUNCTION agency_may_see() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH me AS (
    SELECT current_setting('joinedup.agency', true) AS agency,
      coalesce(current_setting('joinedup.organisation', true), '') AS organisation
  ), today AS (
    SELECT (to_timestamp(p.kappa / 1000.0) AT TIME ZONE 'Europe/London')::date AS day
    FROM authorities a JOIN partition_state p ON p.partition = a.partition
    WHERE a.la = current_setting('joinedup.la', true)
  ), mine AS (
    SELECT g.*, me.organisation <> '' OR me.agency = ANY (g.agencies) AS counts
    FROM agreements g, me
    WHERE g.la = current_setting('joinedup.la', true) AND me.organisation IN ('', g.organisation)
  ), bound AS (
    SELECT organisation FROM mine, today WHERE counts AND first_day <= day
  ), standing AS (
    SELECT DISTINCT ON (organisation, agreement) * FROM mine
    WHERE organisation IN (SELECT organisation FROM bound)
    ORDER BY organisation, agreement, version DESC
  )
  SELECT NOT EXISTS (SELECT FROM bound)
    OR EXISTS (SELECT FROM standing, today WHERE counts AND day BETWEEN first_day AND last_day)
$$;

CREATE OR REPLACE FUNCTION la_as(VARIADIC roles text[]) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN current_setting('joinedup.role', true) = ANY (roles)
               AND (current_setting('joinedup.role', true) <> 'officer' OR agency_may_see())
              THEN nullif(current_setting('joinedup.la', true), '') END
$$;
