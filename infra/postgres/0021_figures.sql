-- What managers are shown of the alerts of a period, and who took such figures away.
CREATE INDEX alerts_by_time ON alerts (la, opened_at, alert_id);

-- Each export of figures: by whom, of which days and by what; on record before it leaves. It names no child.
CREATE TABLE exports (
  id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  la         text        NOT NULL,
  reader     text        NOT NULL,
  role       text        NOT NULL,
  what       text        NOT NULL,
  first_day  date        NOT NULL,
  last_day   date        NOT NULL,
  at         timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX exports_by_la ON exports (la, id);
ALTER TABLE exports ENABLE ROW LEVEL SECURITY;
ALTER TABLE exports FORCE ROW LEVEL SECURITY;
GRANT SELECT ON exports TO joinedup_dashboard;
GRANT INSERT (la, reader, role, what, first_day, last_day) ON exports TO joinedup_dashboard;
CREATE POLICY own ON exports FOR INSERT TO joinedup_dashboard
  WITH CHECK (la = (SELECT la_as('manager')) AND is_reader(reader)
              AND role = current_setting('joinedup.role', true));
CREATE POLICY reviewed ON exports FOR SELECT TO joinedup_dashboard
  USING (la = (SELECT la_as('manager', 'auditor')));
