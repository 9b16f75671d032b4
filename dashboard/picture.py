"""A picture of a child's journey: placements, plans and deadlines on a time axis, and in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import zip_longest

import msgspec

from consumers.store.reading import Moment
from dashboard.alerts import AlertLine
from dashboard.reasons import Because
from journey.words import day_text

SPELLS = (
    ("Alternative provision", "ApPlacementStarted", "ApPlacementEnded"),
    ("EHC plan", "EhcPlanFinalised", "EhcPlanCeased"),
    ("Child in need plan", "CinPlanAgreed", "CinPlanEnded"),
    ("Child protection plan", "CpPlanStarted", "CpPlanEnded"),
    ("Looked after", "BecameLookedAfter", "CeasedLookedAfter"),
)
"""What lasts: its name, what begins it and what ends it."""
PLANS = {
    "JointPlanAgreed": "Joint plan agreed",
    "ExitPlanAgreed": "Exit plan agreed",
    "ApPersonalisedPlanAgreed": "Personalised plan agreed",
    "Post16PlanAgreed": "Post-16 plan agreed",
    "PathwayPlanAgreed": "Pathway plan agreed",
    "HealthCarePlanAgreed": "Health care plan agreed",
    "TransitionDecisionRecorded": "Transition decided",
}
LABELS, WIDTH, LANE, TOP, EDGE = 190, 760, 34, 42, 12
"""Of the drawing, in its own units: the labels' column, all of it, one lane, the axis above, and
what is left free at the right for half a mark."""


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """Something on the axis: from a day, to another where it lasts; in words for who cannot see it.

    kind: ``spell``, ``plan``, ``missed`` or ``ahead``. is_open: it lasts still.
    """

    lane: str
    kind: str
    first: date
    last: date
    words: str
    is_open: bool = False
    x: float = 0.0
    width: float = 0.0


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """The drawing: lanes from the top, marks in them, years along the axis, and today."""

    lanes: tuple[str, ...]
    marks: tuple[Mark, ...]
    years: tuple[tuple[str, float], ...]
    today_x: float
    height: int
    description: str

    def y(self, lane: str) -> int:
        """Return where the middle of a lane is."""
        return TOP + LANE * self.lanes.index(lane) + LANE // 2


def picture_of(
    moments: Iterable[Moment], alerts: Iterable[AlertLine], ahead: Iterable[Because], today: date
) -> Picture | None:
    """Return the picture of a journey up to a day; None where there is nothing to draw."""
    stands = [one for one in moments if one.standing == "stands"]
    marks = [*_spells(stands, today), *_plans(stands), *_deadlines(alerts, ahead)]
    if not marks:
        return None
    first = min(one.first for one in marks) - timedelta(days=14)
    last = max(today, *(one.last for one in marks)) + timedelta(days=14)
    scale = (WIDTH - LABELS - EDGE) / max(1, (last - first).days)

    def x(day: date) -> float:
        return round(LABELS + (day - first).days * scale, 1)

    placed = tuple(
        msgspec.structs.replace(one, x=x(one.first), width=max(4.0, x(one.last) - x(one.first)))
        for one in marks
    )
    lanes = tuple(dict.fromkeys(one.lane for one in placed))
    years = range(first.year + 1, last.year + 1)
    return Picture(
        lanes=lanes,
        marks=placed,
        years=tuple((str(year), x(date(year, 1, 1))) for year in years),
        today_x=x(today),
        height=TOP + LANE * len(lanes) + 10,
        description=_description(placed, first, last),
    )


def _spells(moments: list[Moment], today: date) -> Iterator[Mark]:
    for lane, begins, ends in SPELLS:
        starts = sorted({one.occurred_on for one in moments if one.type == begins})
        stops = sorted({one.occurred_on for one in moments if one.type == ends})
        for start, following in zip_longest(starts, starts[1:]):
            stop = next((day for day in stops if day >= start), None)
            if following is not None and (stop is None or stop > following):
                last, until = following, f"to {day_text(following)}, when the next began"
            elif stop is not None:
                last, until = stop, f"to {day_text(stop)}"
            else:
                last, until = max(today, start), "and has not ended, as far as is known"
            yield Mark(
                lane=lane,
                kind="spell",
                first=start,
                last=last,
                words=f"{lane} from {day_text(start)} {until}",
                is_open=stop is None and following is None,
            )


def _plans(moments: list[Moment]) -> Iterator[Mark]:
    for one in sorted(moments, key=lambda one: one.occurred_on):
        if one.type in PLANS:
            words = f"{PLANS[one.type]} on {day_text(one.occurred_on)}"
            day = one.occurred_on
            yield Mark(lane="Plans and decisions", kind="plan", first=day, last=day, words=words)


def _deadlines(alerts: Iterable[AlertLine], ahead: Iterable[Because]) -> Iterator[Mark]:
    for line in alerts:
        words = f"{line.missing}: {line.urgency[:1].lower()}{line.urgency[1:]}"
        yield Mark(lane="Missed", kind="missed", first=line.due, last=line.due, words=words)
    for one in ahead:
        if one.due is not None:
            words = f"{one.meaning.rstrip('.')}: due by {day_text(one.due)}"
            yield Mark(
                lane="Deadlines ahead", kind="ahead", first=one.due, last=one.due, words=words
            )


def _description(marks: Iterable[Mark], first: date, last: date) -> str:
    counted: dict[str, int] = {}
    for one in marks:
        counted[one.lane] = counted.get(one.lane, 0) + 1
    said = ", ".join(f"{lane}: {count}" for lane, count in counted.items())
    return f"From {day_text(first)} to {day_text(last)}. {said}. The table below says the same."
