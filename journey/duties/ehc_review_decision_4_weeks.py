"""EHC_REVIEW_DECISION_4_WEEKS: the decision after a review meeting, within four weeks."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity, at_least, at_most
from journey.duties.episodes import Episode
from journey.duties.shapes import After, Answer, clock
from journey.duties.subjects import EHC_MEETINGS
from journey.events import Event


def _needs_no_notice(meeting: Episode, event: Event) -> bool:
    return event.text("decision") != "AMEND"


WATCH = After(
    subject=EHC_MEETINGS,
    clock=clock.weeks("limit_weeks"),
    met_by=(
        Answer("EhcReviewDecisionNotified", "meeting", fits=_needs_no_notice),
        Answer("EhcAmendmentNoticeServed", "meeting"),
    ),
    missing="the decision after the review meeting, with any changes, has not been sent",
)

DUTY = Duty(
    id="EHC_REVIEW_DECISION_4_WEEKS",
    meaning=(
        "Within four weeks of a review meeting the authority tells the family that it keeps, "
        "amends or ceases the EHC plan and, where it amends, sends the proposed changes."
    ),
    trigger="A review meeting is held.",
    satisfying="The decision to keep or cease is notified, or the amendment notice is served.",
    clock="Four weeks after the meeting.",
    severity=Severity.HIGH,
    basis=Basis.LAW,
    source=("R (L, M and P) v Devon [2022] EWHC 493 (Admin), as stated by IPSEA [S27, secondary]"),
    parameters={"limit_weeks": 4, "until_age": 25},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    needs=WATCH.satisfied_by,
    cases=WATCH.cases,
    limits=(
        at_most("limit_weeks", 4),
        at_least("until_age", 25),
    ),
)
