"""AP_Y11_STAY_TO_END: in alternative provision to the end of year 11, and nobody decided so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import Deadline, in_words, later, noted, school_days
from journey.duties.duty import Basis, Case, Duty, Severity
from journey.duties.episodes import (
    PLACEMENT_FACTS,
    Episode,
    belonging,
    dated,
    open_ones,
    placements,
)
from journey.duties.outcome import earliest, ended_with, met_by_first, number
from journey.duties.schooling import ROLL_FACTS, first_day, last_day, school_of, year_begins
from journey.duties.stops import STOP_FACTS


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return a case for each placement that is open in the child's year 11."""
    begins = year_begins(journey, 11)
    if begins is None:
        return
    placed = placements(journey)
    decided = dated(journey, "ExitDecisionRecorded", "decided_on")
    decisions = belonging(placed, decided, "placement")
    late = number(parameters, "late_start_school_days")
    for one in open_ones(placed, first_day(begins), last_day(begins)):
        clock = _clock(journey, one, begins, late, calendars)
        yield Case(
            anchor=one.anchor,
            due=clock.due,
            arithmetic=clock.arithmetic,
            because=one.because,
            met=earliest(met_by_first(decisions[one.anchor], first_day(begins)), ended_with(one)),
            detail="nobody has decided whether the child stays in the placement",
        )


def _clock(
    journey: Journey, placement: Episode, begins: int, late: int, calendars: Calendars
) -> Deadline:
    school = school_of(journey, calendars, placement.start, placement.told("provider"))
    term_ends, assumed = school.end_of_spring_term(begins)
    words = f"by the end of the spring term, {in_words(term_ends)}{noted(assumed)}"
    return later(Deadline(term_ends, words), school_days(placement.start, late, school))


DUTY = Duty(
    id="AP_Y11_STAY_TO_END",
    meaning=(
        "A child stays in alternative provision to the end of year 11 without anybody having "
        "decided that this is right, rather than going back, or on to something else."
    ),
    trigger="A placement in alternative provision is open in year 11.",
    satisfying="A decision on leaving or staying is recorded in year 11.",
    clock=(
        "The end of the spring term of year 11, or 20 school days after a placement that "
        "starts late."
    ),
    severity=Severity.HIGH,
    basis=Basis.REVIEW,
    source=(
        "Ofsted/CQC review of alternative provision, Feb 2024: children often stay to the end of "
        "year 11 [S15]"
    ),
    parameters={"late_start_school_days": 20},
    reads=frozenset({"ExitDecisionRecorded"}) | PLACEMENT_FACTS | ROLL_FACTS | STOP_FACTS,
    satisfied_by=frozenset({"ExitDecisionRecorded"}),
    cases=cases,
    our_default="The end of the spring term and the 20 school days are our own defaults.",
)
