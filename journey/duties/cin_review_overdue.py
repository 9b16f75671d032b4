"""CIN_REVIEW_OVERDUE: a child in need plan, reviewed every twelve weeks."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.shapes import Answer, Repeats, clock
from journey.duties.subjects import CIN_PLANS

WATCH = Repeats(
    subject=CIN_PLANS,
    done_by=(Answer("CinReviewHeld", "plan"),),
    first=clock.weeks("limit_weeks"),
    then=clock.weeks("limit_weeks"),
    missing="the child in need plan has not been reviewed",
)

DUTY = Duty(
    id="CIN_REVIEW_OVERDUE",
    meaning="A child in need plan is reviewed regularly.",
    trigger="A child in need plan is agreed, or was last reviewed.",
    satisfying="The plan is reviewed.",
    clock="12 weeks after the plan or its last review.",
    severity=Severity.MEDIUM,
    basis=Basis.LOCAL,
    source="York says 12 weeks, 26 for its disability team [S40, secondary]",
    parameters={"limit_weeks": 12},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    on=False,
)
