"""Who need be kept no longer goes for good, by the schedule of the authority, and can be proved."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from joinedup.main import app
from producers.event import Event
from producers.publisher import Publisher
from producers.results import Accepted
from producers.settings import PublisherSettings
from producers.sources_file import add_source
from stack import LocalStack
from stack.environment import write_environment
from tests.faults.pipeline import Pipeline
from tests.faults.run import register
from tests.integration.join.stories import a_record, identifiers, joinings

LA = "999"
TODAY = datetime.now(UTC).date()
GROWN_UP, HELD, AT_SCHOOL, TIED, TO_THEM = range(5)
BORN = {
    GROWN_UP: date(1990, 5, 1),
    HELD: date(1991, 6, 2),
    AT_SCHOOL: date(2012, 3, 4),
    TIED: date(1992, 7, 3),
    TO_THEM: date(1993, 8, 4),
}
PLACED = {
    GROWN_UP: date(2005, 9, 5),
    HELD: date(2006, 9, 4),
    AT_SCHOOL: date(2025, 9, 1),
    TIED: date(2007, 9, 3),
    TO_THEM: date(2008, 9, 1),
}
MIXED_ON = date(2008, 9, 10)
SCHEDULE = """
version = "2026"
[classes.education-record]
years = 25
after = "birth"
source = "Example council"
[classes.send-record]
years = 25
after = "birth"
source = "Example council"
[classes.health-record]
years = 8
after = "last-record"
source = "Example health trust"
[classes.child-in-need-record]
years = 8
after = "last-record"
source = "Example council"
[classes.child-protection-record]
years = 8
after = "last-record"
source = "Example council"
"""

Run = Callable[..., str]


@pytest.fixture
def platform(stack: LocalStack, tmp_path: Path) -> Iterator[Pipeline]:
    """Intake and join at work."""
    register(stack)
    made = Pipeline(stack, f"t{secrets.token_hex(4)}", tmp_path / "processes", simulated=True)
    try:
        made.prepare()
        add_source(
            Path(made.environment("publisher")["JOINEDUP_SOURCES_FILE"]),
            organisation="la999",
            system="records-office",
            agency="governance",
            local_authorities=[LA],
        )
        made.start("intake")
        made.start("join")
        yield made
    finally:
        made.erase()


@pytest.fixture
def run(platform: Pipeline, tmp_path: Path) -> Run:
    """Run a command of the records office while the platform works; return what it prints."""
    eraser = tmp_path / "eraser.env"
    address = platform.environment("eraser")["JOINEDUP_KEYS_DATABASE_URL"]
    write_environment(eraser, {"JOINEDUP_KEYS_DATABASE_URL": address})
    publisher = platform.environment("publisher")
    office = publisher | platform.environment("reader") | {"JOINEDUP_LA": LA}
    office |= {one: publisher[one] for one in publisher if one.startswith("JOINEDUP_KAFKA")}
    office |= {"COLUMNS": "140", "JOINEDUP_ROOT": str(tmp_path)}

    def command(*arguments: str, as_auditor: bool = False) -> str:
        given = ("--eraser-env-file", str(eraser)) if "run" in arguments else ()
        settings = platform.environment("auditor") if as_auditor else office
        with ThreadPoolExecutor(1) as aside:
            running = aside.submit(CliRunner().invoke, app, [*arguments, *given], env=settings)
            platform.until(lambda: ended(platform, running), f"{arguments[:2]} to end")
        result = running.result()
        assert result.exit_code == 0, result.output
        return str(result.stdout)

    return command


def ended(platform: Pipeline, running: Future[Any]) -> bool:
    """Return whether the command has ended; meanwhile what it decides is taken in.

    Where records have their own time, intake ends at the end of its topics.
    """
    if platform.has_finished("intake"):
        platform.start("intake")
    return running.done()


def told(child: int) -> Iterator[tuple[date, str, dict[str, Any]]]:
    """Yield what two agencies say of a child: a placement, and that health saw the child."""
    for agency, type_, field, payload in (
        ("education", "ApPlacementStarted", "start_on", {"provider": "ap-1"}),
        ("health", "HealthContactHeld", "held_on", {}),
    ):
        day = PLACED[child] + timedelta(days=payload == {})
        record = a_record(
            LA,
            type_,
            agency,
            f"{type_}-{child}",
            day=day,
            identifiers=identifiers(agency, child),
            date_of_birth=BORN[child],
            **payload,
            **{field: day},
        )
        yield day, type_, record


def mixed() -> tuple[date, str, dict[str, Any]]:
    """Return a review whose source mixes the identifiers of two children: that ties them."""
    first, second = identifiers("education", TIED), identifiers("education", TO_THEM)
    record = a_record(
        LA,
        "ApReviewHeld",
        "education",
        "odd",
        day=MIXED_ON,
        identifiers=[*first[:1], *second[1:]],
        held_on=MIXED_ON,
    )
    return MIXED_ON, "ApReviewHeld", record


def publish_all(platform: Pipeline) -> None:
    values = {
        name.removeprefix("JOINEDUP_").lower(): value
        for name, value in platform.environment("publisher").items()
    }
    first = min(PLACED.values()) - timedelta(days=1)
    with Publisher(PublisherSettings.model_validate(values)) as publisher:
        all_told = [(first, one.type, one.record) for one in joinings(LA)]
        all_told += [one for child in PLACED for one in told(child)] + [mixed()]
        for day, type_, record in all_told:
            at = datetime.combine(day, time(12), UTC)
            assert isinstance(publisher.publish(Event(type_, record), timestamp=at), Accepted)
    platform.until(
        lambda: platform.number("SELECT sum(timeline) FROM partition_state") == len(PLACED) * 2 + 1,
        "all to be joined",
    )


def test_grown_ups_go_for_good_whoever_is_held_stays_and_all_of_it_can_be_proved(
    platform: Pipeline, run: Run, tmp_path: Path
) -> None:
    schedule = tmp_path / "schedule.toml"
    schedule.write_text(SCHEDULE)
    publish_all(platform)
    report = ("retention", "report", "--schedule", str(schedule))
    by_birth = {BORN[one].replace(year=BORN[one].year + 25).isoformat(): one for one in BORN}
    found = {by_birth[one["until"]]: one for one in json.loads(run(*report, "--json"))["children"]}
    assert {one: found[one]["due"] for one in found} == {
        GROWN_UP: True,
        HELD: True,
        AT_SCHOOL: False,
        TIED: True,
        TO_THEM: True,
    }
    assert found[TIED]["tied_to"] == [found[TO_THEM]["child"]]
    why = ("--reason", "public inquiry", "--approved-by", "monitoring officer")
    run("hold", "set", found[HELD]["child"], *why)
    platform.until(lambda: found[HELD]["child"] in run("hold", "list"), "the hold to be taken in")
    assert "To be erased: 3." in run(*report)
    assert "Ended, and not to be erased: 1 held" in run(*report)

    act = ("retention", "run", "--schedule", str(schedule), "--approved-by", "records manager")
    assert "Erased: 3." in run(*act, "--yes")

    left = {one["child"] for one in json.loads(run(*report, "--json"))["children"]}
    assert left == {found[HELD]["child"], found[AT_SCHOOL]["child"]}
    assert platform.rows("SELECT child, outcome, proved FROM erasures ORDER BY kappa") == [
        (found[GROWN_UP]["child"], "done", True),
        (found[TIED]["child"], "done", True),
    ], "those who are tied go by one order"
    assert platform.number("SELECT count(*) FROM alert_transitions WHERE body = ''") > 0
    assert "Nobody is to be erased now" in run(*act, "--yes")
    verified = json.loads(run("replay", "--verify", "--json", as_auditor=True))
    assert (verified["differences"], verified["erased"] > 0) == ([], True)
