-- The schools and providers that the records of a cluster ever named, as keyed hashes: a school's
-- calendar that comes later is counted again for those whom it serves. Null in rows of an older
-- release: then they may have named any.
ALTER TABLE clusters ADD COLUMN schools bytea[];
CREATE INDEX clusters_by_school ON clusters USING gin (schools);
CREATE INDEX clusters_of_unknown_schools ON clusters (la) WHERE schools IS NULL;
