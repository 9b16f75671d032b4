-- Who looked at a child's record: a plain row for each, written before the answer leaves.
-- xid: of the transaction that wrote it; the sealer takes rows only when no transaction that
-- could still commit an earlier one is open, and so never has to go back.
CREATE TABLE reads (
  id       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  xid      xid8        NOT NULL DEFAULT pg_current_xact_id(),
  la       text        NOT NULL,
  child    text        NOT NULL,
  reader   text        NOT NULL,  -- who looked, as the machine knows them
  role     text        NOT NULL,
  command  text        NOT NULL,
  purpose  text        NOT NULL,
  at       timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX reads_by_xid ON reads (xid, id);
CREATE INDEX reads_by_child ON reads (la, child, id);

-- The same rows in the order of their sealing, chained for each authority. body: canonical JSON.
CREATE TABLE sealed_reads (
  la      text   NOT NULL,
  number  bigint NOT NULL,
  id      bigint NOT NULL UNIQUE,
  xid     xid8   NOT NULL,
  body    text   NOT NULL,
  chain   text   NOT NULL,
  PRIMARY KEY (la, number)
);
CREATE INDEX sealed_reads_by_xid ON sealed_reads (xid, id);

-- Signed heads of the chains. chain: 'transitions', numbered by the partition's sequence, or
-- 'reads'. The same stand on the checkpoints topic, which whoever can write here cannot change.
CREATE TABLE checkpoints (
  chain      text    NOT NULL,
  la         text    NOT NULL,
  partition  integer NOT NULL,
  number     bigint  NOT NULL,
  head       text    NOT NULL,
  at         bigint  NOT NULL,  -- by the sealer's clock, milliseconds since 1970 UTC
  signature  text    NOT NULL,
  PRIMARY KEY (chain, la, number)
);

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'joinedup_sealer') THEN
    CREATE ROLE joinedup_sealer NOLOGIN;
  END IF;
END $$;

GRANT USAGE ON SCHEMA public TO joinedup_sealer;
GRANT SELECT ON partition_state, alert_transitions, reads, sealed_reads, checkpoints
  TO joinedup_sealer;
GRANT INSERT ON sealed_reads, checkpoints TO joinedup_sealer;
GRANT SELECT ON reads, sealed_reads, checkpoints TO joinedup_auditor;
CREATE POLICY sealer_reads ON alert_transitions FOR SELECT TO joinedup_sealer USING (true);

-- A reader says what it is about to show, and nothing else; who looked is an auditor's to see.
GRANT INSERT (la, child, reader, role, command, purpose) ON reads TO joinedup_reader;
GRANT SELECT ON reads TO joinedup_reader;
ALTER TABLE reads ENABLE ROW LEVEL SECURITY;
ALTER TABLE reads FORCE ROW LEVEL SECURITY;
CREATE POLICY own_la ON reads FOR INSERT TO joinedup_reader
  WITH CHECK (la = (SELECT reading_la()));
CREATE POLICY auditors_of_la ON reads FOR SELECT TO joinedup_reader
  USING (la = (SELECT reading_la()) AND current_setting('joinedup.role', true) = 'auditor');
CREATE POLICY audit_reads ON reads FOR SELECT TO joinedup_sealer, joinedup_auditor USING (true);

DO $$
DECLARE guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['sealed_reads', 'checkpoints'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
    EXECUTE format('CREATE POLICY sealer_adds ON %I TO joinedup_sealer'
                   ' USING (true) WITH CHECK (true)', guarded);
    EXECUTE format('CREATE POLICY auditor_reads ON %I FOR SELECT TO joinedup_auditor'
                   ' USING (true)', guarded);
  END LOOP;
END $$;
