"""CP_EXCLUDED_NO_STRATEGY_CHECK: the core group not told of an exclusion or placement."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.shapes import After, Answer, clock, each
from journey.duties.subjects import CP_PLANS, EXCLUSIONS, both, has_cp_plan

WATCH = After(
    subject=both(EXCLUSIONS, each("ApPlacementStarted")).where(has_cp_plan, CP_PLANS.reads),
    clock=clock.working_days("limit_working_days"),
    met_by=(Answer("CoreGroupInformed", "about"), Answer("CoreGroupHeld")),
    missing="the core group has not been told",
)

DUTY = Duty(
    id="CP_EXCLUDED_NO_STRATEGY_CHECK",
    meaning=(
        "A child with a child protection plan is excluded, or moves to alternative provision. "
        "The core group is told, or meets."
    ),
    trigger=("An exclusion, suspension or placement starts while a child protection plan is open."),
    satisfying="The core group is informed or meets.",
    clock="Five working days after.",
    severity=Severity.HIGH,
    basis=Basis.REVIEW,
    source="Ofsted/CQC review of alternative provision, Feb 2024: little joint working [S15]",
    parameters={"limit_working_days": 5},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    needs=frozenset({"CoreGroupInformed"}),
    cases=WATCH.cases,
    our_default="Five working days is our own default.",
)
