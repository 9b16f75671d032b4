"""What every duty can have beside its own parameters: a warning, steps of escalation, a hold.

All are off in the release. A local authority switches them on in a rule set, and every number of
them is its own: no source names one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import msgspec

from journey.clocks import EARLIEST, HORIZON
from journey.duties.duty import Case, Duty
from journey.duties.parameters import ParameterRefused, with_parameters

WARN_DAYS, ESCALATE_DAYS, INHIBITED_BY = "warn_days", "escalate_days", "inhibited_by"
STAGES = (WARN_DAYS, ESCALATE_DAYS, INHIBITED_BY)
"""The parameters that every duty can have."""

MOST_DAYS = 366
"""No warning comes sooner, and no step later: our own bound."""
MOST_STEPS = 4
"""No more steps: severity has four, and what is said often is not heard. Our own bound."""
_STEPS = re.compile(r"[0-9]{1,3}( [0-9]{1,3})*")


def with_changes(duty: Duty, changes: Mapping[str, int | str]) -> Duty:
    """Return the duty with these parameters changed, its own and those that every duty can have.

    Raises ParameterRefused, in a sentence, as ``with_parameters`` does.
    """
    own = {name: value for name, value in changes.items() if name not in STAGES}
    made: dict[str, Any] = {}
    if (warning := changes.get(WARN_DAYS)) is not None:
        made["warn_days"] = _warning(duty, warning)
    if (steps := changes.get(ESCALATE_DAYS)) is not None:
        made["escalate_days"] = _steps(duty, steps)
    if (holders := changes.get(INHIBITED_BY)) is not None:
        made["held_by"] = _holders(duty, holders)
    changed = with_parameters(duty, own)
    return msgspec.structs.replace(changed, **made) if made else changed


def stages_of(duty: Duty) -> dict[str, str]:
    """Return what is switched on of a duty's stages, by name, as people read it."""
    found = {
        WARN_DAYS: str(duty.warn_days) if duty.warn_days else "",
        ESCALATE_DAYS: " ".join(map(str, duty.escalate_days)),
        INHIBITED_BY: " ".join(sorted(duty.held_by)),
    }
    return {name: value for name, value in found.items() if value}


def staged(duty: Duty, case: Case) -> Case:
    """Return the case with the days on which it is warned of and escalated, and what holds it.

    Days are calendar days, of the duty's deadline: the midnight after the last day in time.
    """
    if not duty.is_staged:
        return case
    return msgspec.structs.replace(
        case,
        warns_on=_days_from(case.due, -duty.warn_days) if duty.warn_days else None,
        steps=tuple(_days_from(case.due, days) for days in duty.escalate_days),
        held_by=tuple(sorted(duty.held_by)),
    )


def _days_from(day: date, days: int) -> date:
    first, last = min(day, EARLIEST), HORIZON
    return date.fromordinal(min(max(day.toordinal() + days, first.toordinal()), last.toordinal()))


def _warning(duty: Duty, days: int | str) -> int:
    if not isinstance(days, int) or not 0 <= days <= MOST_DAYS:
        raise ParameterRefused(
            f"{WARN_DAYS} of {duty.id} must be a whole number of days,"
            f" 0 (no warning) to {MOST_DAYS}."
        )
    return days


def _steps(duty: Duty, days: int | str) -> tuple[int, ...]:
    text = str(days)
    steps = tuple(map(int, text.split())) if _STEPS.fullmatch(text) else (0, 0)
    if steps == (0,):
        return ()
    if (
        len(steps) > MOST_STEPS
        or steps[0] < 1
        or steps[-1] > MOST_DAYS
        or list(steps) != sorted(set(steps))
    ):
        raise ParameterRefused(
            f"{ESCALATE_DAYS} of {duty.id} must be up to {MOST_STEPS} whole numbers of days in"
            f" ascending order, each 1 to {MOST_DAYS}, such as [5, 10]; or 0 for none."
        )
    return steps


def _holders(duty: Duty, named: int | str) -> frozenset[str]:
    asked = frozenset(str(named).split()) - {"none"}
    if unknown := sorted(asked - duty.inhibited_by):
        known = ", ".join(sorted(duty.inhibited_by))
        may = f"only by {known}" if known else "by none"
        raise ParameterRefused(f"{duty.id} can be held {may}, and not by {unknown[0]}.")
    return asked


def stages_in_words(duty: Duty) -> Iterator[str]:
    """Yield what is switched on of a duty's stages, in words."""
    if duty.warn_days:
        yield f"warned of {_counted(duty.warn_days)} before its deadline"
    for days in duty.escalate_days:
        yield f"escalated {_counted(days)} after its deadline"
    if duty.held_by:
        yield f"held while an alert of {' or '.join(sorted(duty.held_by))} is open on its episode"


def _counted(days: int) -> str:
    return f"{days} day" if days == 1 else f"{days} days"
