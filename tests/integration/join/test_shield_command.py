"""A child whom a person shields: nobody is led to it, and nothing that is owed to it is lost."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from consumers.notifier.delivery import Cause, Heard, Step, body_of, planned
from consumers.notifier.recipients import Channel
from consumers.relay.message import ALERT_TRANSITION, Outgoing, message_of
from consumers.store.reading import reading
from consumers.store.standings import actions
from consumers.store.taken_back import acted_on
from joinedup.commands import identity, parked, read, sharing
from joinedup.commands.reader import ReaderSettings
from journey.shield import WITHHELD
from schemas.catalogue import by_full_name
from tests.integration.join.deciding import Run, orders, runner
from tests.integration.join.stories import Told, joinings
from tests.integration.join.test_identity_command import (
    AT,
    LATER,
    SHARED,
    WHY,
    children,
    join,
    own,
    placed,
    seen,
)
from tests.integration.join.workbench import Workbench

LA = "999"
SHIELD = ("--reason", "refuge", "--by", "team manager")
LIFTED = ("--reason", "no-longer-needed", "--by", "team manager")
LEADS_TO_IT = ("the-school", "the-hospital", "ap-1", "PlacementStarted", "ContactHeld", "2012")
"""What is known of where the child is: sources, the provider, kinds of facts, its birth."""
NOBODY = "UPN:B801200005003"


@pytest.fixture
def run(bench: Workbench, tmp_path: Path) -> Run:
    groups = (read.register, identity.register, sharing.register, parked.register)
    return runner(bench, tmp_path, *groups)


@pytest.fixture
def linked(bench: Workbench) -> Workbench:
    """A pupil and a patient of one UPN, and so one child, of whom an alert is told."""
    bench.write(joinings(LA))
    born = date(2012, 5, 1)
    bench.write(
        [
            placed(1, own("MIS_ID", "C1"), SHARED, born=born),
            seen(2, own("HEALTH_LOCAL_ID", "H1"), SHARED, born=born),
        ]
    )
    join(bench)
    return bench


def child_in(bench: Workbench) -> str:
    return str(bench.one("SELECT child FROM leaves ORDER BY child LIMIT 1"))


def decided(bench: Workbench, done: int) -> None:
    bench.write(orders(bench, LA, after=LATER)[done:])
    join(bench)


def shielded(bench: Workbench, run: Run) -> list[str]:
    """Shield the child, and return the keys of its records, each a child by itself now."""
    run("identity", "shield", child_in(bench), *SHIELD)
    decided(bench, 0)
    return [str(child) for (child,) in bench.rows("SELECT DISTINCT child FROM leaves ORDER BY 1")]


def test_nothing_that_is_shown_of_a_shielded_child_leads_to_it(linked: Workbench, run: Run) -> None:
    before = json.loads(run("alerts", "--state", "all", "--json"))["alerts"]
    found = shielded(linked, run)
    assert [len(leaves) for leaves in children(linked)] == [1, 1]
    said = [run("alerts", "--state", "all"), run("alerts", "--state", "all", "--json")]
    for child in found:
        for command in (("child",), ("why",), ("sharing",), ("identity", "show")):
            said += [run(*command, child), run(*command, child, "--json")]
        said.append(run("child", child, "--as", "shield-officer"))
    for text in said:
        assert not [word for word in LEADS_TO_IT if word in text], text
    assert all(WITHHELD in text.lower() for text in said)
    after = json.loads(said[1])["alerts"]
    assert {one["alert_id"] for one in after} >= {one["alert_id"] for one in before}
    assert linked.transitions() == linked.expected()


def test_what_goes_to_the_alerts_topic_is_withheld_too(linked: Workbench, run: Run) -> None:
    shielded(linked, run)
    query = "SELECT partition, sequence, body, chain FROM alert_transitions ORDER BY sequence DESC"
    partition, sequence, body, chain = linked.rows(query)[0]
    outgoing = Outgoing(partition=partition, sequence=sequence, body=body, chain=chain)
    message = message_of(outgoing, by_full_name()[ALERT_TRANSITION], linked.codec)
    record = linked.codec.decode(message.value).record
    assert (record["withheld"], record["detail"], record["because"]) == (True, WITHHELD, [])


def test_whoever_shields_a_child_is_told_once_who_knows_of_it_from_before(
    linked: Workbench, run: Run
) -> None:
    child = child_in(linked)
    alert = json.loads(run("alerts", "--json"))["alerts"][0]
    told = Heard(
        la=LA, alert_id=alert["alert_id"], number=1, kind="OPENED", severity="high", duty="AP_X"
    )
    place = {"cause": Cause.TEAM, "urgent": True, "version": "v", "now": AT}
    body = body_of(planned(told, "the-team", Channel.EMAIL, **place).then(Step.DELIVERED, AT))
    with linked.changing() as owner:
        owner.execute(ACTION.encode(), [LA, alert["alert_id"], child])
        owner.execute(DELIVERED.encode(), [LA, alert["alert_id"], AT, body])
    said = run("identity", "shield", child, *SHIELD)
    for who in (
        "the-hospital/epr (health): its own records",
        "the-school/mis (education): its own records",
        "the-team: was sent messages",
        "a.lead: did something",
        f"joinedup sharing {child} --la {LA} --as auditor",
    ):
        assert who in said
    assert "UPN" not in said and "2012" not in said
    looked = "SELECT count(*) FROM reads WHERE child = %s AND command = 'identity shield'"
    assert linked.one(looked, child) == 1
    decided(linked, 0)
    assert "What went out before" not in run("identity", "shield", child_in(linked), *SHIELD)


def test_a_search_by_an_identifier_of_a_shielded_child_finds_nobody_but_for_a_shield_officer(
    linked: Workbench, run: Run
) -> None:
    known = f"UPN:{SHARED['value']}"
    assert child_in(linked) in run("child", "--identifier", known)
    shielded(linked, run)
    for role in ("lead", "auditor"):
        nobody = run("child", "--identifier", NOBODY, "--as", role, code=1)
        assert run("child", "--identifier", known, "--as", role, code=1) == nobody
    several = run("child", "--identifier", known, "--as", "shield-officer", code=1)
    assert all(
        child in several for child in {r[0] for r in linked.rows("SELECT child FROM leaves")}
    )


ACTION = """
INSERT INTO actions (la, event_id, alert_id, number, act, author, recipient, reason, outcome,
  note, note_leaf, kappa, effect, partition, position)
