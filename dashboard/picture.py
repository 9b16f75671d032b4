"""A picture of a child's journey: placements, plans and deadlines on a time axis, and in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import zip_longest

import msgspec

from consumers.store.reading import Moment
from dashboard.alerts import AlertLine
from dashboard.reasons import Because
from journey.words import counted, day_text

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
YEAR_AHEAD = 366
"""Days from today up to which a deadline is drawn: farther ones would press all that was into a
corner. Our own default."""
TOP, EDGE = 42, 12
"""Of a drawing, in its own units: the axis above, and what is left free at the right for half a
mark."""


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """How wide a drawing is, its column of labels, and how high each lane, in its own units.

    above: how high a label stands over its lane, where it has no column.
    """

    labels: int
    width: int
    lane: int
    above: int = 0


WIDE = Frame(labels=190, width=760, lane=34)
NARROW = Frame(labels=8, width=350, lane=52, above=22)
"""For a phone: the label of each lane stands above it, so that nothing has to be scrolled."""


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


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """A drawing: lanes from the top, marks in them, years along the axis, and today."""

    name: str
    frame: Frame
    lanes: tuple[str, ...]
    marks: tuple[Mark, ...]
    years: tuple[tuple[str, float], ...]
    today_x: float

    @property
    def height(self) -> int:
        """How high it is."""
        return TOP + self.frame.lane * len(self.lanes) + 10

    def y(self, lane: str) -> int:
        """Return where the middle of a lane's marks is."""
        return self.label_y(lane) + (self.frame.above or 0)

    def label_y(self, lane: str) -> int:
        """Return where the middle of a lane's label is."""
        each = self.frame.lane
        return TOP + each * self.lanes.index(lane) + (each - self.frame.above) // 2


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """The same drawn twice, for a desk and for a phone, and in words.

    words: of each mark, with its lane. left: what is not drawn, being due too far ahead.
    """

    drawings: tuple[Drawing, ...]
    words: tuple[tuple[str, str], ...]
    description: str
    left: str


def picture_of(
    moments: Iterable[Moment], alerts: Iterable[AlertLine], ahead: Iterable[Because], today: date
) -> Picture | None:
    """Return the picture of a journey up to a day; None where there is nothing to draw."""
    stands = [one for one in moments if one.standing == "stands"]
    every = [*_spells(stands, today), *_plans(stands), *_deadlines(alerts, ahead)]
    horizon = today + timedelta(days=YEAR_AHEAD)
    marks = [one for one in every if one.kind != "ahead" or one.first <= horizon]
    if not marks:
        return None
    first = min(one.first for one in marks) - timedelta(days=14)
    last = max(today, *(one.last for one in marks)) + timedelta(days=14)
    far = len(every) - len(marks)
    return Picture(
        drawings=tuple(
            _drawn(name, frame, marks, (first, last), today)
            for name, frame in (("wide", WIDE), ("narrow", NARROW))
        ),
        words=tuple((one.lane, one.words) for one in every),
        description=_description(marks, first, last),
        left=f"{counted(far, 'deadline')} after {day_text(horizon)}, not drawn" if far else "",
    )


def _drawn(
    name: str, frame: Frame, marks: Iterable[Mark], span: tuple[date, date], today: date
) -> Drawing:
    first, last = span
    scale = (frame.width - frame.labels - EDGE) / max(1, (last - first).days)

    def x(day: date) -> float:
        return round(frame.labels + (day - first).days * scale, 1)

    placed = tuple(
        msgspec.structs.replace(one, x=x(one.first), width=max(4.0, x(one.last) - x(one.first)))
        for one in marks
    )
    return Drawing(
        name=name,
        frame=frame,
        lanes=tuple(dict.fromkeys(one.lane for one in placed)),
        marks=placed,
        years=tuple(
            (str(year), x(date(year, 1, 1))) for year in range(first.year + 1, last.year + 1)
        ),
        today_x=x(today),
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
