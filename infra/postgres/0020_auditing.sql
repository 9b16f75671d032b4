-- Who replays holds deliveries against their topic, as far as the notifier has kept them.
GRANT SELECT ON delivery_states, notifier_state TO joinedup_auditor;
CREATE POLICY audit_reads ON delivery_states FOR SELECT TO joinedup_auditor USING (true);
