"""What another rule set would have told in a year that was told already."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.audit.conftest import SMALL, Run, as_json
from tests.integration.join.workbench import Workbench

PLAN = "AP_PLACEMENT_PLAN_MISSING"
TOLD = "SELECT count(*) FROM alerts WHERE la = %s AND duty = %s"
RULES = """
version = "tried"
takes_effect_on = 2027-01-04
approved_by = "head of service"
reason = "only a thought"
[duties.AP_PLACEMENT_PLAN_MISSING]
enabled = false
[duties.AP_REVIEW_OVERDUE.parameters]
weeks = 3
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    found = tmp_path / "rules.toml"
    found.write_text(RULES, "utf-8")
    return str(found)


def test_alerts_gained_and_lost_are_counted_by_week_and_by_duty(
    year: Workbench, run: Run, file: str
) -> None:
    before = year.transitions()
    found = as_json(run("rules", "try", file, "--la", SMALL, "--json"))

    by_duty = {one["duty"]: one for one in found["duties"]}
    told = year.one(TOLD, SMALL, PLAN)
    assert told
    assert (by_duty[PLAN]["before"], by_duty[PLAN]["lost"], by_duty[PLAN]["after"]) == (
        told,
        told,
        0,
    )
    reviews = by_duty["AP_REVIEW_OVERDUE"]
    assert (reviews["before"], reviews["lost"]) == (
        year.one(TOLD, SMALL, "AP_REVIEW_OVERDUE"),
        0,
    )
    assert reviews["sooner"]
    for name in ("before", "after", "gained", "lost", "sooner", "later"):
        assert sum(week[name] for week in found["weeks"]) == found["total"][name]
        assert sum(duty[name] for duty in found["duties"]) == found["total"][name]
    assert year.transitions() == before
    shown = run("rules", "try", file, "--la", SMALL)
    assert f"{found['total']['lost']} lost" in shown
    assert "week of" in shown


def test_from_the_end_of_the_year_nothing_would_have_been_otherwise(
    year: Workbench, run: Run, file: str
) -> None:
    found = as_json(run("rules", "try", file, "--la", SMALL, "--from", "2027-01-01", "--json"))

    assert found["alerts"] == []
    assert found["total"]["before"] == found["total"]["after"]


def test_a_replay_tells_what_the_set_would_have_told(
    year: Workbench, run: Run, file: str, tmp_path: Path
) -> None:
    output = tmp_path / "told.json"
    asked = ("replay", "--rules", file, "--la", SMALL)
    shown = run(*asked, "--output", str(output))

    assert "rules tried)" in shown
    told = as_json(output.read_text("utf-8"))
    assert PLAN not in {one["duty"] for one in told}
    assert {one["rules"] for one in told if one["duty"] == "AP_REVIEW_OVERDUE"} == {
        f"2026-11+{SMALL}/tried"
    }
    assert "leave out --rules" in run(*asked, "--verify", code=1)
    assert "give both" in run("replay", "--from", "2026-01-01", code=1)
