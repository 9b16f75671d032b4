"""AP_UNREGISTERED_FULL_TIME: full-time at a provider that is not registered as a school."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import HORIZON, in_words
from journey.duties.duty import Basis, Case, Duty, Met, Severity
from journey.duties.episodes import (
    CARE_FACTS,
    PLACEMENT_FACTS,
    PLAN_FACTS,
    Dated,
    Episode,
    care_periods,
    ehc_plans,
    placements,
)
from journey.duties.outcome import ended, ended_with, number
from journey.duties.stops import STOP_FACTS
from journey.duties.subjects import said_unregistered
from journey.duties.timetable import TIMETABLE_FACTS, is_full_time, timetables

ONE_DAY = timedelta(days=1)


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return a case for each time that an unregistered provider had the child full-time."""
    placed = placements(journey)
    unregistered = [one for one in placed if said_unregistered(one)]
    protected = [*ehc_plans(journey), *care_periods(journey)] if unregistered else []
    if not protected:
        return
    held = timetables(journey, placed)
    full_time = number(parameters, "full_time_hours")
    for one in unregistered:
        yield from _times(one, held[one.anchor], protected, full_time)


def _times(
    placement: Episode, held: list[Dated], protected: Sequence[Episode], full_time: int
) -> Iterator[Case]:
    """Walk through the days on which anything changes; a case begins where all come together."""
    because: tuple[str, ...] = ()
    since: date | None = None
    ordinal = 0
    for day in _changes(placement, held, protected):
        now = _grounds(placement, held, protected, full_time, day)
        if now and since is None:
            since, because, ordinal = day, now, ordinal + 1
        elif not now and since is not None:
            outcome = _outcome(placement, held, day)
            yield _case(placement, ordinal, since, because, outcome)
            since = None
    if since is not None:
        yield _case(placement, ordinal, since, because, ended_with(placement))


def _changes(placement: Episode, held: list[Dated], protected: Sequence[Episode]) -> list[date]:
    ends = [one.end + ONE_DAY for one in protected if one.end is not None and one.end < HORIZON]
    days = {placement.start, *(t.day for t in held), *(one.start for one in protected), *ends}
    return sorted(day for day in days if placement.is_open(day))


def _grounds(
    placement: Episode,
    held: list[Dated],
    protected: Sequence[Episode],
    full_time: int,
    day: date,
) -> tuple[str, ...]:
    """Return the events by which the child is full-time there and protected, or none."""
    timetable = next((one for one in reversed(held) if one.day <= day), None)
    child = next((one for one in protected if one.is_open(day)), None)
    if child is None or not is_full_time(placement, timetable, full_time):
        return ()
    set_by = (timetable.event.event_id,) if timetable else ()
    return (*placement.because, *set_by, *child.because)


def _outcome(placement: Episode, held: list[Dated], day: date) -> Met:
    """Return what ended it on a day: fewer hours meet it; plan or care ceasing ends it."""
    reduced = tuple(one.event.event_id for one in held if one.day == day)
    return Met(on=day, by=reduced) if reduced else ended(day - ONE_DAY)


def _case(
    placement: Episode, ordinal: int, since: date, because: tuple[str, ...], outcome: Met | None
) -> Case:
    return Case(
        anchor=placement.anchor,
        period=str(ordinal),
        due=since,
        arithmetic=f"at once, from {in_words(since)}",
        because=because,
        met=outcome,
        detail="an unregistered provider has the child full-time",
    )


DUTY = Duty(
    id="AP_UNREGISTERED_FULL_TIME",
    meaning=(
        "A provider that is not registered as a school has a child full-time who has an EHC plan "
        "or is looked after. One such child is enough for it to be, probably, an illegal school."
    ),
    trigger=(
        "A placement at an unregistered provider reaches full-time hours for a child with an EHC "
        "plan or looked after."
    ),
    satisfying="The hours are reduced, or the provider turns out to be registered (a correction).",
    clock="At once: the first day on which all of it holds.",
    severity=Severity.CRITICAL,
    basis=Basis.LAW,
    source=(
        "Registration of independent schools, as stated by Plymouth council [S18, secondary]; "
        "the law does not define full-time [S19, secondary]"
    ),
    parameters={"full_time_hours": 18},
    reads=TIMETABLE_FACTS | PLACEMENT_FACTS | PLAN_FACTS | CARE_FACTS | STOP_FACTS,
    satisfied_by=frozenset({"ApTimetableSet", "ApPlacementEnded"}),
    cases=cases,
    our_default=(
        "18 hours a week is an indicator of full-time, not a limit in law [S20, secondary]. "
        "Five or more pupils at one provider are AP_UNREGISTERED_FIVE_PUPILS."
    ),
)
