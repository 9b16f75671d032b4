-- Records that nobody can read any more, for as long as no higher revision of them can be read:
-- each counts as heard of its source, and in the scope of the snapshot that it is a row of.
CREATE TABLE ghosts (
  la         text    NOT NULL,
  record     bytea   NOT NULL,
  partition  integer NOT NULL,
  source     text    NOT NULL,
  kappa      bigint  NOT NULL,
  revision   bigint  NOT NULL,
  retracted  boolean NOT NULL,
  scope      text,
  batch      text,
  PRIMARY KEY (la, record)
);
CREATE INDEX ghosts_by_partition ON ghosts (partition);
CREATE INDEX ghosts_by_scope ON ghosts (la, source, scope)
  WHERE scope IS NOT NULL AND NOT retracted;

GRANT SELECT, INSERT, UPDATE, DELETE ON ghosts TO joinedup_join;
CALL guard_by_la('ghosts');

-- A transition of an erased child keeps its place and its chain value; what it said is gone.
-- erasure: by which erasure, null where it was not erased.
ALTER TABLE alert_transitions ADD COLUMN erasure text;
ALTER TABLE alert_transitions ADD CONSTRAINT emptied_means_erased
  CHECK ((erasure IS NOT NULL) = (body = ''));

-- The proof of each: which places the transitions of an erased child took. It names no child.
-- before, chain: the authority's chain value before the transition and at it.
CREATE TABLE erased_places (
  partition  integer NOT NULL,
  sequence   bigint  NOT NULL,
  la         text    NOT NULL,
  erasure    text    NOT NULL,
  alert_id   uuid    NOT NULL,
  number     integer NOT NULL,
  before     text    NOT NULL,
  chain      text    NOT NULL,
  PRIMARY KEY (partition, sequence)
);

GRANT SELECT, INSERT ON erased_places TO joinedup_join;
GRANT SELECT ON erased_places TO joinedup_auditor, joinedup_sealer;
CALL guard_by_la('erased_places');
CREATE POLICY audit_reads ON erased_places FOR SELECT
  TO joinedup_auditor, joinedup_sealer USING (true);

-- What became of each order to erase a child. erasure: the id of the order's event. outcome: done,
-- nothing, or why it was not carried out. proved: its proof has come by on journeys.
CREATE TABLE erasures (
  la       text    NOT NULL,
  erasure  text    NOT NULL,
  child    text    NOT NULL,
  outcome  text    NOT NULL,
  kappa    bigint  NOT NULL,  -- known time of the order, milliseconds since 1970 UTC
  proved   boolean NOT NULL,
  PRIMARY KEY (la, erasure)
);
CREATE INDEX erasures_by_child ON erasures (la, child);

-- The leaf keys to be shredded for each: ids of keys, which are keyed hashes.
CREATE TABLE erased_keys (
  la       text NOT NULL,
  erasure  text NOT NULL,
  key_id   text NOT NULL,
  PRIMARY KEY (la, erasure, key_id)
);

GRANT SELECT, INSERT ON erased_keys TO joinedup_join;
GRANT SELECT, INSERT, UPDATE ON erasures TO joinedup_join;
GRANT SELECT ON erasures, erased_keys, erased_places TO joinedup_reader;
CALL guard_by_la('erasures');
CALL guard_by_la('erased_keys');

-- The join takes away what is known and told of an erased child, in one transaction.
GRANT DELETE ON timeline, alerts TO joinedup_join;
GRANT UPDATE (body, erasure) ON alert_transitions TO joinedup_join;
