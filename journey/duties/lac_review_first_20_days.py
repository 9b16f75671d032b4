"""LAC_REVIEW_FIRST_20_DAYS: the first review of a looked after child."""

from __future__ import annotations

from collections.abc import Iterator

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import working_days
from journey.duties.care_reviews import READS, Parameters, case_of, turns
from journey.duties.duty import Basis, Case, Duty, Severity, at_most
from journey.duties.outcome import number


def cases(journey: Journey, parameters: Parameters, calendars: Calendars) -> Iterator[Case]:
    """Return a case for each period of care."""
    limit = number(parameters, "limit_working_days")
    for turn in turns(journey):
        if turn.is_counted and turn.ordinal == 1:
            yield case_of(turn, working_days(turn.period.start, limit))


DUTY = Duty(
    id="LAC_REVIEW_FIRST_20_DAYS",
    meaning="A child who becomes looked after has a first review within 20 working days.",
    trigger="A child becomes looked after.",
    satisfying="A review is held in this period of care.",
    clock="20 working days after the child became looked after.",
    severity=Severity.HIGH,
    basis=Basis.LAW,
    source=(
        "Care Planning Regulations 2010 (SI 2010/959), reg 33, as stated in a council's "
        "procedures, which say 20 days [S42, secondary]"
    ),
    parameters={"limit_working_days": 20},
    reads=READS,
    satisfied_by=frozenset({"LacReviewHeld"}),
    cases=cases,
    limits=(at_most("limit_working_days", 20),),
)
