-- What became of an event, for its own source to ask: no child, no word of what it said. The event is a
-- keyed hash of its id; rows go after 90 days, our own default.
-- outcome: timeline, taken (about no child), parked, refused or erased. reason: code of a refusal.
-- arrivals: how often it came. noted_at: by the clock of the store, and no part of what is audited.
CREATE TABLE receipts (
  source     text        NOT NULL,  -- organisation/system
  event      bytea       NOT NULL,
  la         text        NOT NULL,
  partition  integer     NOT NULL,
  outcome    text        NOT NULL,
  reason     text        NOT NULL,
  kappa      bigint      NOT NULL,  -- known time, milliseconds since 1970 UTC
  arrivals   integer     NOT NULL,
  noted_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (source, event, la)
);
CREATE INDEX receipts_by_age ON receipts USING brin (kappa);

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'joinedup_receipts') THEN
    CREATE ROLE joinedup_receipts NOLOGIN;
  END IF;
END $$;

GRANT USAGE ON SCHEMA public TO joinedup_receipts;
GRANT SELECT, INSERT, UPDATE, DELETE ON receipts TO joinedup_join;
GRANT SELECT ON receipts TO joinedup_receipts;
CALL guard_by_la('receipts');

-- Of the one source that it names in its transaction; null, and so no row, where it names none.
CREATE POLICY own_source ON receipts FOR SELECT TO joinedup_receipts
  USING (source = (SELECT nullif(current_setting('joinedup.source', true), '')));
