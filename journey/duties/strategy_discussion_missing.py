"""STRATEGY_DISCUSSION_MISSING: a strategy discussion where significant harm is suspected."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.shapes import After, Answer, clock, each

WATCH = After(
    subject=each("SignificantHarmSuspected"),
    clock=clock.working_days("limit_working_days"),
    met_by=(Answer("StrategyDiscussionHeld"),),
    missing="no strategy discussion has been held",
)

DUTY = Duty(
    id="STRATEGY_DISCUSSION_MISSING",
    meaning=(
        "Where somebody suspects that a child suffers significant harm, a strategy discussion "
        "is held at once."
    ),
    trigger="Significant harm is suspected.",
    satisfying="A strategy discussion is held.",
    clock="One working day after.",
    severity=Severity.CRITICAL,
    basis=Basis.STATUTORY_GUIDANCE,
    source=(
        "Working Together to Safeguard Children, as stated by SpeakCase: convened immediately "
        "[S32, secondary]"
    ),
    parameters={"limit_working_days": 1},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    our_default="The guidance says immediately; one working day is our own default for it.",
)
