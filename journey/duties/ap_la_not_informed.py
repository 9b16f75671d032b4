"""AP_LA_NOT_INFORMED: a school placed a child and did not tell the local authority."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.shapes import After, Answer, clock
from journey.duties.subjects import PLACEMENTS, says

WATCH = After(
    subject=PLACEMENTS.where(says("commissioner_type", "SCHOOL")),
    clock=clock.school_days("limit_school_days"),
    met_by=(Answer("LaNotifiedOfApPlacement", "placement", before="lookback_days"),),
    missing="the local authority has not been told of the placement",
)

DUTY = Duty(
    id="AP_LA_NOT_INFORMED",
    meaning=(
        "A school that commissions a placement in alternative provision tells the local authority."
    ),
    trigger="A placement that a school commissioned starts.",
    satisfying="The local authority is told of the placement.",
    clock="Five school days after the placement starts.",
    severity=Severity.MEDIUM,
    basis=Basis.STATUTORY_GUIDANCE,
    source=(
        "DfE Arranging Alternative Provision, Feb 2025, as quoted by Bradford council [S14, "
        "secondary]: should always inform; a coming duty, as reported by Tes [S16, secondary]"
    ),
    parameters={"limit_school_days": 5, "lookback_days": 28},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    our_default="Five school days, and 28 days before, are our own defaults.",
)
