"""What another calendar would move: the deadlines that are open, before and after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from journey.calendars import Calendars
from journey.child import Journey
from journey.duties import cases_of
from journey.duties.duty import Case, Duty
from journey.duties.schooling import ROLL_FACTS


class Shift(NamedTuple):
    """An open deadline that would be another day. was, now: None where there is none."""

    duty: str
    was: date | None
    now: date | None


def shifts(
    journey: Journey, duties: Iterable[Duty], before: Calendars, after: Calendars
) -> Iterator[Shift]:
    """Yield what of a child's open deadlines differs by the second calendars, in catalogue order.

    Asked are the duties that read the rolls, as none but those counts school days. What is met
    under both is not open.
    """
    for duty in duties:
        if duty.reads >= ROLL_FACTS:
            yield from _of_duty(duty.id, _open(duty, journey, before), _open(duty, journey, after))


def _of_duty(
    duty: str, was: dict[tuple[str, str], Case], now: dict[tuple[str, str], Case]
) -> Iterator[Shift]:
    for occasion in sorted(was.keys() | now.keys()):
        then, soon = was.get(occasion), now.get(occasion)
        days = (then.due if then else None, soon.due if soon else None)
        if days[0] != days[1]:
            yield Shift(duty, *days)


def _open(duty: Duty, journey: Journey, calendars: Calendars) -> dict[tuple[str, str], Case]:
    cases = cases_of(duty, journey, calendars)
    return {(case.anchor, case.period): case for case in cases if case.met is None}
