"""An organisation's events are taken while its agreement is in force, and refused after it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from consumers.journeys_record import Kind
from joinedup.commands import agreements
from producers.agreements import keep, next_version
from schemas.agreements import london_day, payload_of
from tests.integration.intake.test_intake import Inputs, at_time
from tests.integration.intake.workbench import Workbench
from tests.unit.consumers.messages import LA, NOW, SCHOOL
from tests.unit.schemas.test_agreements import WRITTEN

Run = Callable[..., str]
#: England's midnight after the day of NOW, on which it is 11:00 there.
MIDNIGHT = NOW + 13 * 3_600_000
OF_SCHOOL = {"organisation": SCHOOL.organisation, "agencies": ["EDUCATION"]}


def refusals(bench: Workbench) -> list[tuple[str, str]]:
    """Return reason and explanation of every dead letter."""
    letters = (
        bench.codec.decode(one.value).record for one in bench.read(bench.topics.dead_letters)
    )
    return [(one["reason"], one["explanation"]) for one in letters]


def taken(bench: Workbench) -> int:
    return sum(one.kind is Kind.EVENT for one in bench.journeys())


def gaps(bench: Workbench) -> list[dict[str, Any]]:
    return [
        bench.codec.decode(one.value).record for one in bench.journeys() if one.kind is Kind.GAP
    ]


def test_the_last_day_is_taken_and_the_next_is_refused_with_a_gap_of_that_child(
    simulated: Workbench,
) -> None:
    file = simulated.folder / "sources.json"
    days = {"in_force_from": "2025-09-01", "in_force_until": "2025-09-03"}
    payload = payload_of(WRITTEN | OF_SCHOOL | days)
    agreement = next_version(file, LA, payload)
    assert agreement is not None
    keep(file, agreement, payload, None)
    inputs = Inputs(simulated)
    simulated.publish(
        [
            at_time(inputs.review(1), MIDNIGHT - 1),
            at_time(inputs.review(2), MIDNIGHT),
            at_time(inputs.contact(3), MIDNIGHT),
        ]
    )
    simulated.run_to_end()
    ((reason, explanation),) = refusals(simulated)
    assert reason == "agreement-lapsed"
    assert "have its renewal recorded (joinedup agreements record)" in explanation
    (gap,) = gaps(simulated)
    assert gap["reason"] == "agreement-lapsed"
    assert gap["event_type"] == "joinedup.education.ApReviewHeld"
    assert gap["leaf"] and gap["record"]
    assert taken(simulated) == 2


@pytest.fixture
def run(live: Workbench) -> Run:
    """Runs ``joinedup agreements`` as the operator of the live topic set."""
    app = typer.Typer()
    agreements.register(app)
    environment = live._environment("publisher") | {
        "JOINEDUP_SOURCES_FILE": str(live.folder / "sources.json"),
        "JOINEDUP_LA": LA,
        "COLUMNS": "160",
    }

    def run(*arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, ["agreements", *arguments], env=environment)
        assert result.exit_code == code, result.output
        return result.output

    return run


def test_it_is_recorded_ended_and_renewed_while_each_intake_is_another(
    live: Workbench, run: Run, tmp_path: Path
) -> None:
    inputs = Inputs(live)
    today = london_day(int(datetime.now(UTC).timestamp() * 1000))

    def told(number: int) -> list[str]:
        """Return all reasons so far, after one more review and an intake started anew."""
        live.publish([inputs.review(number)])
        live.run_to_end()
        return [reason for reason, _ in refusals(live)]

    def written(**changed: Any) -> str:
        days = {
            "in_force_from": str(today - timedelta(days=9)),
            "in_force_until": str(today + timedelta(days=9)),
        }
        file = tmp_path / "agreement.json"
        file.write_text(json.dumps(WRITTEN | OF_SCHOOL | days | changed))
        return str(file)

    assert told(1) == []
    assert "dsa-7, version 1, with 330-4001 is on record" in run("record", written())
    assert "nothing was changed" in run("record", written())
    assert "9: renew it, or its events are refused" in run("list")
    assert told(2) == []
    yesterday = str(today - timedelta(days=1))
    assert "version 2" in run("end", "dsa-7", "--on", yesterday, "--signed-by", "Director")
    assert "ended" in run("list")
    assert told(3) == ["agreement-lapsed"]
    run("record", written(agencies=["HEALTH"]))
    assert told(4) == ["agreement-lapsed", "outside-agreement"]
    run("record", written())
    assert told(5) == ["agreement-lapsed", "outside-agreement"]
    assert taken(live) == 3
    (shown,) = json.loads(run("list", "--json"))["agreements"]
    assert (shown["version"], shown["days_left"], shown["is_in_force"]) == (4, 9, True)
    on_record = [
        live.codec.decode(one.value).record
        for one in live.journeys()
        if one.type == "joinedup.governance.DataSharingAgreementRecorded"
    ]
    assert [(one["revision"], one["agencies"]) for one in on_record] == [
        (1, ["EDUCATION"]),
        (2, ["EDUCATION"]),
        (3, ["HEALTH"]),
        (4, ["EDUCATION"]),
    ]


def test_what_is_not_in_order_is_said_and_binds_nobody(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "agreement.json"
    file.write_text(json.dumps(WRITTEN | {"lawful_basis": "A_WISH"}))
    assert "lawful_basis: expected one of PUBLIC_TASK" in run("record", str(file), code=2)
    assert "There is no agreement of this id" in run(
        "end", "dsa-7", "--signed-by", "Director", code=2
    )
    assert json.loads(run("list", "--json"))["agreements"] == []
