-- Every event about a child, once, superseded revisions too. What it says is sealed under its
-- leaf's key; the columns hold no identifier of a person.
CREATE TABLE timeline (
  la           text    NOT NULL,
  leaf         bytea   NOT NULL,
  event_id     uuid    NOT NULL,
  digest       bytea   NOT NULL,
  record       bytea   NOT NULL,
  type         text    NOT NULL,
  agency       text    NOT NULL,
  occurred_on  date    NOT NULL,
  kappa        bigint  NOT NULL,  -- known time, milliseconds since 1970 UTC
  revision     bigint  NOT NULL,
  retracted    boolean NOT NULL,
  position     bigint  NOT NULL,  -- offset in its partition of journeys
  detail       bytea   NOT NULL,  -- AES-SIV over the event
  PRIMARY KEY (la, leaf, event_id, digest)
);
ALTER TABLE timeline ALTER COLUMN detail SET STORAGE EXTERNAL;  -- sealed bytes do not compress

-- A leaf is one system's view of one child; this says which child it is now.
CREATE TABLE leaves (
  la     text  NOT NULL,
  leaf   bytea NOT NULL,
  child  text  NOT NULL,
  PRIMARY KEY (la, leaf)
) WITH (fillfactor = 70);
CREATE INDEX leaves_by_child ON leaves (la, child);

GRANT SELECT, INSERT ON timeline TO joinedup_join;
GRANT SELECT, INSERT, UPDATE, DELETE ON leaves TO joinedup_join;
GRANT SELECT ON timeline, leaves TO joinedup_reader;
CALL guard_by_la('timeline');
CALL guard_by_la('leaves');
