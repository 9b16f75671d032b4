-- The join's own state. A cluster is a unit of storage: all that a record, a leaf or an
-- identifier ever connected. It only grows, and may hold several children.
CREATE TABLE clusters (
  la       text  NOT NULL,
  cluster  bytea NOT NULL,
  state    bytea NOT NULL,  -- the cases owed and told, as MessagePack
  PRIMARY KEY (la, cluster)
) WITH (fillfactor = 60);   -- room for HOT updates: the state changes, its key does not

-- The winning revision of each record, tombstones too.
CREATE TABLE records (
  la         text    NOT NULL,
  record     bytea   NOT NULL,
  cluster    bytea   NOT NULL,
  leaf       bytea   NOT NULL,  -- empty where the record is about no child
  event_id   uuid    NOT NULL,
  retracted  boolean NOT NULL,
  scope      text,              -- of a snapshot, with its source and the batch that repeated it
  source     text,
  batch      text,
  detail     bytea   NOT NULL,  -- AES-SIV over the event
  PRIMARY KEY (la, record)
) WITH (fillfactor = 80);
ALTER TABLE records ALTER COLUMN detail SET STORAGE EXTERNAL;
CREATE INDEX records_by_cluster ON records (la, cluster);
CREATE INDEX records_by_scope ON records (la, source, scope)
  WHERE scope IS NOT NULL AND NOT retracted;

-- Which cluster holds a leaf or has seen an identifier; both are keyed hashes.
CREATE TABLE nodes (
  la       text  NOT NULL,
  node     bytea NOT NULL,
  cluster  bytea NOT NULL,
  PRIMARY KEY (la, node)
) WITH (fillfactor = 80);
CREATE INDEX nodes_by_cluster ON nodes (la, cluster);

-- When a case is to be looked at next; no moment where only a source's word can move it.
CREATE TABLE due (
  la         text    NOT NULL,
  alert_id   uuid    NOT NULL,
  partition  integer NOT NULL,
  cluster    bytea   NOT NULL,
  wake       bigint,
  waiting    boolean NOT NULL,
  PRIMARY KEY (la, alert_id)
) WITH (fillfactor = 80);
CREATE INDEX due_by_wake ON due (partition, wake, alert_id) WHERE wake IS NOT NULL;
CREATE INDEX due_waiting ON due (la) WHERE waiting;

-- Events that the core could not take, with their child's later ones, until somebody has looked.
-- What they say stays in journeys, at their position.
CREATE TABLE parked (
  partition  integer NOT NULL,
  position   bigint  NOT NULL,
  la         text    NOT NULL,
  record     bytea   NOT NULL,
  event_id   uuid    NOT NULL,
  type       text    NOT NULL,
  kappa      bigint  NOT NULL,
  PRIMARY KEY (partition, position)
);

-- What a person has to look at: identities in doubt, contradictions, losses, parked children.
CREATE TABLE reviews (
  la        text    NOT NULL,
  kind      text    NOT NULL,
  subject   text    NOT NULL,
  other     text    NOT NULL,
  reason    text    NOT NULL,
  kappa     bigint  NOT NULL,
  standing  boolean NOT NULL DEFAULT true,
  PRIMARY KEY (la, kind, subject, other, reason)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON clusters, records, nodes, due, reviews TO joinedup_join;
GRANT SELECT, INSERT ON parked TO joinedup_join;
GRANT SELECT ON clusters, records, nodes, reviews, parked TO joinedup_reader;
CALL guard_by_la('clusters');
CALL guard_by_la('records');
CALL guard_by_la('nodes');
CALL guard_by_la('due');
CALL guard_by_la('parked');
CALL guard_by_la('reviews');
