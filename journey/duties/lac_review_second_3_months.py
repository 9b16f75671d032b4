"""LAC_REVIEW_SECOND_3_MONTHS: the second review of a looked after child."""

from __future__ import annotations

from collections.abc import Iterator

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import months
from journey.duties.care_reviews import READS, Parameters, case_of, turns
from journey.duties.duty import Basis, Case, Duty, Severity, at_most
from journey.duties.outcome import number


def cases(journey: Journey, parameters: Parameters, calendars: Calendars) -> Iterator[Case]:
    """Return a case for each period of care in which the first review was held."""
    limit = number(parameters, "limit_months")
    for turn in turns(journey):
        if turn.is_counted and turn.ordinal == 2 and turn.before is not None:
            yield case_of(turn, months(turn.before.day, limit))


DUTY = Duty(
    id="LAC_REVIEW_SECOND_3_MONTHS",
    meaning="A looked after child has a second review within three months of the first.",
    trigger="The first review in a period of care is held.",
    satisfying="Another review is held in this period of care.",
    clock="Three months after the first review.",
    severity=Severity.HIGH,
    basis=Basis.LAW,
    source=(
        "Care Planning Regulations 2010 (SI 2010/959), reg 33, as stated in a council's "
        "procedures [S42, secondary]"
    ),
    parameters={"limit_months": 3},
    reads=READS,
    satisfied_by=frozenset({"LacReviewHeld"}),
    cases=cases,
    limits=(at_most("limit_months", 3),),
)
