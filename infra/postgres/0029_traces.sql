-- The W3C trace context of a transition that somebody follows; mostly null. It is beside the audited
-- body and in no chain: what is told does not depend on whether anybody watched (ADR 0042).
ALTER TABLE alert_transitions ADD COLUMN traceparent text;
