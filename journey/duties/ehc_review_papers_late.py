"""EHC_REVIEW_PAPERS_LATE: papers for a review meeting, two weeks before."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity, at_least
from journey.duties.shapes import After, Answer, clock, each

WATCH = After(
    subject=each("EhcReviewMeetingScheduled"),
    clock=clock.days_before("meeting_on", "min_days"),
    met_by=(Answer("EhcReviewPapersCirculated", "meeting"),),
    missing="the papers for the review meeting have not been circulated",
)

DUTY = Duty(
    id="EHC_REVIEW_PAPERS_LATE",
    meaning=(
        "Advice for a review meeting of an EHC plan goes to everybody invited at least two "
        "weeks before."
    ),
    trigger="A review meeting is scheduled for a day.",
    satisfying="The papers are circulated.",
    clock="14 days before the meeting.",
    severity=Severity.LOW,
    basis=Basis.LAW,
    source="Annual review of an EHC plan, as stated by SEN Expert Solicitors [S25, secondary]",
    parameters={"min_days": 14, "until_age": 25},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    limits=(
        at_least("min_days", 14),
        at_least("until_age", 25),
    ),
)
