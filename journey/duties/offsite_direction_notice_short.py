"""OFFSITE_DIRECTION_NOTICE_SHORT: notice of an off-site direction, in time and whole."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity, at_least
from journey.duties.shapes import After, Answer, clock, each

WATCH = After(
    subject=each("OffSiteDirectionDetermined"),
    clock=clock.school_days_before("first_day_on", "min_school_days"),
    met_by=(Answer("OffSiteNoticeServed", "direction", complete="required_fields"),),
    missing="no notice of the direction has been given",
    in_words={
        "address_given": "the address",
        "report_to_given": "the person to report to",
        "number_of_days_given": "the number of days",
        "reasons_given": "the reasons and objectives",
        "session_times_given": "the times of the sessions",
    },
)

DUTY = Duty(
    id="OFFSITE_DIRECTION_NOTICE_SHORT",
    meaning=(
        "A school that directs a pupil off site tells the parent at least two school days "
        "before: the address, to whom the pupil reports, how many days, the reasons, and the "
        "times."
    ),
    trigger="An off-site direction is determined with its first day.",
    satisfying="Notice with all that it has to say is given.",
    clock="Two school days before the first day off site.",
    severity=Severity.HIGH,
    basis=Basis.LAW,
    source="SI 2010/1156, reg 3, as copied [S11], and Bradford council [S12, secondary]",
    parameters={
        "min_school_days": 2,
        "required_fields": "address_given report_to_given number_of_days_given reasons_given "
        "session_times_given",
    },
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    limits=(at_least("min_school_days", 2),),
)
