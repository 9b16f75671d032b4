"""A rule set: what a local authority changes of the duties, from a day on, as data.

It carries only what differs from the release's own rules, and is taken whole or not at all: half
of it would be rules that nobody approved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

import msgspec

from journey.duties import RULES_VERSION
from journey.duties.duty import Basis, Duty, Severity
from journey.duties.parameters import LawLoosened, ParameterRefused
from journey.duties.stages import with_changes

RULE_SET = "RuleSetPublished"
"""The type of the record by which a rule set is published."""


REFUSALS = {
    "incomplete": "It has no version or no day from which it judges.",
    "version-taken": "Another set has this version: give it a name of its own.",
    "changed-afterwards": "A version is never changed: publish another under a new name.",
    "in-force": "Its day had come: it can no longer be taken back, publish another.",
}
"""What the codes mean that are about a set as a whole; those about its content have a sentence."""


class DutyChange(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule set changes of one duty.

    enabled: None where it leaves on or off as it is. severity: empty where it leaves it.
    """

    duty: str
    enabled: bool | None = None
    severity: str = ""
    parameters: dict[str, int | str] = {}


class RuleSet(msgspec.Struct, frozen=True, kw_only=True):
    """A version of an authority's rules.

    version: its name, the authority's own. takes_effect_on: the first day that it judges.
    approved_by: a role or staff number. applies_to_open_cases: what began before that day, and is
    not yet due on it, has to be done as soon as this version says, where that is sooner.
    """

    version: str
    takes_effect_on: date
    changes: tuple[DutyChange, ...] = ()
    approved_by: str = ""
    reason: str = ""
    applies_to_open_cases: bool = False


class Fault(NamedTuple):
    """Why a rule set is refused: a code, and a sentence that says what to do."""

    code: str
    sentence: str


def name_of(la: str, version: str) -> str:
    """Return the name by which transitions say that this version of an authority judged."""
    return f"{RULES_VERSION}+{la}/{version}"


def rule_set_of(data: Mapping[str, Any]) -> RuleSet | None:
    """Return the rule set of a payload, or None where it has no version or no day."""
    version, day = data.get("version"), data.get("takes_effect_on")
    if not isinstance(version, str) or not version or not isinstance(day, date):
        return None
    return RuleSet(
        version=version,
        takes_effect_on=day,
        changes=tuple(_change(one) for one in _listed(data, "duties")),
        approved_by=_text(data, "approved_by"),
        reason=_text(data, "reason"),
        applies_to_open_cases=data.get("applies_to_open_cases") is True,
    )


def payload_of(rules: RuleSet) -> dict[str, Any]:
    """Return the payload of the record that publishes a rule set."""
    return {
        "version": rules.version,
        "takes_effect_on": rules.takes_effect_on,
        "duties": [_stated(change) for change in rules.changes],
        "approved_by": rules.approved_by,
        "reason": rules.reason,
        "applies_to_open_cases": rules.applies_to_open_cases,
    }


def faults(rules: RuleSet, catalogue: Mapping[str, Duty]) -> list[Fault]:
    """Return all for which a rule set has to be refused, with these duties by id."""
    return [*_named_twice(rules), *(f for one in rules.changes for f in _faults(one, catalogue))]


def changed(duty: Duty, change: DutyChange, name: str) -> Duty:
    """Return the duty as a rule set of this name has it; raises ParameterRefused."""
    return msgspec.structs.replace(
        with_changes(duty, change.parameters),
        on=duty.on if change.enabled is None else change.enabled,
        severity=Severity(change.severity) if change.severity else duty.severity,
        rules=name,
    )


def _named_twice(rules: RuleSet) -> Iterator[Fault]:
    named = [change.duty for change in rules.changes]
    for name in sorted({name for name in named if named.count(name) > 1}):
        yield Fault("duty-twice", f"{name} is named twice: put all that changes of it together.")


def _faults(change: DutyChange, catalogue: Mapping[str, Duty]) -> Iterable[Fault]:
    duty = catalogue.get(change.duty)
    if duty is None:
        yield Fault(
            "unknown-duty", f"There is no duty {change.duty}: docs/duties.md lists every id."
        )
        return
    if change.enabled is False and duty.basis is Basis.LAW:
        yield Fault("law-switched-off", f"{duty.id} rests on law: it cannot be switched off.")
    if change.severity and change.severity not in set(Severity):
        known = ", ".join(Severity)
        yield Fault("no-severity", f"The severity of {duty.id} must be one of {known}.")
    try:
        with_changes(duty, change.parameters)
    except LawLoosened as refused:
        yield Fault("law-loosened", str(refused))
    except ParameterRefused as refused:
        yield Fault("parameter-refused", str(refused))


def _change(stated: Mapping[str, Any]) -> DutyChange:
    enabled = stated.get("enabled")
    return DutyChange(
        duty=_text(stated, "duty"),
        enabled=enabled if isinstance(enabled, bool) else None,
        severity=_text(stated, "severity").lower(),
        parameters={_text(one, "name"): _value(one) for one in _listed(stated, "parameters")},
    )


def _stated(change: DutyChange) -> dict[str, Any]:
    return {
        "duty": change.duty,
        "enabled": change.enabled,
        "severity": change.severity.upper() or None,
        "parameters": [
            {
                "name": name,
                "number": value if isinstance(value, int) else None,
                "words": None if isinstance(value, int) else value,
            }
            for name, value in change.parameters.items()
        ],
    }


def _value(parameter: Mapping[str, Any]) -> int | str:
    number = parameter.get("number")
    return number if type(number) is int else _text(parameter, "words")


def _listed(data: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    listed = data.get(name)
    return [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""
