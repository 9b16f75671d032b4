-- The outbox of JoinedUp: an event is written here in the transaction that changes what it tells of.
-- The account of your application needs INSERT (event); the one that relays needs
-- SELECT, UPDATE (published_at, refused) and DELETE.
CREATE TABLE joinedup_outbox (
  id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event         jsonb       NOT NULL,  -- its type and fields, as one line of the format `events`
  written_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  published_at  timestamptz,           -- when the broker had it
  refused       text                   -- what of it breaks the contract; it is not sent
);
CREATE INDEX joinedup_outbox_waiting ON joinedup_outbox (id)
  WHERE published_at IS NULL AND refused IS NULL;
