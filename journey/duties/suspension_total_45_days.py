"""SUSPENSION_TOTAL_45_DAYS: suspended for more than 45 school days in a school year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from journey.calendars import Calendars, academic_year
from journey.child import Journey
from journey.clocks import in_words, years_in_words
from journey.duties.duty import Basis, Case, Duty, Severity, at_most
from journey.duties.episodes import Episode
from journey.duties.outcome import ended
from journey.duties.schooling import ROLL_FACTS, last_day
from journey.duties.shapes import Asked
from journey.duties.stops import STOP_FACTS
from journey.duties.suspensions import TOTAL_FACTS, term_of, term_totals, year_totals


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return a case for each school year, and each term, in which the number was passed."""
    asked = Asked(journey, parameters, calendars)
    cap, warn = asked.number("cap_school_days"), asked.number("term_school_days")
    passed: dict[str, Case] = {}
    for one, total in year_totals(asked):
        begins = academic_year(one.start)
        if total > cap:
            _note(passed, years_in_words(begins), one, total, last_day(begins))
    for one, total in term_totals(asked):
        term = term_of(asked, one)
        if total >= warn:
            _note(passed, term.name, one, total, term.last)
    yield from passed.values()


def _note(passed: dict[str, Case], period: str, one: Episode, total: float, last: date) -> None:
    if period not in passed:
        passed[period] = Case(
            anchor=one.anchor,
            period=period,
            due=one.start,
            arithmetic=f"at once, on {in_words(one.start)}",
            because=one.because,
            met=ended(max(last, one.start)),
            detail=f"suspended for {total:g} school days in {period}",
        )


DUTY = Duty(
    id="SUSPENSION_TOTAL_45_DAYS",
    meaning=(
        "A child may not be suspended for more than 45 school days in one school year. This one "
        "was, or was suspended for 15 days in one term."
    ),
    trigger=(
        "Suspensions of a school year add up to more than 45 school days, or of a term to 15."
    ),
    satisfying="Nothing: it ends with the term or school year, or with a correction.",
    clock="At once: the first day of the suspension that passes the number.",
    severity=Severity.HIGH,
    basis=Basis.LAW,
    source=(
        "The limit of 45 days: DfE statistics on suspensions and permanent exclusions [S9] and "
        "Suffolk SENDIASS [S10, secondary]"
    ),
    parameters={"cap_school_days": 45, "term_school_days": 15},
    reads=TOTAL_FACTS | ROLL_FACTS | STOP_FACTS,
    satisfied_by=TOTAL_FACTS,
    cases=cases,
    our_default=("Telling at 15 days in a term is our own default: a warning, not a limit in law."),
    limits=(at_most("cap_school_days", 45),),
)
