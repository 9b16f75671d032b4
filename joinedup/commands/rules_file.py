"""A rule set as people write it: a TOML file (docs/rules.md)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn

from joinedup.commands.toml_file import NotToml, read_toml
from journey.rules import DutyChange, RuleSet
from schemas.formats import NAME, SOURCE_CODE, WORDS, TextFormat

_OF_THE_SET = {
    "applies_to_open_cases",
    "approved_by",
    "duties",
    "reason",
    "takes_effect_on",
    "version",
}
_OF_A_DUTY = {"enabled", "severity", "parameters"}


class RulesUnreadable(ValueError):
    """The file is not a rule set; the text says what to do."""


def read_rules(file: Path) -> RuleSet:
    """Return the rule set of a file; raises RulesUnreadable in a sentence.

    Whether its duties and parameters are such as may be set is not looked at here.
    """
    try:
        content, _ = read_toml(file)
    except NotToml as fault:
        raise RulesUnreadable(str(fault)) from fault
    return _rule_set(content)


def _rule_set(content: Mapping[str, Any]) -> RuleSet:
    _only(content, _OF_THE_SET, "A rule set")
    day = content.get("takes_effect_on")
    if not isinstance(day, date) or isinstance(day, datetime):
        _refuse("Give takes_effect_on as a day without quotes, such as 2027-06-01.")
    duties = content.get("duties", {})
    if not isinstance(duties, dict):
        _refuse("Write each duty as a table of its own, such as [duties.AP_REVIEW_OVERDUE].")
    tightens = content.get("applies_to_open_cases", False)
    if not isinstance(tightens, bool):
        _refuse("applies_to_open_cases must be true or false.")
    return RuleSet(
        version=_text(content, "version", SOURCE_CODE),
        takes_effect_on=day,
        changes=tuple(_change(name, stated) for name, stated in duties.items()),
        approved_by=_text(content, "approved_by", NAME),
        reason=_text(content, "reason", WORDS),
        applies_to_open_cases=tightens,
    )


def _change(name: str, stated: Any) -> DutyChange:
    if not isinstance(stated, dict):
        _refuse(f"Write {name} as a table of its own: [duties.{name}].")
    _only(stated, _OF_A_DUTY, name)
    enabled, severity = stated.get("enabled"), stated.get("severity", "")
    parameters = stated.get("parameters", {})
    if enabled is not None and not isinstance(enabled, bool):
        _refuse(f"enabled of {name} must be true or false.")
    if not isinstance(severity, str):
        _refuse(f"severity of {name} must be text.")
    if not isinstance(parameters, dict):
        _refuse(f"Give the parameters of {name} as name = value.")
    values = {key: _value(name, key, value) for key, value in parameters.items()}
    return DutyChange(duty=name, enabled=enabled, severity=severity.lower(), parameters=values)


def _value(duty: str, name: str, value: Any) -> int | str:
    if isinstance(value, list) and value and all(type(word) in (str, int) for word in value):
        return " ".join(map(str, value))
    if isinstance(value, str) or type(value) is int:
        return value
    _refuse(f"{name} of {duty} must be a whole number or words.")


def _text(content: Mapping[str, Any], name: str, form: TextFormat) -> str:
    value = content.get(name)
    if not isinstance(value, str) or not form.matches(value):
        _refuse(f"Give {name} as {form.expected}.")
    return value


def _only(content: Mapping[str, Any], known: set[str], what: str) -> None:
    if unknown := sorted(content.keys() - known):
        _refuse(f"{what} has no {unknown[0]}; it has: {', '.join(sorted(known))}.")


def _refuse(sentence: str) -> NoReturn:
    raise RulesUnreadable(sentence)
