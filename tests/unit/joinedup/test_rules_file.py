"""A rule set as people write it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from joinedup.commands.rules_file import RulesUnreadable, read_rules
from journey.duties import all_duties
from journey.rules import DutyChange, RuleSet, faults
from journey.rules_compared import Difference, differences

WHOLE = """
version = "summer-2027"
takes_effect_on = 2027-06-01
approved_by = "head of SEND"
reason = "decided by the board on 12 April 2027"

[duties.AP_PLACEMENT_PLAN_MISSING]
severity = "critical"
parameters = { limit_school_days = 5, required_fields = ["objectives", "expected_end_on"] }

[duties.CIN_PLAN_MISSING]
enabled = true
"""
BOOK = Path(__file__).resolve().parents[3] / "docs/rules.md"


def read(tmp_path: Path, content: str) -> RuleSet:
    file = tmp_path / "rules.toml"
    file.write_text(content, "utf-8")
    return read_rules(file)


def test_a_file_says_what_differs_from_the_release(tmp_path: Path) -> None:
    rules = read(tmp_path, WHOLE)

    assert rules == RuleSet(
        version="summer-2027",
        takes_effect_on=date(2027, 6, 1),
        changes=(
            DutyChange(
                duty="AP_PLACEMENT_PLAN_MISSING",
                severity="critical",
                parameters={
                    "limit_school_days": 5,
                    "required_fields": "objectives expected_end_on",
                },
            ),
            DutyChange(duty="CIN_PLAN_MISSING", enabled=True),
        ),
        approved_by="head of SEND",
        reason="decided by the board on 12 April 2027",
    )
    assert differences(None, rules, all_duties()) == [
        Difference("AP_PLACEMENT_PLAN_MISSING", "severity", "high", "critical"),
        Difference("AP_PLACEMENT_PLAN_MISSING", "limit_school_days", "10", "5"),
        Difference(
            "AP_PLACEMENT_PLAN_MISSING",
            "required_fields",
            "objectives expected_end_on reintegration_route",
            "objectives expected_end_on",
        ),
        Difference("CIN_PLAN_MISSING", "asked", "no", "yes"),
    ]
    assert differences(rules, rules, all_duties()) == []


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('version = "summer-2027"', "", "Give version as 1 to 64 letters"),
        ('"summer-2027"', '"summer 2027"', "Give version as 1 to 64 letters"),
        ("2027-06-01", '"2027-06-01"', "Give takes_effect_on as a day without quotes"),
        ("2027-06-01", "2027-06-01T00:00:00Z", "Give takes_effect_on as a day without quotes"),
        ('approved_by = "head of SEND"', "", "Give approved_by as a name"),
        ("reason =", "because =", "A rule set has no because; it has: applies_to_open_cases"),
        ("severity =", "severe =", "AP_PLACEMENT_PLAN_MISSING has no severe"),
        ("enabled = true", 'enabled = "yes"', "enabled of CIN_PLAN_MISSING must be true or false"),
        ("limit_school_days = 5", "limit_school_days = 5.5", "must be a whole number or words"),
        ("limit_school_days = 5", "limit_school_days = true", "must be a whole number or words"),
        ("enabled = true", "parameters = 5", "Give the parameters of CIN_PLAN_MISSING as name"),
        ("version =", "applies_to_open_cases = 1\nversion =", "must be true or false"),
        ("[duties.CIN_PLAN_MISSING]", "[duties.CIN_PLAN_MISSING", "is not TOML"),
        (WHOLE, "duties = 5\ntakes_effect_on = 2027-06-01", "a table of its own, such as"),
    ],
)
def test_what_is_not_a_rule_set_is_refused_in_a_sentence(
    tmp_path: Path, old: str, new: str, why: str
) -> None:
    with pytest.raises(RulesUnreadable) as refused:
        read(tmp_path, WHOLE.replace(old, new))
    assert why in str(refused.value)


def test_a_file_may_tighten_what_is_owed_already(tmp_path: Path) -> None:
    assert not read(tmp_path, WHOLE).applies_to_open_cases
    assert read(tmp_path, "applies_to_open_cases = true" + WHOLE).applies_to_open_cases


def test_a_file_that_is_not_there_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(RulesUnreadable, match="cannot be read"):
        read_rules(tmp_path / "none.toml")


def test_the_example_of_the_documentation_is_a_rule_set_that_may_be_published(
    tmp_path: Path,
) -> None:
    _, _, example = BOOK.read_text("utf-8").partition("```toml\n")
    rules = read(tmp_path, example.partition("```")[0])

    assert rules.changes
    assert faults(rules, all_duties()) == []
