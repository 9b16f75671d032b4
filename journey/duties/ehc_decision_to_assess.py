"""EHC_DECISION_TO_ASSESS: the decision whether to assess, within six weeks."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity, at_least, at_most
from journey.duties.shapes import After, Answer, clock
from journey.duties.subjects import EHC_REQUESTS

WATCH = After(
    subject=EHC_REQUESTS,
    clock=clock.weeks("limit_weeks"),
    met_by=(Answer("EhcAssessmentDecisionIssued", "request"),),
    ended_by=(Answer("EhcNoPlanDecisionIssued", "request"), Answer("EhcPlanFinalised", "request")),
    missing="no decision whether to assess",
)

DUTY = Duty(
    id="EHC_DECISION_TO_ASSESS",
    meaning=(
        "Whoever asks for an EHC assessment is told within six weeks whether there will be one."
    ),
    trigger="A request for an EHC needs assessment is received.",
    satisfying="The authority decides whether it will assess.",
    clock="Six weeks from receipt, weekends and bank holidays included.",
    severity=Severity.HIGH,
    basis=Basis.LAW,
    source=(
        "SEND Regulations 2014 (SI 2014/1530), reg 5(3), as stated by Ed Yourself [S24, secondary]"
    ),
    parameters={"limit_weeks": 6, "until_age": 25},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    limits=(
        at_most("limit_weeks", 6),
        at_least("until_age", 25),
    ),
)
