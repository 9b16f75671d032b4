"""EHC_AMENDED_FINAL_8_WEEKS: the amended plan, within eight weeks of the notice."""

from __future__ import annotations

from datetime import date

from journey.clocks import Deadline, weeks
from journey.duties.duty import Basis, Duty, Severity, at_least, at_most
from journey.duties.episodes import Episode, owner
from journey.duties.shapes import After, Answer, Asked, Clock, each
from journey.duties.subjects import EHC_MEETINGS


def _limit(asked: Asked, day: date, notice: Episode) -> Deadline:
    """Return the sooner of eight weeks from the notice and twelve from the meeting it follows."""
    after_notice = weeks(day, asked.number("limit_weeks"))
    meeting = owner(EHC_MEETINGS.find(asked.journey), notice.facts[0], "meeting", day)
    if meeting is None:
        return after_notice
    after_meeting = weeks(meeting.start, asked.number("meeting_weeks"))
    return min(after_notice, after_meeting, key=lambda one: one.due)


WATCH = After(
    subject=each("EhcAmendmentNoticeServed"),
    clock=Clock(_limit, EHC_MEETINGS.reads),
    met_by=(Answer("EhcPlanFinalised"), Answer("EhcAmendmentWithdrawn", "notice")),
    missing="the amended plan is not final",
)

DUTY = Duty(
    id="EHC_AMENDED_FINAL_8_WEEKS",
    meaning=(
        "An EHC plan that is to be amended is final within eight weeks of the amendment notice, "
        "and within twelve of the review meeting."
    ),
    trigger="An amendment notice is served.",
    satisfying="The plan is finalised, or the amendment withdrawn.",
    clock=("Eight weeks after the notice, or twelve weeks after its meeting where that is sooner."),
    severity=Severity.HIGH,
    basis=Basis.LAW,
    source=(
        "SEND Regulations 2014 (SI 2014/1530), reg 22(3) [S28]; twelve weeks in all as stated "
        "by IPSEA [S27, secondary]"
    ),
    parameters={"limit_weeks": 8, "meeting_weeks": 12, "until_age": 25},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    needs=frozenset({"EhcPlanFinalised"}),
    cases=WATCH.cases,
    limits=(
        at_most("limit_weeks", 8),
        at_most("meeting_weeks", 12),
        at_least("until_age", 25),
    ),
)
