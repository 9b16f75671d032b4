-- The leaf keys: one for each leaf (one source system's view of one child), wrapped by the master
-- key. Shredding a key (wrapped set to NULL) makes everything sealed under it unreadable for ever.
-- This database is kept apart from the store and its backups are kept apart too.

CREATE TABLE leaf_keys (
    key_id      text PRIMARY KEY CHECK (key_id ~ '^[0-9a-f]{32}$'),
    la          text NOT NULL,
    wrapped     bytea,
    created_at  timestamptz NOT NULL DEFAULT now(),
    shredded_at timestamptz,
    CONSTRAINT shredded_means_gone CHECK ((wrapped IS NULL) = (shredded_at IS NOT NULL))
);

COMMENT ON TABLE leaf_keys IS 'Wrapped keys of the leaves; a shredded key keeps its row.';
COMMENT ON COLUMN leaf_keys.key_id IS 'Keyed hash of the leaf; stands in the header "key" on journeys.';
COMMENT ON COLUMN leaf_keys.wrapped IS 'The key under AES-SIV with the master key, bound to key_id and la; NULL once shredded.';

GRANT SELECT, INSERT ON leaf_keys TO joinedup_intake;
GRANT SELECT ON leaf_keys TO joinedup_join;
-- People read a timeline through the reading role, which has no right to change a key.
GRANT SELECT ON leaf_keys TO joinedup_reader;
