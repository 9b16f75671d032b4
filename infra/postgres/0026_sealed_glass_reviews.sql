-- What managers say of looks without a known need is sealed as looks are: in the order of their
-- transactions, chained for each authority. Those from before come first, as of this transaction.
ALTER TABLE break_glass_reviews
  ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY,
  ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX break_glass_reviews_by_xid ON break_glass_reviews (xid, number);

CREATE TABLE sealed_break_glass_reviews (
  la      text   NOT NULL,
  number  bigint NOT NULL,
  id      bigint NOT NULL UNIQUE,
  xid     xid8   NOT NULL,
  body    text   NOT NULL,
  chain   text   NOT NULL,
  PRIMARY KEY (la, number)
);
CREATE INDEX sealed_break_glass_reviews_by_xid ON sealed_break_glass_reviews (xid, id);

GRANT SELECT ON break_glass_reviews, sealed_break_glass_reviews
  TO joinedup_sealer, joinedup_auditor;
GRANT INSERT ON sealed_break_glass_reviews TO joinedup_sealer;
-- Whose look it was, at which child and why as a code; what they wrote is nobody's here.
GRANT SELECT (la, id, child, reader, role, code, at) ON break_glass TO joinedup_sealer;

ALTER TABLE sealed_break_glass_reviews ENABLE ROW LEVEL SECURITY;
ALTER TABLE sealed_break_glass_reviews FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_reads ON break_glass_reviews FOR SELECT TO joinedup_sealer, joinedup_auditor
  USING (true);
CREATE POLICY audit_reads ON sealed_break_glass_reviews FOR SELECT
  TO joinedup_sealer, joinedup_auditor USING (true);
CREATE POLICY sealer_reads ON break_glass FOR SELECT TO joinedup_sealer USING (true);
CREATE POLICY sealer_adds ON sealed_break_glass_reviews FOR INSERT TO joinedup_sealer
  WITH CHECK (true);
