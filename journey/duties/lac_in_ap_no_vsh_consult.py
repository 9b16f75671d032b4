"""LAC_IN_AP_NO_VSH_CONSULT: a looked after child placed without the virtual school head."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.episodes import CARE_FACTS
from journey.duties.shapes import After, Answer, clock
from journey.duties.subjects import PLACEMENTS, is_looked_after

WATCH = After(
    subject=PLACEMENTS.where(is_looked_after, CARE_FACTS),
    clock=clock.before_it(),
    met_by=(Answer("VirtualSchoolHeadConsulted", "placement", before="lookback_days"),),
    missing="the virtual school head has not been consulted",
)

DUTY = Duty(
    id="LAC_IN_AP_NO_VSH_CONSULT",
    meaning=(
        "Before a looked after child goes to alternative provision, the virtual school head is "
        "consulted."
    ),
    trigger="A placement of a looked after child starts.",
    satisfying="The virtual school head is consulted.",
    clock="Before the placement starts.",
    severity=Severity.HIGH,
    basis=Basis.REVIEW,
    source=("General knowledge of the role of the virtual school head: we found no source for it"),
    parameters={"lookback_days": 60},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    our_default=("Asking before the start, and counting the 60 days before, are our own defaults."),
)
