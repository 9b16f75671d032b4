"""CAREERS_INTERVIEW_BY_16: a personal guidance interview by the end of year 11."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import Deadline, in_words, noted, years_in_words
from journey.duties.duty import Basis, Case, Duty, Met, Severity
from journey.duties.episodes import Dated, dated, open_ones, placements
from journey.duties.outcome import met_by_first, number
from journey.duties.schooling import (
    KNOWN_TO_EDUCATION,
    first_day,
    known_in,
    last_day,
    school_of,
    year_begins,
)
from journey.duties.stops import STOP_FACTS


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return one case for a child that education knows in year 11."""
    begins = year_begins(journey, 11)
    known = known_in(journey, begins) if begins is not None else ()
    if begins is None or not known:
        return
    clock = _clock(journey, begins, calendars)
    yield Case(
        anchor=journey.anchor,
        period=years_in_words(begins),
        due=clock.due,
        arithmetic=clock.arithmetic,
        because=known,
        met=_interviewed(journey, parameters),
        detail="no interview with a qualified careers adviser",
    )


def _clock(journey: Journey, begins: int, calendars: Calendars) -> Deadline:
    """Return the end of the autumn term for a child in alternative provision, else of the year."""
    school = school_of(journey, calendars, first_day(begins))
    term_ends, assumed = school.end_of_autumn_term(begins)
    if open_ones(placements(journey), first_day(begins), term_ends):
        words = f"by the end of the autumn term of year 11, {in_words(term_ends)}{noted(assumed)}"
        return Deadline(term_ends, words)
    year_ends = last_day(begins)
    return Deadline(year_ends, f"by the end of year 11, {in_words(year_ends)}")


def _interviewed(journey: Journey, parameters: Mapping[str, int | str]) -> Met | None:
    level = number(parameters, "adviser_level")
    held = dated(journey, "CareersInterviewHeld", "held_on")
    since = year_begins(journey, number(parameters, "from_year_group"))
    qualified = (interview for interview in held if _is_qualified(interview, level))
    return met_by_first(qualified, None if since is None else first_day(since))


def _is_qualified(interview: Dated, level: int) -> bool:
    """Return whether the adviser has the level; where a source does not say, it is believed."""
    given = interview.event.number("adviser_level")
    return given is None or given >= level


DUTY = Duty(
    id="CAREERS_INTERVIEW_BY_16",
    meaning=(
        "By the end of year 11 a child has had a personal interview with a qualified careers "
        "adviser; a child in alternative provision, by the end of the autumn term."
    ),
    trigger="A child that education knows reaches year 11.",
    satisfying="A careers interview is held in year 8 or later, by an adviser of level 6.",
    clock=(
        "31 August at the end of year 11; for a child in alternative provision, the end of its "
        "autumn term."
    ),
    severity=Severity.MEDIUM,
    basis=Basis.STATUTORY_GUIDANCE,
    source=("DfE careers guidance, 8 May 2025 [S55], with Gatsby benchmark 8 [S54, secondary]"),
    parameters={"from_year_group": 8, "adviser_level": 6},
    reads=frozenset({"CareersInterviewHeld"}) | KNOWN_TO_EDUCATION | STOP_FACTS,
    satisfied_by=frozenset({"CareersInterviewHeld"}),
    cases=cases,
    our_default=(
        "The end of the autumn term for children in alternative provision is our own default. An "
        "interview whose adviser's level was not given counts."
    ),
    person_anchored=True,
)
