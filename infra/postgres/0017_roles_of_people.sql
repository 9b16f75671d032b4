-- The dashboard reads for people of several roles: each sees, of one authority, what its role may.
-- It says with SET LOCAL who reads (joinedup.reader), as what (joinedup.role), of which authority
-- (joinedup.la) and, for an officer, of which agency (joinedup.agency).
CREATE FUNCTION la_as(VARIADIC roles text[]) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN current_setting('joinedup.role', true) = ANY (roles)
              THEN nullif(current_setting('joinedup.la', true), '') END
$$;
-- A manager sees what a lead does, where a table says no more than of whose authority its rows are.
CREATE OR REPLACE FUNCTION reading_la() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN current_setting('joinedup.role', true) IN ('lead', 'manager', 'auditor')
              THEN nullif(current_setting('joinedup.la', true), '') END
$$;
-- The agency whose facts alone may be seen, null where all may: a role that is not named sees none.
CREATE FUNCTION agency_seen() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN current_setting('joinedup.role', true) = 'officer'
              THEN coalesce(current_setting('joinedup.agency', true), '') END
$$;

ALTER POLICY dashboard_of_la ON authorities
  USING (la = (SELECT la_as('lead', 'manager', 'officer', 'auditor', 'administrator')));
ALTER POLICY dashboard_of_la ON timeline
  USING (la = (SELECT la_as('lead', 'manager', 'officer', 'auditor'))
         AND ((SELECT agency_seen()) IS NULL OR agency = (SELECT agency_seen())));

DO $$
DECLARE shown text;
BEGIN
  -- By these a child is found, and who knows it is told.
  FOREACH shown IN ARRAY ARRAY['leaves', 'clusters', 'records', 'nodes'] LOOP
    EXECUTE format('ALTER POLICY dashboard_of_la ON %I'
      ' USING (la = (SELECT la_as(''lead'', ''manager'', ''officer'', ''auditor'')))', shown);
  END LOOP;
  FOREACH shown IN ARRAY ARRAY['parked', 'reviews', 'alerts', 'alert_transitions'] LOOP
    EXECUTE format('ALTER POLICY dashboard_of_la ON %I'
      ' USING (la = (SELECT la_as(''lead'', ''manager'', ''officer'')))', shown);
  END LOOP;
END $$;

-- Who looked is an auditor's to see. Each says who looks in no other name than its own.
GRANT SELECT ON reads TO joinedup_dashboard;
ALTER POLICY dashboard_notes ON reads
  WITH CHECK (la = (SELECT la_as('lead', 'manager', 'officer', 'auditor'))
              AND reader = current_setting('joinedup.reader', true)
              AND role = current_setting('joinedup.role', true));
CREATE POLICY dashboard_audits ON reads FOR SELECT TO joinedup_dashboard
  USING (la = (SELECT la_as('auditor')));
CREATE INDEX reads_by_la ON reads (la, id);

-- Who looked although nothing showed that they need to know, and why; what they wrote is sealed under
-- the key of the leaf that is named. A manager looks at each afterwards.
CREATE TABLE break_glass (
  la      text        NOT NULL,
  id      uuid        NOT NULL,
  child   text        NOT NULL,
  reader  text        NOT NULL,
  role    text        NOT NULL,
  code    text        NOT NULL,
  leaf    bytea       NOT NULL,
  reason  bytea       NOT NULL,  -- AES-SIV
  at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (la, id)
);
CREATE INDEX break_glass_by_reader ON break_glass (la, reader, child, at);
CREATE INDEX break_glass_by_time ON break_glass (la, at, id);

CREATE TABLE break_glass_reviews (
  la        text        NOT NULL,
  id        uuid        NOT NULL,
  reviewer  text        NOT NULL,
  verdict   text        NOT NULL,
  at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (la, id),
  FOREIGN KEY (la, id) REFERENCES break_glass
);

-- Each search for a child: by whom, by which kind of identifier and what came of it, never for what.
CREATE TABLE searches (
  id       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  la       text        NOT NULL,
  reader   text        NOT NULL,
  role     text        NOT NULL,
  scheme   text        NOT NULL,
  outcome  text        NOT NULL,
  at       timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX searches_by_reader ON searches (la, reader, at);

DO $$
DECLARE kept text;
BEGIN
  FOREACH kept IN ARRAY ARRAY['break_glass', 'break_glass_reviews', 'searches'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', kept);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', kept);
    EXECUTE format('GRANT SELECT ON %I TO joinedup_dashboard', kept);
  END LOOP;
END $$;
GRANT INSERT (la, id, child, reader, role, code, leaf, reason) ON break_glass TO joinedup_dashboard;
GRANT INSERT (la, id, reviewer, verdict) ON break_glass_reviews TO joinedup_dashboard;
GRANT INSERT (la, reader, role, scheme, outcome) ON searches TO joinedup_dashboard;

CREATE FUNCTION is_reader(name text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT name = current_setting('joinedup.reader', true)
$$;
CREATE POLICY own ON break_glass FOR INSERT TO joinedup_dashboard
  WITH CHECK (la = (SELECT la_as('lead', 'manager', 'officer')) AND is_reader(reader)
              AND role = current_setting('joinedup.role', true));
CREATE POLICY own_or_reviewed ON break_glass FOR SELECT TO joinedup_dashboard
  USING (la = (SELECT la_as('manager', 'auditor'))
         OR (la = (SELECT la_as('lead', 'officer')) AND is_reader(reader)));
-- Nobody reviews what they did themselves.
CREATE POLICY by_a_manager ON break_glass_reviews FOR INSERT TO joinedup_dashboard
  WITH CHECK (la = (SELECT la_as('manager')) AND is_reader(reviewer) AND EXISTS (
    SELECT FROM break_glass b WHERE b.la = break_glass_reviews.la
      AND b.id = break_glass_reviews.id AND b.reader <> break_glass_reviews.reviewer));
CREATE POLICY reviewed ON break_glass_reviews FOR SELECT TO joinedup_dashboard
  USING (la = (SELECT la_as('manager', 'auditor')));
CREATE POLICY own ON searches FOR INSERT TO joinedup_dashboard
  WITH CHECK (la = (SELECT la_as('lead', 'manager', 'officer', 'auditor')) AND is_reader(reader)
              AND role = current_setting('joinedup.role', true));
CREATE POLICY own_or_audited ON searches FOR SELECT TO joinedup_dashboard
  USING (la = (SELECT la_as('auditor'))
         OR (la = (SELECT la_as('lead', 'manager', 'officer')) AND is_reader(reader)));
