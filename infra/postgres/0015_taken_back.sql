-- Whose record an alert was told of before it was taken back from there: withdrawn, or given to
-- another child. joinedup.alert says which alert is asked about; there is none where it is not set.
CREATE FUNCTION children_told_of_wrongly() RETURNS SETOF text LANGUAGE sql STABLE AS $$
  SELECT DISTINCT t.body::jsonb->>'child' FROM alert_transitions t
  WHERE t.la = (SELECT reading_la()) AND t.body <> ''
    AND t.alert_id = nullif(current_setting('joinedup.alert', true), '')::uuid
    AND t.number < (
      SELECT max(b.number) FROM alert_transitions b
      WHERE b.la = t.la AND b.alert_id = t.alert_id AND b.body <> ''
        AND b.body::jsonb->>'kind' IN ('WITHDRAWN', 'REASSIGNED'))
$$;

-- Who looked is an auditor's to see. Of an alert that was taken back, whoever may see the alert sees
-- who had looked at the record that it was told of: they acted on what was wrong, and are to be told.
CREATE POLICY of_what_was_taken_back ON reads FOR SELECT TO joinedup_reader, joinedup_dashboard
  USING (la = (SELECT reading_la()) AND child IN (SELECT children_told_of_wrongly()));
