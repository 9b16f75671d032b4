"""LAC_REVIEW_NEXT_6_MONTHS: the third and later reviews of a looked after child."""

from __future__ import annotations

from collections.abc import Iterator

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import months
from journey.duties.care_reviews import READS, Parameters, case_of, turns
from journey.duties.duty import Basis, Case, Duty, Severity
from journey.duties.outcome import number


def cases(journey: Journey, parameters: Parameters, calendars: Calendars) -> Iterator[Case]:
    """Return a case for each review but the first two of a period of care.

    Where care began before the source knows of it, every review that it could know is a later
    one, and the first is due at the latest six months after the first day known.
    """
    limit = number(parameters, "limit_months")
    for turn in turns(journey):
        if turn.ordinal > 2 or not turn.is_counted:
            since = turn.before.day if turn.before else turn.period.start
            yield case_of(turn, months(since, limit), period=str(turn.ordinal))


DUTY = Duty(
    id="LAC_REVIEW_NEXT_6_MONTHS",
    meaning="After the second review, a looked after child is reviewed at least every six months.",
    trigger="The second or a later review in a period of care is held.",
    satisfying="Another review is held in this period of care.",
    clock="Six months after the last review.",
    severity=Severity.HIGH,
    basis=Basis.REVIEW,
    source=(
        "General knowledge of practice under the Care Planning Regulations 2010: we found no "
        "source for the six months and do not state them as law"
    ),
    parameters={"limit_months": 6},
    reads=READS,
    satisfied_by=frozenset({"LacReviewHeld"}),
    cases=cases,
    our_default="Six months is common practice; check it before you rely on it.",
)
