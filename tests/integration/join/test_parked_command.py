"""A child that waits is seen by a person, and goes on by a person's order, read from journeys."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import msgspec
import psycopg
import pytest

from consumers.join.inputs import Input
from consumers.join.partition import PartitionJoin
from consumers.store.parks import parked_totals
from joinedup.commands import parked, read
from journey.calendars import Calendars
from journey.child import Journey
from journey.duties.duty import Case
from journey.machine import Machine
from tests.integration.join.deciding import Run, orders, runner
from tests.integration.join.stories import (
    DAYS,
    FIRST_DAY,
    Told,
    a_record,
    identifiers,
    moment_of,
    stories,
)
from tests.integration.join.workbench import Workbench
from tests.unit.journey.streams import PLAN

LA = "999"
LATE = FIRST_DAY + timedelta(days=DAYS)
COUNTS = "SELECT events, timeline, duplicates, parked, parked_since FROM partition_state"


def _fragile_cases(journey: Journey, _: object, calendars: Calendars) -> list[Case]:
    """Fail for a child that was discharged, until the authority has published a calendar."""
    if journey.of("HealthDischarged") and None not in calendars.published:
        raise LookupError
    return []


FRAGILE = msgspec.structs.replace(
    PLAN, id="FRAGILE", reads=frozenset({"HealthDischarged"}), cases=_fragile_cases
)


def happened(type_: str, child: int, number: int) -> Told:
    field = "discharged_on" if type_ == "HealthDischarged" else "held_on"
    given = {"identifiers": identifiers("health", 700 + child), field: LATE, "day": LATE}
    record = a_record(LA, type_, "health", f"late-{number}", **given)
    return Told(type_, record, moment_of(LATE) + number)


def mended(number: int) -> Told:
    days = {"from_on": FIRST_DAY, "to_on": LATE, "closed": []}
    record = a_record(LA, "SchoolCalendarPublished", "education", "calendar", **days)
    return Told("SchoolCalendarPublished", record, moment_of(LATE) + number)


class Joining:
    """An owner whose machine has the fragile duty, taking what was written, a batch at a time."""

    def __init__(self, bench: Workbench) -> None:
        self.bench = bench

    def owner(self) -> PartitionJoin:
        owner = self.bench.partition_join(LA)
        owner._machine = Machine(owner._shelf, owner._ownership.sequence, duties=(PLAN, FRAGILE))
        return owner

    def join(self, size: int = 1000) -> None:
        """Join what is not joined yet, each batch by another owner."""
        while inputs := self._rest():
            self.owner().apply(inputs[:size])

    def _rest(self) -> list[Input]:
        joined = dict(self.bench.rows("SELECT partition, next_offset FROM partition_state"))
        return self.bench.inputs(LA)[joined.get(self.bench.topics.partition_of(LA), 0) :]


@pytest.fixture
def joining(bench: Workbench) -> Joining:
    """A store in which two of many children wait, one with three records and one with one."""
    bench.write(stories(LA, 5, 40))
    bench.write([happened("HealthContactHeld", 1, 1), happened("HealthDischarged", 1, 2)])
    bench.write([happened("HealthContactHeld", 1, 3), happened("HealthDischarged", 2, 4)])
    bench.write([happened("HealthContactHeld", 1, 3), happened("HealthContactHeld", 3, 5)])
    found = Joining(bench)
    found.join()
    return found


@pytest.fixture
def run(bench: Workbench, tmp_path: Path) -> Run:
    """Runs a command as a lead who may also record decisions, and returns what it prints."""
    return runner(bench, tmp_path, read.register, parked.register)


APPROVED = ("--reason", "release 0.2.1", "--approved-by", "head of safeguarding")


def test_who_waits_is_listed_with_counts_and_causes_and_no_word_about_the_child(
    joining: Joining, run: Run
) -> None:
    shown = json.loads(run("parked", "list", "--json"))["parked"]
    assert [(one["records"], one["type"], one["reason"]) for one in shown] == [
        (3, "HealthDischarged", "LookupError"),
        (1, "HealthDischarged", "LookupError"),
    ]
    assert shown[0]["since"] == moment_of(LATE) + 2
    text = run("parked", "list")
    assert "2 children, 4 records" in text
    with psycopg.connect(joining.bench.environment("reader")["JOINEDUP_DATABASE_URL"]) as reader:
        assert parked_totals(reader) == (4, moment_of(LATE) + 2)
    child = shown[0]["child"]
    (told,) = json.loads(run("alerts", "--child", child, "--duty", "records_parked", "--json"))[
        "alerts"
    ]
    assert (told["status"], told["severity"]) == ("OPEN", "high")
    assert "could not be taken in (LookupError)" in run("alerts", "--child", child)
    assert "waits behind it" in run("parked", "show", child[:8])
    assert "Not counted: 3 of the newest records" in run("why", child)


def test_an_order_for_one_child_has_its_records_taken_in_order_and_leaves_the_other(
    joining: Joining, run: Run
) -> None:
    bench = joining.bench
    before = bench.rows(COUNTS)[0]
    first, second = json.loads(run("parked", "list", "--json"))["parked"]
    bench.write([mended(50)])
    assert "1 child, 3 records; 1 not" in run("parked", "redrive", first["child"], *APPROVED)
    bench.write(orders(bench, LA, after=moment_of(LATE) + 100))
    joining.join(size=1)
    (left,) = json.loads(run("parked", "list", "--json"))["parked"]
    assert left == second
    events, timeline, duplicates, waiting, since = bench.rows(COUNTS)[0]
    assert (events, waiting, since) == (before[0], 1, moment_of(LATE) + 4)
    assert (timeline, duplicates) == (before[1] + 2, before[2] + 1)
    timeline = json.loads(run("child", first["child"], "--json"))["timeline"]
    assert [one["type"] for one in timeline] == [
        "HealthContactHeld",
        "HealthDischarged",
        "HealthContactHeld",
    ]
    (told,) = json.loads(
        run(
            "alerts",
            "--child",
            first["child"],
            "--duty",
            "records_parked",
            "--state",
            "all",
            "--json",
        )
    )["alerts"]
    assert told["status"] == "RESOLVED"


def test_an_order_for_all_is_bounded_and_without_a_mended_cause_changes_nothing(
    joining: Joining, run: Run
) -> None:
    bench = joining.bench
    before = (bench.rows(COUNTS), bench.transitions(), run("parked", "list", "--json"))
    assert "1 child, 3 records; 1 not" in run(
        "parked", "redrive", "--all", "--at-most", "1", *APPROVED
    )
    assert "2 children, 4 records; 0 not" in run("parked", "redrive", "--all", *APPROVED)
    ordered = orders(bench, LA, after=moment_of(LATE) + 100)
    assert len(ordered) == 3
    bench.write(ordered)
    joining.join()
    assert (bench.rows(COUNTS), bench.transitions(), run("parked", "list", "--json")) == before


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_a_replay_of_journeys_tells_the_same_bytes(joining: Joining, run: Run, size: int) -> None:
    bench = joining.bench
    run("parked", "redrive", "--all", *APPROVED)
    early = orders(bench, LA, after=moment_of(LATE) + 100)
    bench.write([*early, mended(150), *[one._replace(kappa=one.kappa + 100) for one in early]])
    bench.write([happened("HealthContactHeld", 1, 300)])
    bench.tick(LA, moment_of(LATE) + 400)
    joining.join(size)
    assert bench.one("SELECT count(*) FROM parked") == 0
    assert bench.transitions() == bench.expected((PLAN, FRAGILE))


def test_what_was_erased_while_it_waited_is_counted_as_erased(joining: Joining, run: Run) -> None:
    bench = joining.bench
    run("parked", "redrive", "--all", *APPROVED)
    bench.write([mended(50), *orders(bench, LA, after=moment_of(LATE) + 100)])
    inputs = bench.inputs(LA)
    with bench.changing_keys() as keys:
        keys.execute("UPDATE leaf_keys SET wrapped = NULL, shredded_at = now()")
    owner = joining.owner()
    owner.apply(inputs[owner.next_offset :])
    assert bench.rows("SELECT erased, parked FROM partition_state") == [(4, 0)]
    assert bench.one("SELECT count(*) FROM parked") == 0


def test_an_order_needs_a_reason_an_approval_and_one_way_to_say_whom(
    joining: Joining, run: Run
) -> None:
    run("parked", "redrive", "--all", "--reason", "because", code=2)
    assert "one of the two" in run("parked", "redrive", *APPROVED, code=1)
    assert "has a key that begins so" in run("parked", "redrive", "zz", *APPROVED, code=1)
    given = ("--reason", "two\nlines", "--approved-by", "head of safeguarding")
    assert "reason" in run("parked", "redrive", "--all", *given, code=1)
