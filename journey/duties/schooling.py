"""A child's school year: which year group, on whose roll, by whose calendar."""

from __future__ import annotations

from datetime import date

from journey.calendars import FIRST_YEAR, LAST_YEAR, Calendars, SchoolCalendar, academic_year
from journey.child import Journey, once
from journey.clocks import within_reach
from journey.duties.episodes import (
    CARE_FACTS,
    PLACEMENT_FACTS,
    PLAN_FACTS,
    Episode,
    care_periods,
    closed,
    dated,
    day_of,
    ehc_plans,
    episodes,
    open_ones,
    placements,
    same,
)
from journey.events import Event

ROLL_FACTS = frozenset({"PupilJoinedRoll", "PupilRemovedFromRoll"})
KNOWN_TO_EDUCATION = ROLL_FACTS | PLACEMENT_FACTS | PLAN_FACTS | CARE_FACTS
AGE_IN_YEAR_11 = 16


def year_begins(journey: Journey, group: int) -> int | None:
    """Return the year in which the child's school year of this group begins, else None.

    By date of birth: in year 11 a child turns 16 between 1 September and 31 August. Where
    none is known, by the year group that a school last gave on joining.
    """
    begins = _by_birth(journey.date_of_birth, group) or _by_roll(journey, group)
    return begins if begins is not None and FIRST_YEAR <= begins < LAST_YEAR else None


def first_day(begins: int) -> date:
    """Return the first day of an academic year."""
    return date(begins, 9, 1)


def last_day(begins: int) -> date:
    """Return the last day of an academic year."""
    return date(begins + 1, 8, 31)


@once(reads=ROLL_FACTS)
def rolls(journey: Journey) -> list[Episode]:
    """Return the times on the roll of a school."""
    joined = episodes(journey, "PupilJoinedRoll", "entry_on", _establishment)
    left = dated(journey, "PupilRemovedFromRoll", "left_on") if joined else []
    found: list[Episode] = []
    for name in sorted({_establishment(e.facts[0]) for e in joined}):
        here = [e for e in joined if _establishment(e.facts[0]) == name]
        gone = [d for d in left if _establishment(d.event) in ("", name)]
        found += closed(here, gone, "roll")
    return sorted(found, key=lambda e: (e.start, e.anchor))


def school_of(
    journey: Journey, calendars: Calendars, day: date, *providers: str | None
) -> SchoolCalendar:
    """Return the calendar to count by: the provider's, else the home school's, else the LA's."""
    home = [e.facts[0].text("establishment") for e in rolls(journey) if e.is_open(day)]
    return calendars.school(*(name for name in (*providers, *reversed(home)) if name))


def known_in(journey: Journey, begins: int) -> tuple[str, ...]:
    """Return the events by which a child is education's concern in an academic year, or none.

    On a roll, in alternative provision, with an EHC plan or looked after: the latest begun.
    """
    kept = _known(journey)
    if begins not in kept:
        kept[begins] = _latest_in(journey, begins)
    return kept[begins]


@once(reads=KNOWN_TO_EDUCATION)
def _known(journey: Journey) -> dict[int, tuple[str, ...]]:
    """Return where what a child is known by is kept, by academic year, while that stands."""
    return {}


def _latest_in(journey: Journey, begins: int) -> tuple[str, ...]:
    everything = [
        *rolls(journey),
        *placements(journey),
        *ehc_plans(journey),
        *care_periods(journey),
    ]
    known = open_ones(everything, first_day(begins), last_day(begins))
    return max(known, key=lambda e: (e.start, e.anchor)).because if known else ()


def _establishment(event: Event) -> str:
    return same(event.text("establishment"))


def _by_birth(born: date | None, group: int) -> int | None:
    return None if born is None else academic_year(within_reach(born)) + AGE_IN_YEAR_11 + group - 11


def _by_roll(journey: Journey, group: int) -> int | None:
    """Return the year by the last joining that gave a year group."""
    given = [e for e in journey.of("PupilJoinedRoll") if e.number("year_group") is not None]
    if not given:
        return None
    last = given[-1]
    return academic_year(day_of(last, "entry_on")) + group - int(last.number("year_group") or 0)
