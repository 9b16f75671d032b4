-- Exports of figures and searches for children are sealed as looks are: rows in the order of their
-- transactions, chained for each authority. Those from before come first, as of this transaction.
DO $$
DECLARE kept text;
BEGIN
  FOREACH kept IN ARRAY ARRAY['exports', 'searches'] LOOP
    EXECUTE format('ALTER TABLE %I ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id()', kept);
    EXECUTE format('CREATE INDEX %I ON %I (xid, id)', kept || '_by_xid', kept);
    EXECUTE format('CREATE TABLE %I (la text NOT NULL, number bigint NOT NULL,'
                   ' id bigint NOT NULL UNIQUE, xid xid8 NOT NULL, body text NOT NULL,'
                   ' chain text NOT NULL, PRIMARY KEY (la, number))', 'sealed_' || kept);
    EXECUTE format('CREATE INDEX %I ON %I (xid, id)', 'sealed_' || kept || '_by_xid', 'sealed_' || kept);
    EXECUTE format('GRANT SELECT ON %I, %I TO joinedup_sealer, joinedup_auditor',
                   kept, 'sealed_' || kept);
    EXECUTE format('GRANT INSERT ON %I TO joinedup_sealer', 'sealed_' || kept);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', 'sealed_' || kept);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', 'sealed_' || kept);
    EXECUTE format('CREATE POLICY audit_reads ON %I FOR SELECT TO joinedup_sealer, joinedup_auditor'
                   ' USING (true)', kept);
    EXECUTE format('CREATE POLICY audit_reads ON %I FOR SELECT TO joinedup_sealer, joinedup_auditor'
                   ' USING (true)', 'sealed_' || kept);
    EXECUTE format('CREATE POLICY sealer_adds ON %I FOR INSERT TO joinedup_sealer'
                   ' WITH CHECK (true)', 'sealed_' || kept);
  END LOOP;
END $$;
