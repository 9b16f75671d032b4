-- Where each delivery stands, and what was refused, for those who see to it in the dashboard: no child
-- is in either, and no word of what was refused.
GRANT SELECT ON delivery_states TO joinedup_dashboard;
CREATE POLICY dashboard_of_la ON delivery_states FOR SELECT TO joinedup_dashboard
  USING (la = (SELECT la_as('lead', 'manager', 'auditor', 'administrator')));
-- Failures first.
CREATE INDEX delivery_states_by_failure
  ON delivery_states (la, (step IN ('GIVEN_UP', 'FAILED')), planned_at, delivery);

GRANT SELECT (la, source, event, outcome, reason, kappa, arrivals) ON receipts
  TO joinedup_dashboard;
CREATE POLICY dashboard_of_la ON receipts FOR SELECT TO joinedup_dashboard
  USING (la = (SELECT la_as('lead', 'manager', 'auditor', 'administrator')));
CREATE INDEX receipts_refused ON receipts (la, kappa, event) WHERE outcome = 'refused';
CREATE INDEX receipts_by_event ON receipts (la, event);
