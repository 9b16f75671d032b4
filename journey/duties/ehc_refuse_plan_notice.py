"""EHC_REFUSE_PLAN_NOTICE: a decision against a plan, within 16 weeks."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.shapes import After, Answer, clock
from journey.duties.subjects import EHC_REQUESTS
from journey.events import Event


def _assesses(event: Event) -> bool:
    return event.flag("will_assess") is not False


WATCH = After(
    subject=EHC_REQUESTS,
    clock=clock.weeks("limit_weeks"),
    met_by=(
        Answer("EhcNoPlanDecisionIssued", "request"),
        Answer("EhcDraftPlanServed", "request"),
        Answer("EhcPlanFinalised", "request"),
    ),
    ended_by=(
        Answer("EhcAssessmentDecisionIssued", "request", fits=lambda one, e: not _assesses(e)),
    ),
    missing="neither a draft plan nor a decision against one",
)

DUTY = Duty(
    id="EHC_REFUSE_PLAN_NOTICE",
    meaning=(
        "After an assessment the authority says within 16 weeks of the request that it will "
        "issue no plan, or sends a draft."
    ),
    trigger="A request for an EHC needs assessment is received.",
    satisfying="No plan is decided on, or a draft or final plan is sent.",
    clock="16 weeks from receipt.",
    severity=Severity.HIGH,
    basis=Basis.REVIEW,
    source=(
        "General knowledge of reg 10 of the SEND Regulations 2014: we found no source for the "
        "16 weeks and do not state them as law"
    ),
    parameters={"limit_weeks": 16, "until_age": 25},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    needs=frozenset({"EhcDraftPlanServed"}),
    cases=WATCH.cases,
    our_default="16 weeks is common practice; check it before you rely on it.",
)
