"""DATA_REVIEW_BEFORE_CP_PLAN: a review conference before its plan."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.episodes import Episode, owner
from journey.duties.shapes import Asked, Fault, Wrong, each
from journey.duties.subjects import CP_PLANS


def _too_early(asked: Asked, review: Episode) -> Wrong | None:
    plans = CP_PLANS.find(asked.journey)
    plan = owner(plans, review.facts[0], "plan", review.start)
    if plan is None or review.start > plan.start:
        return None
    return Wrong("the review is not after the start of its plan", review.start, plan.because)


WATCH = Fault(
    subject=each("ReviewConferenceHeld"),
    wrong=_too_early,
    satisfied_by=frozenset({"ReviewConferenceHeld", "CpPlanStarted"}),
    also_reads=CP_PLANS.reads,
)

DUTY = Duty(
    id="DATA_REVIEW_BEFORE_CP_PLAN",
    meaning=(
        "A review conference of a child protection plan was held on or before the day on which "
        "the plan starts."
    ),
    trigger="A review conference is held on or before the first day of its plan.",
    satisfying="A correction of one of the two days.",
    clock="At once: the day of the conference.",
    severity=Severity.LOW,
    basis=Basis.GUIDANCE,
    source="Children in need census, rule 8841 [S2]",
    parameters={},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    checks_data=True,
)
