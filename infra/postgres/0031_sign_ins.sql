-- Who signed in at the dashboard: as what, as which account of whose provider, and in which session, by the
-- SHA-256 of its id. Sealed as looks are; each person is shown their own sessions by it.
CREATE TABLE sign_ins (
  id       bigint       GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  xid      xid8         NOT NULL DEFAULT pg_current_xact_id(),
  la       text         NOT NULL,
  reader   text         NOT NULL,  -- as they are recorded
  role     text         NOT NULL,
  agency   text         NOT NULL,
  issuer   text         NOT NULL,  -- who proved it; empty where it was the local password
  subject  text         NOT NULL,  -- whose account it is there
  session  bytea        NOT NULL,
  at       timestamptz  NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX sign_ins_by_xid ON sign_ins (xid, id);
CREATE INDEX sign_ins_by_reader ON sign_ins (la, reader, at);

CREATE TABLE sealed_sign_ins (
  la      text   NOT NULL,
  number  bigint NOT NULL,
  id      bigint NOT NULL UNIQUE,
  xid     xid8   NOT NULL,
  body    text   NOT NULL,
  chain   text   NOT NULL,
  PRIMARY KEY (la, number)
);
CREATE INDEX sealed_sign_ins_by_xid ON sealed_sign_ins (xid, id);

-- Which account a name is: the first that came by it. No second person is taken for the first.
CREATE TABLE accounts (
  la       text         NOT NULL,
  reader   text         NOT NULL,
  issuer   text         NOT NULL,
  subject  text         NOT NULL,
  since    timestamptz  NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (la, reader)
);

DO $$
DECLARE kept text;
BEGIN
  FOREACH kept IN ARRAY ARRAY['sign_ins', 'sealed_sign_ins', 'accounts'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', kept);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', kept);
  END LOOP;
  FOREACH kept IN ARRAY ARRAY['sign_ins', 'accounts'] LOOP
    EXECUTE format('GRANT SELECT ON %I TO joinedup_dashboard', kept);
    EXECUTE format('CREATE POLICY own ON %I FOR INSERT TO joinedup_dashboard WITH CHECK'
                   ' (la = (SELECT nullif(current_setting(''joinedup.la'', true), ''''))'
                   ' AND is_reader(reader))', kept);
  END LOOP;
  FOREACH kept IN ARRAY ARRAY['sign_ins', 'sealed_sign_ins'] LOOP
    EXECUTE format('GRANT SELECT ON %I TO joinedup_sealer, joinedup_auditor', kept);
    EXECUTE format('CREATE POLICY audit_reads ON %I FOR SELECT TO joinedup_sealer, joinedup_auditor'
                   ' USING (true)', kept);
  END LOOP;
END $$;
GRANT INSERT (la, reader, role, agency, issuer, subject, session) ON sign_ins TO joinedup_dashboard;
GRANT INSERT (la, reader, issuer, subject) ON accounts TO joinedup_dashboard;
CREATE POLICY own_lately ON sign_ins FOR SELECT TO joinedup_dashboard
  USING (la = (SELECT nullif(current_setting('joinedup.la', true), '')) AND is_reader(reader)
         AND at > clock_timestamp() - interval '1 day');
CREATE POLICY own_account ON accounts FOR SELECT TO joinedup_dashboard
  USING (la = (SELECT nullif(current_setting('joinedup.la', true), '')) AND is_reader(reader));
GRANT INSERT ON sealed_sign_ins TO joinedup_sealer;
CREATE POLICY sealer_adds ON sealed_sign_ins FOR INSERT TO joinedup_sealer WITH CHECK (true);

-- An operator lets a name go to another account, in a reader's role.
GRANT SELECT (la, reader), DELETE ON accounts TO joinedup_reader;
CREATE POLICY own_la ON accounts FOR SELECT TO joinedup_reader USING (la = (SELECT reading_la()));
CREATE POLICY own_la_ends ON accounts FOR DELETE TO joinedup_reader
  USING (la = (SELECT reading_la()));
