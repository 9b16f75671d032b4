-- Each step of telling somebody of an alert, as it stands on the topic `deliveries` and in its
-- place there. It names no child. body: the audited text, RFC 8785 JSON.
-- xid: as of `reads`; the sealer takes rows in the order of their transactions.
CREATE TABLE deliveries (
  id            bigint   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  xid           xid8     NOT NULL DEFAULT pg_current_xact_id(),
  partition     integer  NOT NULL,
  topic_offset  bigint   NOT NULL,
  la            text     NOT NULL,
  alert_id      uuid     NOT NULL,
  recipient     text     NOT NULL,
  channel       text     NOT NULL,
  step          text     NOT NULL,
  urgent        boolean  NOT NULL,
  message       uuid,
  at            bigint   NOT NULL,  -- by the notifier's clock, milliseconds since 1970 UTC
  body          text     NOT NULL,
  UNIQUE (partition, topic_offset)
);
CREATE INDEX deliveries_by_xid ON deliveries (xid, id);
CREATE INDEX deliveries_by_alert ON deliveries (la, alert_id, id);
-- How many messages that were not urgent a recipient was sent of late.
CREATE INDEX deliveries_in_bulk ON deliveries (at)
  WHERE step IN ('ACCEPTED', 'DELIVERED') AND NOT urgent;

-- Where each delivery stands now; the body is that of its last step.
CREATE TABLE delivery_states (
  la          text     NOT NULL,
  delivery    uuid     NOT NULL,
  alert_id    uuid     NOT NULL,
  step        text     NOT NULL,
  urgent      boolean  NOT NULL,
  planned_at  bigint   NOT NULL,
  body        text     NOT NULL,
  PRIMARY KEY (la, delivery)
) WITH (fillfactor = 70);
CREATE INDEX delivery_states_by_alert ON delivery_states (la, alert_id);
CREATE INDEX delivery_states_waiting ON delivery_states (urgent DESC, planned_at)
  WHERE step IN ('PLANNED', 'ATTEMPTED', 'FAILED');
CREATE INDEX delivery_states_accepted ON delivery_states (planned_at) WHERE step = 'ACCEPTED';

-- How far the notifier has come on each partition: of what it reads, and of what it wrote.
CREATE TABLE notifier_state (
  partition          integer PRIMARY KEY,
  alerts_offset      bigint  NOT NULL,
  deliveries_offset  bigint  NOT NULL
) WITH (fillfactor = 20);

-- The steps in the order of their sealing, chained for each authority, as `sealed_reads` are.
CREATE TABLE sealed_deliveries (
  la      text   NOT NULL,
  number  bigint NOT NULL,
  id      bigint NOT NULL UNIQUE,
  xid     xid8   NOT NULL,
  body    text   NOT NULL,
  chain   text   NOT NULL,
  PRIMARY KEY (la, number)
);
CREATE INDEX sealed_deliveries_by_xid ON sealed_deliveries (xid, id);

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'joinedup_notifier') THEN
    CREATE ROLE joinedup_notifier NOLOGIN;
  END IF;
END $$;

-- Of an alert it sees whether it is open and how bad it is; of a child nothing.
GRANT USAGE ON SCHEMA public TO joinedup_notifier;
GRANT SELECT, INSERT ON deliveries TO joinedup_notifier;
GRANT SELECT, INSERT, UPDATE ON delivery_states, notifier_state TO joinedup_notifier;
GRANT SELECT (la, alert_id, status, severity) ON alerts TO joinedup_notifier;
GRANT SELECT (la, alert_id) ON erased_places TO joinedup_notifier;
CREATE POLICY notifier_reads ON alerts FOR SELECT TO joinedup_notifier USING (true);
CREATE POLICY notifier_reads ON erased_places FOR SELECT TO joinedup_notifier USING (true);

GRANT SELECT ON deliveries, sealed_deliveries TO joinedup_sealer, joinedup_auditor;
GRANT INSERT ON sealed_deliveries TO joinedup_sealer;
GRANT SELECT ON deliveries, delivery_states TO joinedup_reader;

DO $$
DECLARE guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['deliveries', 'delivery_states', 'sealed_deliveries'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
  END LOOP;
  FOREACH guarded IN ARRAY ARRAY['deliveries', 'delivery_states'] LOOP
    EXECUTE format('CREATE POLICY notifier_writes ON %I TO joinedup_notifier'
                   ' USING (true) WITH CHECK (true)', guarded);
    EXECUTE format('CREATE POLICY own_la ON %I FOR SELECT TO joinedup_reader'
                   ' USING (la = (SELECT reading_la()))', guarded);
  END LOOP;
  FOREACH guarded IN ARRAY ARRAY['deliveries', 'sealed_deliveries'] LOOP
    EXECUTE format('CREATE POLICY audit_reads ON %I FOR SELECT'
                   ' TO joinedup_sealer, joinedup_auditor USING (true)', guarded);
  END LOOP;
END $$;
CREATE POLICY sealer_adds ON sealed_deliveries FOR INSERT TO joinedup_sealer WITH CHECK (true);