SELECT %s, gen_random_uuid(), %s, 1, 'ACKNOWLEDGED', 'a.lead', '', '', '', 'sealed', leaf,
  1, '', 0, 1
FROM leaves WHERE child = %s
"""


DELIVERED = """
INSERT INTO deliveries (partition, topic_offset, la, alert_id, recipient, channel, step, urgent, at,
  body)
VALUES (0, 0, %s, %s, 'the-team', 'EMAIL', 'DELIVERED', true, %s, %s)
"""


def test_what_people_wrote_of_a_shielded_child_stays_sealed_and_who_acted_is_named(
    linked: Workbench, run: Run
) -> None:
    """A note may say where the child is."""
    shielded(linked, run)
    alert = json.loads(run("alerts", "--json"))["alerts"][0]
    with linked.changing() as owner:
        owner.execute(ACTION.encode(), [LA, alert["alert_id"], alert["child"]])
    reader = ReaderSettings.model_validate(
        {
            name.removeprefix("JOINEDUP_").lower(): value
            for name, value in linked.environment("reader").items()
        }
    )
    with reading(reader.database_url.get_secret_value(), LA) as store:
        (done,) = actions(store, alert["alert_id"], reader.seal(LA))
        assert (done.has_note, done.note) == (True, None)
        (acted,) = acted_on(store, alert["alert_id"])
        assert (acted.by, acted.act) == ("a.lead", "ACKNOWLEDGED")


def test_a_shielded_child_is_linked_with_no_other_by_anybody(linked: Workbench, run: Run) -> None:
    one, two = shielded(linked, run)
    assert "linked with no other" in run("identity", "link", one, two, *WHY, code=1)
    assert run("identity", "queue") == "No identity is in doubt.\n"
    new_school = placed(3, own("MIS_ID", "C2"), SHARED)
    linked.write([Told(new_school.type, new_school.record, LATER + 5)])
    join(linked)
    assert [len(leaves) for leaves in children(linked)] == [1, 1, 1]
    assert linked.one("SELECT bool_and(shielded) FROM leaves")
    assert linked.transitions() == linked.expected()


def test_lifting_the_shield_of_one_record_brings_back_the_whole_child(
    linked: Workbench, run: Run
) -> None:
    one, _ = shielded(linked, run)
    run("identity", "unshield", one, *LIFTED)
    decided(linked, 1)
    assert [len(leaves) for leaves in children(linked)] == [2]
    alerts = json.loads(run("alerts", "--json"))["alerts"]
    assert alerts and all(one["because"] and "withheld" not in one for one in alerts)
    assert "the-hospital" in run("identity", "show", child_in(linked))
    assert "not shielded" in run("identity", "unshield", child_in(linked), *LIFTED, code=1)
    assert linked.transitions() == linked.expected()


def test_only_the_records_that_are_named_are_shielded(linked: Workbench, run: Run) -> None:
    child = child_in(linked)
    shown = json.loads(run("identity", "show", child, "--json"))["leaves"]
    pupil = next(one["token"] for one in shown if one["agency"] == "education")
    assert "no record of such a name" in run("identity", "shield", child, "zz", *SHIELD, code=1)
    run("identity", "shield", child, pupil[:8], *SHIELD)
    decided(linked, 0)
    assert linked.rows(
        "SELECT encode(leaf, 'hex') FROM leaves WHERE shielded ORDER BY 1"
    ) == sorted((one["token"],) for one in shown), (
        "what bears an identifier of a shielded record is shielded with it"
    )


def test_a_shield_is_on_record_with_its_reason_and_who_decided(linked: Workbench, run: Run) -> None:
    run("identity", "shield", child_in(linked), *SHIELD)
    (order,) = orders(linked, LA, after=AT)
    assert (order.record["reason"], order.record["approved_by"]) == ("REFUGE", "team manager")
    assert len(order.record["leaves"]) == 2 and order.record["shielded"] is True
