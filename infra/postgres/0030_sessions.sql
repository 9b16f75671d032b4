-- Sessions of the dashboard that ended before their time, whichever of its processes ended them: the SHA-256 of
-- the session's id and no name. The dashboard keeps each for as long as a copy of its cookie could last.
CREATE TABLE ended_sessions (
  session  bytea        NOT NULL PRIMARY KEY,
  at       timestamptz  NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ended_sessions_by_time ON ended_sessions (at);

-- Whose sessions an operator ended, all that had begun by then; it keeps nobody from signing in again.
CREATE TABLE ended_people (
  la      text         NOT NULL,
  reader  text         NOT NULL,  -- as the machine knows them
  at      timestamptz  NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (la, reader, at)
);

DO $$
DECLARE kept text;
BEGIN
  FOREACH kept IN ARRAY ARRAY['ended_sessions', 'ended_people'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', kept);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', kept);
    EXECUTE format('GRANT SELECT ON %I TO joinedup_dashboard', kept);
  END LOOP;
END $$;
-- Nobody is signed in before it is known whether their session ended: no role of a person's is asked for here.
CREATE POLICY asked ON ended_sessions FOR SELECT TO joinedup_dashboard USING (true);
CREATE POLICY asked ON ended_people FOR SELECT TO joinedup_dashboard
  USING (la = (SELECT nullif(current_setting('joinedup.la', true), '')));
GRANT INSERT (session), DELETE ON ended_sessions TO joinedup_dashboard;
CREATE POLICY ended ON ended_sessions FOR INSERT TO joinedup_dashboard WITH CHECK (true);
CREATE POLICY over ON ended_sessions FOR DELETE TO joinedup_dashboard USING (true);
GRANT INSERT (la, reader) ON ended_people TO joinedup_reader;
CREATE POLICY own_la ON ended_people FOR INSERT TO joinedup_reader WITH CHECK (la = (SELECT reading_la()));

-- How many children somebody looked at of late is asked before they look at one more; of their own looks
-- they see no others than these.
CREATE INDEX reads_by_reader ON reads (la, reader, at);
CREATE POLICY own_lately ON reads FOR SELECT TO joinedup_dashboard
  USING (la = (SELECT la_as('lead', 'manager', 'officer', 'shield-officer')) AND is_reader(reader)
         AND at > clock_timestamp() - interval '1 hour');
