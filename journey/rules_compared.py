"""What a version of the rules comes to, duty by duty, and where two versions differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from journey.duties import RULES_VERSION
from journey.duties.duty import Duty
from journey.duties.stages import STAGES, stages_of
from journey.rules import RuleSet, changed


class Difference(NamedTuple):
    """One thing of one duty that is otherwise. what: "asked", "severity" or a parameter's name."""

    duty: str
    what: str
    before: str
    after: str


def effective(rules: RuleSet | None, catalogue: Mapping[str, Duty]) -> dict[str, Duty]:
    """Return every duty as a set has it, by id; of no set as the release has it.

    Raises ParameterRefused where the set is not one that judges.
    """
    found = dict(catalogue)
    for change in rules.changes if rules else ():
        if change.duty in found:
            found[change.duty] = changed(found[change.duty], change, rules.version if rules else "")
    return found


def differences(
    before: RuleSet | None, after: RuleSet | None, catalogue: Mapping[str, Duty]
) -> list[Difference]:
    """Return what is otherwise under the second set than under the first, in catalogue order.

    Raises ParameterRefused as ``effective`` does.
    """
    old, new = effective(before, catalogue), effective(after, catalogue)
    return [one for name in catalogue for one in _of_duty(old[name], new[name])]


def title_of(rules: RuleSet | None) -> str:
    """Return what people call a set: its version, or the release's."""
    return rules.version if rules else f"the release's rules {RULES_VERSION}"


def _of_duty(old: Duty, new: Duty) -> Iterator[Difference]:
    then, now = stages_of(old), stages_of(new)
    pairs = [
        ("asked", _asked(old), _asked(new)),
        ("severity", str(old.severity), str(new.severity)),
        *((name, str(value), str(new.parameters[name])) for name, value in old.parameters.items()),
        *((name, then.get(name, "none"), now.get(name, "none")) for name in STAGES),
    ]
    for what, before, after in pairs:
        if before != after:
            yield Difference(old.id, what, before, after)


def _asked(duty: Duty) -> str:
    return "yes" if duty.on else "no"
