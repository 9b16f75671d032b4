"""A rule set on journeys judges in the store as in memory, and a replay tells the same."""

from __future__ import annotations

import json
import signal
from datetime import date, timedelta
from heapq import merge

from typer.testing import CliRunner

from joinedup.main import app
from journey.duties import RULES_VERSION
from journey.rules import RULE_SET, payload_of
from tests.integration.join.stories import DAYS, FIRST_DAY, Told, a_record, moment_of, stories
from tests.integration.join.workbench import Workbench
from tests.unit.journey.rule_sets import a_set

LA = "999"
DAY = 86_400_000
KNOWN = FIRST_DAY + timedelta(days=60)
PLAN = "AP_PLACEMENT_PLAN_MISSING"
SOONER = a_set(
    "winter",
    date(2026, 1, 5),
    AP_PLACEMENT_PLAN_MISSING={"parameters": {"limit_school_days": 3}, "severity": "critical"},
    AP_Y11_NO_POST16_PLAN={"severity": "high"},
)
LOOSER = a_set("unlawful", date(2026, 1, 5), EHC_PLAN_20_WEEKS={"parameters": {"limit_weeks": 30}})


def test_a_rule_set_judges_from_its_day_on_and_is_replayed_byte_for_byte(bench: Workbench) -> None:
    sets = [
        Told(RULE_SET, _record(rules), moment_of(KNOWN) + number)
        for number, rules in enumerate((SOONER, LOOSER))
    ]
    bench.write(merge(stories(LA, 12, 500), sets, key=lambda one: one.kappa))
    bench.tick(LA, moment_of(FIRST_DAY) + (DAYS + 60) * DAY)
    bench.publish()
    assert bench.join("before-commit") == -signal.SIGKILL
    assert bench.join() == 0

    assert bench.transitions() == bench.expected()
    told = [json.loads(body) for (body,) in bench.rows("SELECT body FROM alert_transitions")]
    by_rules = {
        rules: {(one["severity"], one["duty"]) for one in told if one["rules"] == rules}
        for rules in {one["rules"] for one in told}
    }
    assert by_rules.keys() == {RULES_VERSION, f"{RULES_VERSION}+999/winter"}
    assert ("critical", PLAN) in by_rules[f"{RULES_VERSION}+999/winter"]
    assert ("high", PLAN) in by_rules[RULES_VERSION], "what began before keeps its version"
    assert bench.rows("SELECT kind, reason FROM reviews WHERE kind = 'rules'") == [
        ("rules", "law-loosened")
    ]
    verified = CliRunner().invoke(app, ["replay", "--verify"], env=bench.environment("auditor"))
    assert verified.exit_code == 0, verified.output
    assert f"Verified: all {len(told):,} transitions follow, byte for byte." in verified.output


def _record(rules):
    payload = payload_of(rules)
    return a_record(LA, RULE_SET, "education", f"rules/{rules.version}", day=KNOWN, **payload)
