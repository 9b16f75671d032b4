-- What people did about alerts, one row for each action, in the order of journeys: written by the join
-- with what follows from it. effect: what it came to; where it changed nothing, why. note: what the
-- person wrote, sealed under the key of the leaf, so that it goes dark with the child.
-- xid: of the transaction that wrote it, by which the sealer takes rows in the order of commits.
CREATE TABLE actions (
  la         text    NOT NULL,
  event_id   uuid    NOT NULL,
  alert_id   uuid    NOT NULL,
  number     integer NOT NULL,  -- of the last transition that its author saw
  act        text    NOT NULL,
  author     text    NOT NULL,
  recipient  text    NOT NULL,
  until      date,
  reason     text    NOT NULL,
  outcome    text    NOT NULL,
  note       bytea,
  note_leaf  bytea,
  kappa      bigint  NOT NULL,  -- milliseconds since 1970 UTC
  effect     text    NOT NULL,
  partition  integer NOT NULL,
  position   bigint  NOT NULL,  -- offset in the partition of journeys
  id         bigint  GENERATED ALWAYS AS IDENTITY,
  xid        xid8    NOT NULL DEFAULT pg_current_xact_id(),
  PRIMARY KEY (la, event_id)
);
CREATE INDEX actions_by_alert ON actions (la, alert_id, kappa);
CREATE INDEX actions_by_xid ON actions (xid, id);

-- How each alert stands with people since it was last told; none where nobody did anything.
CREATE TABLE standings (
  la            text   NOT NULL,
  alert_id      uuid   NOT NULL,
  assignee      text   NOT NULL,
  offered_to    text   NOT NULL,
  offered_by    text   NOT NULL,
  aside         text   NOT NULL,  -- by which act it is set aside, or empty
  aside_by      text   NOT NULL,
  aside_until   bigint,           -- when it is told again, milliseconds since 1970 UTC
  aside_reason  text   NOT NULL,
  closed_by     text   NOT NULL,
  outcome       text   NOT NULL,
  escalated     text   NOT NULL,  -- why, or empty
  escalated_by  text   NOT NULL,  -- empty where it escalated by itself
  seen_by       text[] NOT NULL,
  kappa         bigint NOT NULL,
  PRIMARY KEY (la, alert_id)
) WITH (fillfactor = 70);
CREATE INDEX standings_by_assignee ON standings (la, assignee);

GRANT SELECT, INSERT ON actions TO joinedup_join;
GRANT SELECT, INSERT, UPDATE, DELETE ON standings TO joinedup_join;
GRANT SELECT ON actions, standings TO joinedup_reader, joinedup_dashboard, joinedup_auditor;
CALL guard_by_la('actions');
CALL guard_by_la('standings');

DO $$
DECLARE shown text;
BEGIN
  FOREACH shown IN ARRAY ARRAY['actions', 'standings'] LOOP
    EXECUTE format('CREATE POLICY dashboard_of_la ON %I FOR SELECT TO joinedup_dashboard'
                   ' USING (la = (SELECT reading_la()))', shown);
    EXECUTE format('CREATE POLICY auditor_reads ON %I FOR SELECT TO joinedup_auditor'
                   ' USING (true)', shown);
  END LOOP;
END $$;

-- The same actions in the order of their sealing, chained for each authority. body: canonical JSON.
CREATE TABLE sealed_actions (
  la      text   NOT NULL,
  number  bigint NOT NULL,
  id      bigint NOT NULL UNIQUE,
  xid     xid8   NOT NULL,
  body    text   NOT NULL,
  chain   text   NOT NULL,
  PRIMARY KEY (la, number)
);
CREATE INDEX sealed_actions_by_xid ON sealed_actions (xid, id);

GRANT SELECT ON actions, sealed_actions TO joinedup_sealer;
GRANT INSERT ON sealed_actions TO joinedup_sealer;
GRANT SELECT ON sealed_actions TO joinedup_auditor;
CREATE POLICY sealer_reads ON actions FOR SELECT TO joinedup_sealer USING (true);
ALTER TABLE sealed_actions ENABLE ROW LEVEL SECURITY;
ALTER TABLE sealed_actions FORCE ROW LEVEL SECURITY;
CREATE POLICY sealer_adds ON sealed_actions TO joinedup_sealer USING (true) WITH CHECK (true);
CREATE POLICY auditor_reads ON sealed_actions FOR SELECT TO joinedup_auditor USING (true);
