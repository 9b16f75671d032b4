"""The account of sharing, of a store that the join filled: from whom, to whom, why, and decided."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from joinedup.commands import read, sharing
from schemas.agreements import payload_of
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
from tests.unit.schemas.test_agreements import WRITTEN

LA = "999"
CHILD = 7
OF_SCHOOL = {
    "organisation": "the-school",
    "agencies": ["EDUCATION"],
    "in_force_from": str(FIRST_DAY),
    "in_force_until": "2026-08-31",
    "signed_on": str(FIRST_DAY),
}
DECIDED = {
    "decided_by": "the-hospital",
    "recipient": "the-school",
    "categories": ["HEALTH", "SAFEGUARDING"],
    "sharing_purpose": "SAFEGUARDING_AND_WELFARE",
    "decision": "WITHHELD",
    "reason": "MORE_DETRIMENTAL_TO_CHILD",
    "family_told": False,
    "family_reason": "NOT_SAFE",
    "decided_by_role": "Named nurse",
    "approved_by_role": "Caldicott Guardian",
}

Run = Callable[..., str]


def day(number: int) -> date:
    return FIRST_DAY + timedelta(days=number - 1)


def happened(type_: str, agency: str, on: int, **payload: Any) -> Told:
    """Return an event of the one child, known on its day (1 is the first)."""
    whom = {"identifiers": identifiers(agency, CHILD), "day": day(on)}
    record = a_record(LA, type_, agency, f"{type_}-{on}", **whom, **payload)
    return Told(type_, record, moment_of(day(on)) + 1)


def agreed(on: int, revision: int, **changed: Any) -> Told:
    type_ = "DataSharingAgreementRecorded"
    payload = payload_of(WRITTEN | OF_SCHOOL | changed)
    record = a_record(LA, type_, "social-care", f"agreement-{revision}", **payload)
    own = {"source_record_id": "agreement/dsa-7", "revision": revision}
    return Told(type_, record | own, moment_of(day(on)))


@pytest.fixture
def run(bench: Workbench) -> Run:
    """Runs ``joinedup sharing`` on a store with one child that three agencies know."""
    bench.write(stories(LA, 1, 0))
    bench.write(
        [
            happened("ApReviewHeld", "education", 1, held_on=day(1)),
            agreed(2, 1),
            happened("ApReviewHeld", "education", 3, held_on=day(3)),
            agreed(10, 2, lawful_basis="LEGAL_OBLIGATION"),
            happened("EhcNeedsAssessmentRequested", "education", 12, received_on=day(12)),
            happened("HealthContactHeld", "health", 30, held_on=day(30)),
            happened(
                "SharingDecisionRecorded",
                "health",
                31,
                decided_on=day(31),
                expires_on=day(120),
                **DECIDED,
            ),
        ]
    )
    bench.tick(LA, moment_of(day(200)))
    bench.partition_join(LA).apply(bench.inputs(LA))
    app = typer.Typer()
    sharing.register(app)
    read.register(app)
    environment = bench.environment("reader") | {
        name: value
        for name, value in bench.environment("join").items()
        if name in ("JOINEDUP_KEYS_DATABASE_URL", "JOINEDUP_MASTER_KEY")
    }
    environment |= {"JOINEDUP_LA": LA, "COLUMNS": "200", "JOINEDUP_READER": "a.lead"}

    def run(*arguments: str, key: str = "") -> str:
        whom = [key] if key else ["--identifier", f"NHS:{nhs_number(CHILD)}"]
        result = CliRunner().invoke(app, ["sharing", *whom, *arguments], env=environment)
        assert result.exit_code == 0, result.output
        return result.output

    return run


def test_each_event_says_from_whom_and_under_which_version_it_was_taken(run: Run) -> None:
    shown = json.loads(run("--json"))
    under = [
        one["under"] and (one["under"]["version"], one["under"]["lawful_basis"])
        for one in shown["shared"]
    ]
    assert [(one["type"], one["organisation"]) for one in shown["shared"]] == [
        ("ApReviewHeld", "the-school"),
        ("ApReviewHeld", "the-school"),
        ("EhcNeedsAssessmentRequested", "the-school"),
        ("HealthContactHeld", "the-hospital"),
        ("SharingDecisionRecorded", "the-hospital"),
    ]
    assert under == [None, (1, "PUBLIC_TASK"), (2, "LEGAL_OBLIGATION"), None, None]
    assert shown["erased"] == 0


def test_a_decision_to_withhold_stands_with_its_reason_and_who_approved_it(run: Run) -> None:
    (decision,) = json.loads(run("--json"))["decisions"]
    assert decision["decision"] == "WITHHELD"
    assert decision["reason"] == "MORE_DETRIMENTAL_TO_CHILD"
    assert decision["lawful_basis"] == "PUBLIC_TASK"
    assert decision["expires_on"] == str(day(120))
    text = run()
    assert "withheld: more detrimental to child; approved by Caldicott Guardian" in text
    assert "not told: not safe" in text
    assert "dsa-7 v2: legal obligation; safeguarding and welfare" in text


def test_with_whom_is_alerts_and_looks_and_the_look_itself_is_on_record(
    run: Run, bench: Workbench
) -> None:
    told = json.loads(run("--json"))["shared_with"]
    assert told["safeguarding_leads_of"] == LA
    assert "EHC_PLAN_20_WEEKS" in {one["duty"] for one in told["alerts"]}
    assert told["looked"] is None
    looked = json.loads(run("--json", "--as", "auditor"))["shared_with"]["looked"]
    assert [(one["reader"], one["command"], one["purpose"]) for one in looked] == [
        ("a.lead", "sharing", "safeguarding")
    ]
    rows = bench.rows("SELECT role, command FROM reads ORDER BY id")
    assert rows == [("lead", "sharing"), ("auditor", "sharing")]


def test_as_of_a_moment_nothing_later_is_told(run: Run) -> None:
    shown = json.loads(run("--json", "--as-of", str(day(13)), "--as", "auditor"))
    assert [one["type"] for one in shown["shared"]][-1] == "EhcNeedsAssessmentRequested"
    assert len(shown["shared"]) == 3
    alerts = shown["shared_with"]["alerts"]
    assert all(one["told_at"] <= moment_of(day(13)) for one in alerts)
    assert "EHC_PLAN_20_WEEKS" not in {one["duty"] for one in alerts}
    assert shown["shared_with"]["looked"] == []
    assert shown["decisions"] == []
    assert "No decision to share or to withhold" in run("--as-of", str(day(13)))


def test_an_erased_child_leaves_a_number_and_nothing_else(run: Run, bench: Workbench) -> None:
    child = json.loads(run("--json"))["child"]
    with bench.changing_keys() as keys:
        keys.execute("UPDATE leaf_keys SET wrapped = NULL, shredded_at = now()")
    shown = json.loads(run("--json", key=child))
    assert (shown["shared"], shown["erased"], shown["decisions"]) == ([], 5, [])
    assert "Erased, and no longer to be told: 5." in run(key=child)
