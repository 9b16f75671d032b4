-- From when on the notifier looks at a delivery that is still to leave, or of which a channel says later
-- what became (milliseconds since 1970 UTC, by its clock). It looks at so many at once: what cannot leave
-- yet must not stand before what can.
-- And by which channel: what waits for one that is taken must not stand before what is for another.
CREATE FUNCTION channel_in(body text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT nullif(body, '')::json->>'channel'
$$;
ALTER TABLE delivery_states
  ADD COLUMN look_at bigint NOT NULL DEFAULT 0,
  ADD COLUMN channel text GENERATED ALWAYS AS (channel_in(body)) STORED;
DROP INDEX delivery_states_waiting, delivery_states_accepted;
-- What is for one recipient stands together, and leaves in one message.
CREATE INDEX delivery_states_to_look_at ON delivery_states (urgent DESC, look_at, la, recipient)
  WHERE step IN ('PLANNED', 'ATTEMPTED', 'FAILED');
CREATE INDEX delivery_states_to_ask ON delivery_states (look_at) WHERE step = 'ACCEPTED';
