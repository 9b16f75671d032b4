-- One row per partition of journeys: how far its effects reach, and who may write them.
-- The offset moves in the transaction that writes the effects; nobody commits but the
-- holder of the epoch.
CREATE TABLE partition_state (
  partition     integer PRIMARY KEY,
  epoch         bigint  NOT NULL,
  owner         text    NOT NULL,
  next_offset   bigint  NOT NULL DEFAULT 0,
  sequence      bigint  NOT NULL DEFAULT 0,  -- of the last alert transition
  kappa         bigint  NOT NULL DEFAULT 0,  -- known time reached, milliseconds since 1970 UTC
  read          bigint  NOT NULL DEFAULT 0,  -- records of journeys, of every kind
  events        bigint  NOT NULL DEFAULT 0,  -- of these, events about a child
  timeline      bigint  NOT NULL DEFAULT 0,  -- events = timeline + duplicates + erased + parked
  duplicates    bigint  NOT NULL DEFAULT 0,
  erased        bigint  NOT NULL DEFAULT 0,  -- the leaf's key has been shredded
  parked        bigint  NOT NULL DEFAULT 0,
  CHECK (events = timeline + duplicates + erased + parked)
) WITH (fillfactor = 20);  -- rewritten with every batch: room for HOT updates

-- What a local authority's partition has to know besides its children: the completeness of
-- its sources, its calendars, the head of its chain. The core's own bytes.
CREATE TABLE authorities (
  la         text    PRIMARY KEY,
  partition  integer NOT NULL,
  state      bytea   NOT NULL
) WITH (fillfactor = 60);
CREATE INDEX authorities_by_partition ON authorities (partition);

GRANT SELECT, INSERT, UPDATE ON partition_state, authorities TO joinedup_join;
GRANT SELECT ON partition_state TO joinedup_intake, joinedup_relay, joinedup_reader;
GRANT SELECT ON authorities TO joinedup_reader;

CALL guard_by_la('authorities');
