"""A rule set, published as a person does, judges in the store as in memory and in a replay."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from datetime import date, timedelta
from heapq import merge
from pathlib import Path

import pytest
from typer.testing import CliRunner

from joinedup.main import app
from journey.duties import RULES_VERSION
from journey.rules import RULE_SET, payload_of
from producers.sources_file import add_source
from tests.integration.join.deciding import orders
from tests.integration.join.stories import DAYS, FIRST_DAY, Told, a_record, moment_of, stories
from tests.integration.join.workbench import Workbench
from tests.unit.journey.rule_sets import a_set

LA = "999"
DAY = 86_400_000
KNOWN = FIRST_DAY + timedelta(days=60)
END = moment_of(FIRST_DAY) + (DAYS + 60) * DAY
PLAN = "AP_PLACEMENT_PLAN_MISSING"
WINTER = """
version = "winter"
takes_effect_on = 2026-01-05
approved_by = "head of service"
reason = "decided by the board"
[duties.AP_PLACEMENT_PLAN_MISSING]
severity = "critical"
parameters = { limit_school_days = 3, warn_days = 2, escalate_days = [5, 15] }
[duties.AP_Y11_NO_POST16_PLAN]
severity = "medium"
"""
LATER = WINTER.replace("winter", "later").replace("2026-01-05", "2027-01-04")
UNLAWFUL = """
version = "unlawful"
takes_effect_on = 2026-01-05
approved_by = "head of service"
reason = "too much to do"
[duties.EHC_PLAN_20_WEEKS.parameters]
limit_weeks = 30
"""
LOOSER = a_set("unlawful", date(2026, 1, 5), EHC_PLAN_20_WEEKS={"parameters": {"limit_weeks": 30}})
PUBLISHED = moment_of(FIRST_DAY + timedelta(days=DAYS)) + 100
Run = Callable[..., str]


@pytest.fixture
def run(bench: Workbench, tmp_path: Path) -> Run:
    """Runs a command as a lead who may also publish rules, and returns what it prints."""
    sources = tmp_path / "sources.json"
    given = {"agency": "governance", "local_authorities": [LA]}
    add_source(sources, organisation="la999", system="board", **given)
    publisher = bench.environment("publisher")
    kafka = {name: of for name, of in publisher.items() if name.startswith("JOINEDUP_KAFKA")}
    environment = {**publisher, **bench.environment("reader"), **kafka}
    environment |= {"JOINEDUP_SOURCES_FILE": str(sources), "JOINEDUP_LA": LA, "COLUMNS": "160"}

    def run(*arguments: str, code: int = 0, **changed: str) -> str:
        result = CliRunner().invoke(app, list(arguments), env={**environment, **changed})
        assert result.exit_code == code, result.output
        return result.output

    return run


def file_of(content: str, tmp_path: Path) -> str:
    file = tmp_path / "rules.toml"
    file.write_text(content, "utf-8")
    return str(file)


def join(bench: Workbench, *sets: Told) -> None:
    """Journey a year of stories with rule sets among them; the join is killed on the way."""
    bench.write(merge(stories(LA, 12, 500), sets, key=lambda one: one.kappa))
    bench.tick(LA, END)
    bench.publish()
    assert bench.join("before-commit") == -signal.SIGKILL
    assert bench.join() == 0


def test_a_rule_set_judges_from_its_day_on_and_is_replayed_byte_for_byte(
    bench: Workbench, run: Run, tmp_path: Path
) -> None:
    assert "Nothing was published" in run(
        "rules", "publish", file_of(WINTER, tmp_path), "--dry-run"
    )
    shown = run("rules", "publish", file_of(WINTER, tmp_path))
    assert "winter judges what begins on 2026-01-05 or later." in shown
    assert "limit_school_days" in shown
    (published,) = orders(bench, LA, after=PUBLISHED)
    refused = Told(RULE_SET, _record(LOOSER), moment_of(KNOWN) + 1)
    join(bench, published._replace(kappa=moment_of(KNOWN)), refused)

    assert bench.transitions() == bench.expected()
    told = [json.loads(body) for (body,) in bench.rows("SELECT body FROM alert_transitions")]
    by_rules = {
        rules: {(one["severity"], one["duty"]) for one in told if one["rules"] == rules}
        for rules in {one["rules"] for one in told}
    }
    assert by_rules.keys() == {RULES_VERSION, f"{RULES_VERSION}+999/winter"}
    assert ("critical", PLAN) in by_rules[f"{RULES_VERSION}+999/winter"]
    assert ("high", PLAN) in by_rules[RULES_VERSION], "what began before keeps its version"
    staged = {one["kind"] for one in told if one["duty"] == PLAN and "winter" in one["rules"]}
    assert {"DUE_SOON", "OPENED", "ESCALATED"} <= staged
    soon = json.loads(run("alerts", "--state", "due-soon", "--json"))["alerts"]
    stands = bench.rows("SELECT alert_id::text FROM alerts WHERE status = 'DUE_SOON'")
    assert {one["alert_id"] for one in soon} == {name for (name,) in stands}
    assert bench.rows("SELECT kind, reason FROM reviews WHERE kind = 'rules'") == [
        ("rules", "law-loosened")
    ]
    verified = run("replay", "--verify", JOINEDUP_LA="", **bench.environment("auditor"))
    assert f"Verified: all {len(told):,} transitions follow, byte for byte." in verified

    listed = json.loads(run("rules", "list", "--json"))["versions"]
    assert [(one["version"], one["since"], one["state"][:7]) for one in listed] == [
        ("winter", "2026-01-05", "in forc"),
        ("unlawful", None, "refused"),
    ]
    assert "EHC_PLAN_20_WEEKS rests on law" in listed[1]["state"]
    (changed,) = [
        one for one in json.loads(run("rules", "show", "--json"))["duties"] if one["duty"] == PLAN
    ]
    assert changed["changed"] == ["severity", "limit_school_days", "warn_days", "escalate_days"]
    assert changed["stages"] == {"warn_days": "2", "escalate_days": "5 15"}
    assert "(release: 10)" in run("rules", "show", "winter", "--changed")
    assert "limit_weeks at most 20" in run("rules", "show", "release")
    differences = json.loads(run("rules", "diff", "winter", "release", "--json"))["changes"]
    assert {one["duty"] for one in differences} == {PLAN, "AP_Y11_NO_POST16_PLAN"}
    assert "winter judges since 2026-01-05" in run("rules", "withdraw", "winter", code=1)
    assert "published already" in run("rules", "publish", file_of(WINTER, tmp_path), code=1)


def test_a_version_is_taken_back_before_its_day_by_whoever_published_it(
    bench: Workbench, run: Run, tmp_path: Path
) -> None:
    run("rules", "publish", file_of(LATER, tmp_path))
    (published,) = orders(bench, LA, after=PUBLISHED)
    bench.write([published])
    bench.partition_join(LA).apply(bench.inputs(LA))
    assert "to come" in run("rules", "list")
    elsewhere = ("--organisation", "la999", "--system", "other")
    assert "Another system published it" in run("rules", "withdraw", "later", *elsewhere, code=1)
    assert "Taken back." in run("rules", "withdraw", "later")
    bench.write(orders(bench, LA, after=PUBLISHED)[1:])
    bench.partition_join(LA).apply(bench.inputs(LA)[1:])
    assert "taken back" in run("rules", "list")
    assert "No set of this version stands" in run("rules", "withdraw", "later", code=1)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (UNLAWFUL, "rests on law, which allows limit_weeks at most 20"),
        (WINTER.replace("limit_school_days", "days"), "has no parameter days"),
        (WINTER.replace("AP_Y11", "AP_Y99"), "There is no duty AP_Y99_NO_POST16_PLAN"),
    ],
)
def test_what_cannot_hold_is_refused_in_a_sentence_and_nothing_is_sent(
    bench: Workbench, run: Run, tmp_path: Path, content: str, why: str
) -> None:
    shown = run("rules", "publish", file_of(content, tmp_path), code=1)

    assert why in shown
    assert "The rule set is refused: nothing of it holds." in shown
    assert orders(bench, LA, after=PUBLISHED) == []


def _record(rules):
    payload = payload_of(rules)
    return a_record(LA, RULE_SET, "education", f"rules/{rules.version}", day=KNOWN, **payload)
