"""AP_ENTRY_NO_INDUCTION: a placement without a visit first."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.shapes import After, Answer, clock
from journey.duties.subjects import PLACEMENTS, flagged, is_provider_of

WATCH = After(
    subject=PLACEMENTS.where(lambda asked, one: not flagged("emergency")(asked, one)),
    clock=clock.before_it(),
    met_by=(Answer("PrePlacementVisit", "placement", before="lookback_days", fits=is_provider_of),),
    missing="the child had not visited the provider before the placement",
)

DUTY = Duty(
    id="AP_ENTRY_NO_INDUCTION",
    meaning=(
        "A child visits the provider before a placement starts, unless it has to start at once."
    ),
    trigger="A placement in alternative provision starts that is no emergency.",
    satisfying="The child visits the provider.",
    clock="Before the placement starts; a visit of the 60 days before counts.",
    severity=Severity.MEDIUM,
    basis=Basis.REVIEW,
    source=(
        "Ofsted/CQC review of alternative provision, Feb 2024: entry sudden, and no chance to "
        "visit first [S59, secondary]"
    ),
    parameters={"lookback_days": 60},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    our_default="The 60 days in which a visit counts are our own default.",
)
