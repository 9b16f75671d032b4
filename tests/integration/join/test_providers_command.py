"""Five children full-time at one provider are counted and told of, and no child is told with it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from joinedup.commands import identity, providers, read
from joinedup.commands.speaking import REFUSED
from producers.sources_file import add_source
from tests.integration.join.deciding import Run, orders, runner
from tests.integration.join.stories import FIRST_DAY, Told, a_record, joinings
from tests.integration.join.test_erase import ordered
from tests.integration.join.test_identity_command import AT, join, own
from tests.integration.join.workbench import Workbench

LA = "999"
DUTY = "AP_UNREGISTERED_FIVE_PUPILS"
PROVIDER = "Lowmoor Workshop"
SPELT = "LOWMOOR  WORKSHOP Ltd."
DAY = 86_400_000
LATER = AT + 10 * DAY


@pytest.fixture
def run(bench: Workbench, tmp_path: Path) -> Run:
    return runner(bench, tmp_path, read.register, identity.register, providers.register)


def there(number: int, **more: object) -> Told:
    """A pupil full-time there from the day of the number on."""
    start = FIRST_DAY + timedelta(days=number)
    given = {"provider": PROVIDER, "provider_registered": False, "weekly_hours": 20.0, **more}
    record = a_record(
        LA,
        "ApPlacementStarted",
        "education",
        f"placement-{number}",
        start_on=start,
        identifiers=[own("MIS_ID", f"C{number}")],
        date_of_birth=date(2012, 5, 1),
        commissioner="100001",
        commissioner_type="SCHOOL",
        **given,
    )
    return Told("ApPlacementStarted", record, AT + number)


@pytest.fixture
def five(bench: Workbench) -> Workbench:
    bench.write(joinings(LA))
    bench.write([there(0, provider="The Lowmoor Workshop"), there(1, provider=SPELT)])
    bench.write([there(number) for number in range(2, 5)])
    bench.tick(LA, LATER)
    join(bench)
    return bench


def taken_in(bench: Workbench, done: int, at: int) -> None:
    """Let what was published after the first so many come through at a moment, and a day pass."""
    bench.write(orders(bench, LA, after=at)[done:])
    bench.tick(LA, at + DAY)
    join(bench)


def standing(run: Run) -> list[tuple[str, str]]:
    alerts = json.loads(run("alerts", "--state", "all", "--json"))["alerts"]
    return [(one["status"], one["detail"]) for one in alerts if one["duty"] == DUTY]


def keys(bench: Workbench) -> list[str]:
    """The keys of the children, without that of the provider."""
    return [
        row[0]
        for row in bench.rows(
            "SELECT DISTINCT child FROM timeline t JOIN leaves l"
            " USING (la, leaf) WHERE t.type = 'ApPlacementStarted' ORDER BY 1"
        )
    ]


def test_a_provider_with_five_full_time_is_told_of_once_by_name_and_with_no_child(
    five: Workbench, run: Run
) -> None:
    assert "full-time now: 1. New or changed: 1" in run("providers", "count", "--dry-run")
    assert standing(run) == [] and orders(five, LA, after=LATER) == []
    run("providers", "count")
    taken_in(five, 0, LATER)
    assert standing(run) == [("OPEN", "5 children are full-time at one provider that is no school")]
    (listed,) = json.loads(run("providers", "list", "--json"))
    assert (listed["provider"], listed["from_on"]) == (SPELT, str(FIRST_DAY + timedelta(4)))
    alerts = json.loads(run("alerts", "--json"))["alerts"]
    (whom,) = [one["child"] for one in alerts if one["duty"] == DUTY]
    assert whom == listed["key"] and whom not in keys(five)
    why = run("why", whom)
    assert f"Provider {whom}" in why and DUTY in why and "JOINT_PLAN_MISSING" not in why
    assert "New or changed: 0" in run("providers", "count")
    assert five.transitions() == five.expected()


def test_a_shielded_child_counts_and_one_that_was_erased_no_more_and_a_replay_gives_the_same(
    five: Workbench, run: Run
) -> None:
    run("providers", "count")
    taken_in(five, 0, LATER)
    first, second, *_ = keys(five)
    run("identity", "shield", first, "--reason", "refuge", "--by", "team manager")
    taken_in(five, 1, LATER + 2 * DAY)
    assert "New or changed: 0" in run("providers", "count")
    before = five.transitions()
    five.write([ordered(five, second, LATER + 4 * DAY)])
    join(five)
    opened = [status for status, _ in standing(run)]
    assert opened == ["OPEN"], "what was told of the provider rests on a count, not on the child"
    assert len(five.transitions()[five.topics.partition_of(LA)]) == len(
        before[five.topics.partition_of(LA)]
    )
    assert "full-time now: 0. New or changed: 1" in run("providers", "count")
    taken_in(five, 2, LATER + 5 * DAY)
    assert [status for status, _ in standing(run)] == ["WITHDRAWN"]


def test_where_fewer_are_there_again_the_alert_ends_by_the_source_that_counted_before(
    five: Workbench, run: Run, tmp_path: Path
) -> None:
    run("providers", "count")
    taken_in(five, 0, LATER)
    gone = FIRST_DAY + timedelta(days=11)
    left = a_record(
        LA,
        "ApPlacementEnded",
        "education",
        "left-1",
        placement="placement-1",
        end_on=gone,
        reason_code="COMPLETED",
        identifiers=[own("MIS_ID", "C1")],
    )
    five.write([Told("ApPlacementEnded", left, LATER + 2 * DAY)])
    five.tick(LA, LATER + 5 * DAY)
    join(five)
    add_source(
        tmp_path / "sources.json",
        organisation="la999",
        system="other",
        agency="governance",
        local_authorities=[LA],
    )
    refused = run("providers", "count", "--system", "other", code=REFUSED)
    assert "count with --organisation la999 --system operations" in refused
    run("providers", "count", "--system", "operations")
    taken_in(five, 1, LATER + 6 * DAY)
    alerts = json.loads(run("alerts", "--state", "all", "--json"))["alerts"]
    (one,) = [one for one in alerts if one["duty"] == DUTY]
    assert (one["outcome"], one["met_on"]) == ("MET_LATE", str(gone + timedelta(days=1)))
    assert five.transitions() == five.expected()
