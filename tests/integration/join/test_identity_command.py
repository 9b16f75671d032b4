"""A person says which records are one child, and what was wrongly told is taken back."""

from __future__ import annotations

import json
from datetime import date
from getpass import getuser
from pathlib import Path

import pytest

from consumers.store.reading import reading
from joinedup.commands import identity, read
from tests.integration.join.deciding import Run, orders, runner
from tests.integration.join.stories import FIRST_DAY, Told, a_record, joinings, moment_of
from tests.integration.join.workbench import Workbench

LA = "999"
WHY = ("--reason", "sources-confirmed", "--approved-by", "data steward")
AT = moment_of(FIRST_DAY)
LATER = AT + 5 * 86_400_000


@pytest.fixture
def run(bench: Workbench, tmp_path: Path) -> Run:
    return runner(bench, tmp_path, read.register, identity.register)


def own(scheme: str, value: str, status: str = "VERIFIED") -> dict[str, str]:
    return {"scheme": scheme, "value": value, "status": status}


SHARED = own("UPN", "B801200005001")


def placed(number: int, *known_by: dict[str, str], born: date | None = None) -> Told:
    """A placement whose commissioner is not named, which is an alert at once."""
    given = {"start_on": FIRST_DAY, "provider": "ap-1", "identifiers": list(known_by)}
    record = a_record(
        LA,
        "ApPlacementStarted",
        "education",
        f"placement-{number}",
        date_of_birth=born,
        **given,
    )
    return Told("ApPlacementStarted", record, AT + number)


def seen(number: int, *known_by: dict[str, str], born: date | None = None) -> Told:
    record = a_record(
        LA,
        "HealthContactHeld",
        "health",
        f"contact-{number}",
        held_on=FIRST_DAY,
        identifiers=list(known_by),
        date_of_birth=born,
    )
    return Told("HealthContactHeld", record, AT + number)


def join(bench: Workbench) -> None:
    owner = bench.partition_join(LA)
    owner.apply(bench.inputs(LA)[owner.next_offset :])


def decided(bench: Workbench) -> None:
    """Let what was decided come through, each decision later than the last."""
    done = int(bench.one("SELECT count(*) FROM records WHERE leaf = ''"))
    bench.write(orders(bench, LA, after=LATER)[done:])
    join(bench)


def children(bench: Workbench) -> list[list[str]]:
    """Return the leaves of each child, by number only."""
    rows = bench.rows("SELECT child, leaf FROM leaves ORDER BY child, leaf")
    return [
        [leaf.hex() for child, leaf in rows if child == one] for one in sorted({r[0] for r in rows})
    ]


@pytest.fixture
def linked(bench: Workbench) -> Workbench:
    """A pupil and a patient of one UPN, and so one child."""
    bench.write(joinings(LA))
    bench.write(
        [placed(1, own("MIS_ID", "C1"), SHARED), seen(2, own("HEALTH_LOCAL_ID", "H1"), SHARED)]
    )
    join(bench)
    assert [len(leaves) for leaves in children(bench)] == [2]
    return bench


def test_a_wrong_link_is_undone_and_every_alert_stays_with_the_child_it_is_about(
    linked: Workbench, run: Run
) -> None:
    (child,) = {row[0] for row in linked.rows("SELECT child FROM leaves")}
    shown = json.loads(run("identity", "show", child, "--json"))["leaves"]
    assert {one["agency"] for one in shown} == {"education", "health"}
    patient = next(one for one in shown if one["agency"] == "health")
    said = run("identity", "unlink", child, patient["token"][:8], *WHY)
    assert "1 decision published" in said
    decided(linked)
    assert [len(leaves) for leaves in children(linked)] == [1, 1]
    alerts = json.loads(run("alerts", "--json"))["alerts"]
    pupil = next(one for one in shown if one["agency"] == "education")
    assert {one["child"] for one in alerts} == {child_of(linked, pupil["token"])}
    assert run("identity", "queue") == "No identity is in doubt.\n"
    assert not any(one["identity_in_review"] for one in alerts)
    assert linked.transitions() == linked.expected()


def child_of(bench: Workbench, leaf: str) -> str:
    return str(bench.one("SELECT child FROM leaves WHERE leaf = decode(%s, 'hex')", leaf))


