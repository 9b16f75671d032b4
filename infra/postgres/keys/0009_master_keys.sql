-- Which master key wraps a leaf key, by a mark that says nothing of it: so the master key can be
-- renewed while intake adds keys. A row of an earlier release has no mark until it is wrapped anew.
ALTER TABLE leaf_keys ADD COLUMN mark text CHECK (mark ~ '^[0-9a-f]{16}$');
COMMENT ON COLUMN leaf_keys.mark IS 'Of the master key that wraps it; NULL where an earlier release wrote it.';

CREATE TABLE master_keys (
    mark            text PRIMARY KEY CHECK (mark ~ '^[0-9a-f]{16}$'),
    wraps_all_since timestamptz,
    forgotten_at    timestamptz
);
COMMENT ON TABLE master_keys IS 'Master keys that were renewed or forgotten, by their marks.';
COMMENT ON COLUMN master_keys.wraps_all_since IS 'From when on no leaf key was wrapped under another.';
COMMENT ON COLUMN master_keys.forgotten_at IS 'From when on it wraps nothing any more.';

-- A process that was started before a renewal, and still runs after its end, must add no key that
-- nobody could open: it is refused here, by whatever it believes.
GRANT SELECT ON master_keys TO joinedup_intake;
CREATE POLICY under_no_forgotten_master_key ON leaf_keys AS RESTRICTIVE FOR INSERT TO joinedup_intake
  WITH CHECK (NOT EXISTS (
    SELECT FROM master_keys m
    WHERE m.forgotten_at IS NOT NULL AND (leaf_keys.mark IS NULL OR m.mark = leaf_keys.mark)
  ));
