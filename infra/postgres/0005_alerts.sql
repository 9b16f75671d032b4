-- Every transition of every alert, and the outbox of the alerts topic: one gapless sequence
-- in each partition. The body is the audited text, RFC 8785 JSON, byte for byte.
CREATE TABLE alert_transitions (
  partition  integer NOT NULL,
  sequence   bigint  NOT NULL,
  la         text    NOT NULL,
  alert_id   uuid    NOT NULL,
  number     integer NOT NULL,
  body       text    NOT NULL,
  chain      text    NOT NULL,
  PRIMARY KEY (partition, sequence)
);
CREATE UNIQUE INDEX alert_transitions_by_alert ON alert_transitions (la, alert_id, number);

-- Where each alert stands now; the body is that of its last transition.
CREATE TABLE alerts (
  la         text    NOT NULL,
  alert_id   uuid    NOT NULL,
  child      text    NOT NULL,
  duty       text    NOT NULL,
  status     text    NOT NULL,
  severity   text    NOT NULL,
  due        date    NOT NULL,
  opened_at  bigint  NOT NULL,  -- known time of the first transition, milliseconds since 1970
  sequence   bigint  NOT NULL,
  body       text    NOT NULL,
  PRIMARY KEY (la, alert_id)
) WITH (fillfactor = 70);
CREATE INDEX alerts_by_child ON alerts (la, child);
CREATE INDEX alerts_by_status ON alerts (la, status, due);

-- How far the relay has published each partition's transitions. topic_offset: where to look in
-- the topic for any that were published after this was written.
CREATE TABLE relay_state (
  partition     integer PRIMARY KEY,
  sequence      bigint  NOT NULL,
  topic_offset  bigint  NOT NULL
) WITH (fillfactor = 20);

GRANT SELECT, INSERT ON alert_transitions TO joinedup_join;
GRANT SELECT, INSERT, UPDATE ON alerts TO joinedup_join;
GRANT SELECT ON alert_transitions TO joinedup_relay;
GRANT SELECT, INSERT, UPDATE ON relay_state TO joinedup_relay;
GRANT SELECT ON alert_transitions, alerts, relay_state TO joinedup_reader;
GRANT SELECT ON relay_state TO joinedup_intake;
CALL guard_by_la('alert_transitions');
CALL guard_by_la('alerts');
CREATE POLICY relay_reads ON alert_transitions FOR SELECT TO joinedup_relay USING (true);
