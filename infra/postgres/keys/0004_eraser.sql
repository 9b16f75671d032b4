-- Who shreds keys: sees no key, and can do nothing with one but destroy it.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'joinedup_eraser') THEN
    CREATE ROLE joinedup_eraser NOLOGIN;
  END IF;
END $$;

GRANT SELECT (key_id, la, shredded_at) ON leaf_keys TO joinedup_eraser;
GRANT UPDATE (wrapped, shredded_at) ON leaf_keys TO joinedup_eraser;
CREATE POLICY eraser_only_shreds ON leaf_keys AS RESTRICTIVE FOR UPDATE TO joinedup_eraser
  USING (true) WITH CHECK (wrapped IS NULL);
