-- What is parked waits here with all that it says, until an order on journeys has it taken again;
-- its row then goes. Rows of an older release hold no content: with any of them this fails, and
-- the store has to be made anew from journeys.
ALTER TABLE parked DROP CONSTRAINT parked_pkey;
ALTER TABLE parked
  ADD COLUMN number   bigint NOT NULL,  -- 1, 2, 3 … in the authority, in order of arrival
  ADD COLUMN cluster  bytea  NOT NULL,
  ADD COLUMN leaf     bytea  NOT NULL,  -- empty where the record is about no child
  ADD COLUMN subject  bytea  NOT NULL,  -- whose key seals the detail; empty where it is plain
  ADD COLUMN fault    text   NOT NULL,  -- class of the fault; empty where it waits behind one
  ADD COLUMN detail   bytea  NOT NULL,
  ADD PRIMARY KEY (la, number);
ALTER TABLE parked ALTER COLUMN detail SET STORAGE EXTERNAL;
CREATE INDEX parked_by_cluster ON parked (la, cluster);
CREATE INDEX parked_by_partition ON parked (partition, kappa);
GRANT UPDATE, DELETE ON parked TO joinedup_join;

-- Known time of the oldest record that waits, milliseconds since 1970; null where none does.
ALTER TABLE partition_state ADD COLUMN parked_since bigint;