def test_who_had_looked_at_what_was_taken_back_is_named_to_those_who_may_see_it(
    bench: Workbench, run: Run
) -> None:
    bench.write(joinings(LA))
    bench.write(
        [seen(1, own("HEALTH_LOCAL_ID", "H1"), SHARED), placed(2, own("MIS_ID", "C1"), SHARED)]
    )
    join(bench)
    (child,) = {row[0] for row in bench.rows("SELECT child FROM leaves")}
    run("child", child)
    shown = json.loads(run("identity", "show", child, "--json"))
    assert shown["taken_back"] == []
    pupil = next(one["token"] for one in shown["leaves"] if one["agency"] == "education")
    run("identity", "unlink", child, pupil[:8], *WHY)
    decided(bench)
    moved = child_of(bench, pupil)
    gone = json.loads(run("identity", "show", moved, "--json"))["taken_back"]
    assert gone and all(one["child"] == moved for one in gone)
    assert [look["command"] for look in gone[0]["looked"]] == ["child", "identity show"]
    text = run("identity", "show", moved, "--as", "auditor")
    assert "given to another child" in text and "To be told" in text and getuser() in text
    other = bench.environment("reader")["JOINEDUP_DATABASE_URL"]
    with reading(other, LA) as store:
        assert store.rows("SELECT 1 FROM reads WHERE la = %(la)s") == []


def test_what_was_undone_can_be_linked_again_by_a_later_decision(
    linked: Workbench, run: Run
) -> None:
    (child,) = {row[0] for row in linked.rows("SELECT child FROM leaves")}
    leaf = json.loads(run("identity", "show", child, "--json"))["leaves"][1]["token"]
    run("identity", "unlink", child, leaf[:8], *WHY)
    decided(linked)
    one, two = sorted({row[0] for row in linked.rows("SELECT child FROM leaves")})
    run("identity", "link", one[:8], two[:8], *WHY)
    decided(linked)
    assert [len(leaves) for leaves in children(linked)] == [2]
    assert linked.transitions() == linked.expected()


def test_two_dates_of_birth_under_one_number_wait_for_a_person_who_decides(
    bench: Workbench, run: Run
) -> None:
    bench.write(joinings(LA))
    bench.write(
        [
            seen(1, own("HEALTH_LOCAL_ID", "H1"), SHARED, born=date(2011, 5, 1)),
            placed(2, own("MIS_ID", "C1"), SHARED, born=date(2011, 1, 5)),
        ]
    )
    bench.tick(LA, AT + 3_600_000)
    join(bench)
    (doubt,) = json.loads(run("identity", "queue", "--json"))["doubts"]
    assert (doubt["reason"], len(doubt["children"])) == ("two-dates-of-birth", 2)
    text = run("identity", "show", doubt["name"])
    assert "two dates of birth" in text and "5 January 2011" in text and "UPN" in text
    assert SHARED["value"] not in text
    assert doubt["name"] in run("identity", "queue")
    assert bench.one("SELECT count(*) FROM reads WHERE command = 'identity show'") == 2
    alerts = json.loads(run("alerts", "--json"))["alerts"]
    assert alerts and all(one["identity_in_review"] for one in alerts)
    run("identity", "apart", *(key[:8] for key in doubt["children"]), *WHY)
    decided(bench)
    assert run("identity", "queue") == "No identity is in doubt.\n"
    assert bench.transitions() == bench.expected()


def test_a_decision_that_cannot_be_meant_is_refused_with_a_sentence(
    linked: Workbench, run: Run
) -> None:
    (child,) = {row[0] for row in linked.rows("SELECT child FROM leaves")}
    assert "one child already" in run("identity", "link", child, child, *WHY, code=1)
    assert "one child: take records out" in run("identity", "apart", child, child, *WHY, code=1)
    leaves = [
        one["token"] for one in json.loads(run("identity", "show", child, "--json"))["leaves"]
    ]
    assert "all the records" in run("identity", "unlink", child, *leaves, *WHY, code=1)
    assert "no records" in run("identity", "unlink", child, "zz", *WHY, code=1)
    run("identity", "unlink", child, leaves[0], "--reason", "because", code=2)
