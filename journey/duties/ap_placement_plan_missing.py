"""AP_PLACEMENT_PLAN_MISSING: a placement without a personalised plan."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.shapes import After, Answer, clock
from journey.duties.subjects import PLACEMENTS

WATCH = After(
    subject=PLACEMENTS,
    clock=clock.school_days("limit_school_days"),
    met_by=(
        Answer(
            "ApPersonalisedPlanAgreed",
            "placement",
            before="lookback_days",
            complete="required_fields",
        ),
    ),
    missing="no personalised plan",
    in_words={
        "objectives": "objectives",
        "expected_end_on": "expected end",
        "reintegration_route": "route back or on",
    },
)

DUTY = Duty(
    id="AP_PLACEMENT_PLAN_MISSING",
    meaning=(
        "A child in alternative provision has a plan of its own: what it is to achieve, until "
        "when, and how the child returns or moves on."
    ),
    trigger="A placement in alternative provision starts.",
    satisfying="A personalised plan is agreed with objectives, expected end and route.",
    clock="10 school days after the placement starts.",
    severity=Severity.HIGH,
    basis=Basis.STATUTORY_GUIDANCE,
    source=(
        "DfE Arranging Alternative Provision, Feb 2025, as quoted by Bradford council [S14, "
        "secondary]: a plan as soon as a placement is identified"
    ),
    parameters={
        "limit_school_days": 10,
        "lookback_days": 28,
        "required_fields": "objectives expected_end_on reintegration_route",
    },
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    our_default=(
        "10 school days, and counting a plan of the 28 days before, are our own defaults."
    ),
)
