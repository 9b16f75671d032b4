"""EHC_REVIEW_REPORT_LATE: the school's report, within two weeks of a review meeting."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity, at_least, at_most
from journey.duties.shapes import After, Answer, clock
from journey.duties.subjects import EHC_MEETINGS

WATCH = After(
    subject=EHC_MEETINGS,
    clock=clock.weeks("limit_weeks"),
    met_by=(Answer("EhcReviewReportSubmitted", "meeting"),),
    missing="the report of the review meeting has not been sent",
)

DUTY = Duty(
    id="EHC_REVIEW_REPORT_LATE",
    meaning="Within two weeks of a review meeting of an EHC plan the school sends its report.",
    trigger="A review meeting is held.",
    satisfying="The report is submitted.",
    clock="Two weeks after the meeting.",
    severity=Severity.MEDIUM,
    basis=Basis.LAW,
    source="Annual reviews, as stated by Birmingham local offer [S26, secondary]",
    parameters={"limit_weeks": 2, "until_age": 25},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    limits=(
        at_most("limit_weeks", 2),
        at_least("until_age", 25),
    ),
)
