"""How long things took, by group: counts, and within what time half and nine in ten were done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import ceil

import msgspec

from consumers.store.figures import Told
from journey.clocks import working_days_between
from journey.moments import HOUR, day_of
from journey.transition import Status
from journey.words import counted

HALF, NINE_IN_TEN = 0.5, 0.9
_HOURS_SAID = 48
"""Up to so many hours are told in hours, more in working days; our own default."""


class Took(msgspec.Struct, frozen=True, kw_only=True):
    """How long one thing took: whole hours by the clock, and working days (England) begun since."""

    hours: int
    working_days: int

    def __str__(self) -> str:
        """Return it in words: "5 hours", "3 working days"."""
        if self.hours <= _HOURS_SAID:
            return counted(self.hours, "hour")
        return counted(self.working_days, "working day")


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """Within what time things were done, of all that were to be.

    of: how many were to be. done: how many are. half, most: the time within which half and nine in
    ten of them were done; None where fewer are: what is not done yet counts as longer than any.
    """

    of: int
    done: int
    half: Took | None
    most: Took | None

    @property
    def words(self) -> tuple[str, str]:
        """Return half and most in words."""
        return self._said(self.half), self._said(self.most)

    def _said(self, took: Took | None) -> str:
        if not self.of:
            return "–"
        return str(took) if took else "not yet"


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What is counted of one group of alerts.

    told: as alerts, not as warnings alone. ended: by what their duty says, withdrawn ones too.
    outcomes: how they ended, by code. closed: what people said came of them, by code.
    """

    name: str
    told: int
    open: int
    ended: int
    outcomes: Mapping[str, int]
    closed: Mapping[str, int]
    seen: Measure
    acknowledged: Measure
    closing: Measure


Groups = Callable[[Told], Iterable[str]]
"""Says in which groups an alert is counted."""


def figures_by(alerts: Iterable[Told], groups: Groups) -> list[Figures]:
    """Return the figures of each group, the one with most alerts first."""
    found: dict[str, list[Told]] = {}
    for one in alerts:
        if one.told_at is not None:
            for name in groups(one):
                found.setdefault(name, []).append(one)
    made = [figures_of(name, members) for name, members in found.items()]
    return sorted(made, key=lambda one: (-one.told, one.name))


def figures_of(name: str, alerts: Sequence[Told]) -> Figures:
    """Return the figures of these alerts, as one group."""
    alerts = [one for one in alerts if one.told_at is not None]
    ended = [one for one in alerts if one.ended_at is not None]
    ways = [one.outcome or one.status for one in ended]
    said = [one.closed_as for one in alerts if one.closed_as]
    return Figures(
        name=name,
        told=len(alerts),
        open=sum(one.status == Status.OPEN for one in alerts),
        ended=len(ended),
        outcomes=_counts(ways),
        closed=_counts(said),
        seen=measured((one.told_at, one.seen_at) for one in alerts),
        acknowledged=measured((one.told_at, one.acted_at) for one in alerts),
        closing=measured((one.told_at, one.ended_at) for one in alerts),
    )


def measured(spans: Iterable[tuple[int | None, int | None]]) -> Measure:
    """Return the measure of what began and was done at these moments (ms UTC; None: not yet)."""
    begun = [(start, end) for start, end in spans if start is not None]
    took = sorted((max(0, end - start), start, end) for start, end in begun if end is not None)

    def within(share: float) -> Took | None:
        place = ceil(share * len(begun)) - 1
        return _took(*took[place][1:]) if begun and place < len(took) else None

    return Measure(of=len(begun), done=len(took), half=within(HALF), most=within(NINE_IN_TEN))


def _took(start: int, end: int) -> Took:
    days = working_days_between(day_of(start), day_of(max(start, end)))
    return Took(hours=max(0, end - start) // HOUR, working_days=days)


def _counts(codes: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for code in codes:
        found[code] = found.get(code, 0) + 1
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))
