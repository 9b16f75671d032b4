"""What the reading commands show of a store that the join filled."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from joinedup.commands import freshness, read, reviews
from tests.integration.join.stories import (
    FIRST_DAY,
    Told,
    a_record,
    identifiers,
    moment_of,
    nhs_number,
    stories,
)
from tests.integration.join.workbench import Workbench

LA = "999"
CHILD = 7
DAY = 86_400_000

Run = Callable[..., str]


def happened(type_: str, agency: str, on: int, **payload: Any) -> Told:
    """Return an event of the one child, known on its day (1 is the first)."""
    day = FIRST_DAY + timedelta(days=on - 1)
    record = a_record(
        LA,
        type_,
        agency,
        f"{type_}-{on}",
        day=day,
        identifiers=identifiers(agency, CHILD),
        date_of_birth=date(2012, 5, 1),
        **payload,
    )
    return Told(type_, record, moment_of(day) + 1)


@pytest.fixture
def bench_of_one(bench: Workbench) -> Workbench:
    """A store in which one child asked for an EHC assessment, and got no plan."""
    bench.write(stories(LA, 1, 0))
    request = happened("EhcNeedsAssessmentRequested", "education", 3, received_on=_day(3))
    contact = happened("HealthContactHeld", "health", 30, held_on=_day(30))
    mistaken = happened("HealthContactHeld", "health", 31, held_on=_day(31))
    withdrawn = mistaken.record | {"retracted": True, "revision": 2, "identifiers": []}
    retraction = Told(mistaken.type, withdrawn | {"held_on": None}, mistaken.kappa + 1)
    bench.write([request, contact, mistaken, retraction])
    bench.tick(LA, moment_of(FIRST_DAY) + 200 * DAY)
    bench.partition_join(LA).apply(bench.inputs(LA))
    return bench


@pytest.fixture
def run(bench_of_one: Workbench) -> Run:
    """Runs a reading command and returns what it prints."""
    app = typer.Typer()
    read.register(app)
    freshness.register(app)
    reviews.register(app)
    environment = bench_of_one.environment("reader") | {
        name: value
        for name, value in bench_of_one.environment("join").items()
        if name in ("JOINEDUP_KEYS_DATABASE_URL", "JOINEDUP_MASTER_KEY")
    }

    def run(*arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(
            app, list(arguments), env=environment | {"JOINEDUP_LA": LA, "COLUMNS": "160"}
        )
        assert result.exit_code == code, result.output
        return result.output

    return run


def _day(number: int) -> date:
    return FIRST_DAY + timedelta(days=number - 1)


def test_an_alert_is_shown_with_its_clock_and_its_evidence(run: Run) -> None:
    shown = run("alerts", "--duty", "EHC_PLAN_20_WEEKS")
    assert "20 weeks" in shown
    assert "EHC needs assessment requested on 3 September 2025 (education)" in shown
    assert "Basis: law" in shown


def test_alerts_come_as_json_with_their_meaning(run: Run) -> None:
    (alert,) = json.loads(run("alerts", "--duty", "ehc_plan_20_weeks", "--json"))["alerts"]
    assert alert["status"] == "OPEN"
    assert alert["due"] == str(_day(3) + timedelta(weeks=20))
    assert alert["evidence"][0]["type"] == "EhcNeedsAssessmentRequested"
    assert alert["meaning"]


def test_a_state_in_which_nothing_is_shows_nothing(run: Run) -> None:
    assert json.loads(run("alerts", "--state", "resolved", "--json")) == {"alerts": []}


def test_a_child_is_shown_across_agencies_by_its_nhs_number(run: Run) -> None:
    shown = json.loads(run("child", "--identifier", f"NHS:{nhs_number(CHILD)}", "--json"))
    assert [(m["type"], m["standing"]) for m in shown["timeline"]] == [
        ("EhcNeedsAssessmentRequested", "stands"),
        ("HealthContactHeld", "stands"),
        ("HealthContactHeld", "retracted"),
        ("HealthContactHeld", "retraction"),
    ]
    assert {alert["duty"] for alert in shown["alerts"]} >= {"EHC_PLAN_20_WEEKS"}
    text = run("child", shown["child"][:8])
    assert "2025-09-30" in text and "EHC_PLAN_20_WEEKS" in text


def test_why_says_not_yet_due_then_due(run: Run) -> None:
    child = json.loads(run("alerts", "--json"))["alerts"][0]["child"]

    def answer(on: date) -> Any:
        shown = run("why", child, "--on", str(on), "--duty", "EHC_PLAN_20_WEEKS", "--json")
        (reason,) = json.loads(shown)["duties"]
        return reason

    due = _day(3) + timedelta(weeks=20)
    assert answer(_day(2))["answer"] == "not triggered"
    assert answer(due)["answer"] == "not yet due"
    late = answer(due + timedelta(days=1))
    assert late["answer"] == "due"
    assert late["alert"] == "OPEN"
    assert late["because"][0]["type"] == "EhcNeedsAssessmentRequested"
    assert "20 weeks" in late["arithmetic"]


def test_why_answers_for_every_duty(run: Run) -> None:
    child = json.loads(run("alerts", "--json"))["alerts"][0]["child"]
    shown = run("why", child)
    assert "Not triggered: " in shown
    assert "EHC_PLAN_20_WEEKS" in shown


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("child", "no-such-key"), "No child of local authority 999"),
        (("child",), "Name the child by its key or by --identifier"),
        (("child", "--identifier", "NHS:9990000999"), "known by this identifier"),
        (("child", "--identifier", "MIS_ID:1"), "Give --identifier as SCHEME:VALUE"),
    ],
)
def test_what_cannot_be_shown_is_said_in_a_sentence(
    run: Run, arguments: tuple[str, ...], sentence: str
) -> None:
    assert sentence in run(*arguments, code=1)


def test_each_source_is_shown_with_how_fresh_it_is_how_much_came_and_what_was_refused(
    bench_of_one: Workbench, run: Run
) -> None:
    bench, end = bench_of_one, moment_of(FIRST_DAY) + 200 * DAY
    for source in ("the-school/mis", "the-school/mis", "a-newcomer/test", None):
        reason = "contract" if source else "wrong-signature"
        bench.gap(LA, end + 1, source=source, reason=reason)
    owner = bench.partition_join(LA)
    owner.apply(bench.inputs(LA)[owner.next_offset :])
    found = json.loads(run("sources", "--json"))
    by_source = {one["source"]: one for one in found["sources"]}
    assert set(by_source) == {
        *("the-school/mis", "the-hospital/epr", "the-council/case-system", "a-newcomer/test")
    }
    school, hospital = by_source["the-school/mis"], by_source["the-hospital/epr"]
    assert (school["came"], school["refused"], school["reasons"]) == (3, 2, {"contract": 2})
    assert [day["came"] for day in school["volumes"]] == [2, 2, 2]
    assert (hospital["came"], hospital["refused"]) == (3, 0)
    assert [day["came"] for day in hospital["volumes"]] == [0, 0, 0]
    assert hospital["heard"] == moment_of(FIRST_DAY) + 30 * DAY + 2
    assert hospital["duties"] > 0
    assert (by_source["a-newcomer/test"]["mode"], by_source["a-newcomer/test"]["heard"]) == (
        "",
        None,
    )
    assert found["unclaimed"]["refused"] == 1
    shown = run("sources")
    assert "the-school/mis: 2 of its records were refused: 2 for contract." in shown
    assert "of no source that is known: 1 (1 for wrong-signature)" in shown
    assert "a-newcomer/test  has not joined, no duty waits for it" in shown
    assert "one that only decides, counts or sends calendars need not" in shown


def test_what_contradicts_is_listed_for_a_person_with_its_child(
    bench_of_one: Workbench, run: Run
) -> None:
    assert "Nothing has to be looked at." in run("reviews")
    contact = happened("HealthContactHeld", "health", 30, held_on=_day(30))
    after = moment_of(FIRST_DAY) + 200 * DAY + 1
    bench_of_one.write([Told(contact.type, contact.record | {"held_on": _day(29)}, after)])
    bench_of_one.partition_join(LA, "again").apply(bench_of_one.inputs(LA))

    (found,) = json.loads(run("reviews", "--json"))["reviews"]
    assert (found["kind"], found["reason"]) == ("contradiction", "one-event-id-two-contents")
    assert found["about"] == str(contact.record["event_id"])
    assert found["child"] == bench_of_one.one("SELECT DISTINCT child FROM leaves")
    assert "under one event id, with two contents" in run("reviews")


def test_another_authority_is_not_shown(run: Run) -> None:
    assert json.loads(run("alerts", "--la", "330", "--json")) == {"alerts": []}
