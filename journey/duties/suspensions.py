"""How long a child was suspended: running totals of each school year and term."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from journey.calendars import academic_year
from journey.duties.episodes import Dated, Episode, belonging, dated
from journey.duties.shapes import Asked
from journey.duties.subjects import SUSPENSIONS
from journey.terms import Term, terms_from

TOTAL_FACTS = frozenset({"SuspensionStarted", "SuspensionEnded"})
SESSIONS_A_DAY = 2


def year_totals(asked: Asked) -> Iterator[tuple[Episode, float]]:
    """Yield each suspension with the school days suspended in its school year so far."""
    yield from _totals(asked, lambda one: str(academic_year(one.start)))


def term_totals(asked: Asked) -> Iterator[tuple[Episode, float]]:
    """Yield each suspension with the school days suspended in its term so far."""
    yield from _totals(asked, lambda one: term_of(asked, one).name)


def term_of(asked: Asked, suspension: Episode) -> Term:
    """Return the term in which a suspension starts; one in the holidays belongs to the next."""
    school = asked.school(suspension, suspension.start)
    return next(terms_from(school, suspension.start, halves=False))


def _totals(asked: Asked, period: Callable[[Episode], str]) -> Iterator[tuple[Episode, float]]:
    found = SUSPENSIONS.find(asked.journey)
    ends = dated(asked.journey, "SuspensionEnded", "") if found else []
    ended = belonging(found, ends, "suspension")
    totals: dict[str, float] = {}
    for one in found:
        name = period(one)
        totals[name] = totals.get(name, 0) + _school_days(one, ended[one.anchor])
        yield one, totals[name]


def _school_days(suspension: Episode, ends: Sequence[Dated]) -> float:
    """Return how long it lasted as told at its end, else as told at its start, else nothing."""
    told = [*reversed(ends), *(Dated(suspension.start, fact) for fact in suspension.facts)]
    given = (fact.event.number("sessions") for fact in told)
    return max(0, next((n for n in given if n is not None), 0)) / SESSIONS_A_DAY
