"""AP_MAX_PERIOD_NOT_AGREED: an off-site direction without an agreed longest period."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.episodes import Episode
from journey.duties.shapes import Asked, Stated
from journey.duties.subjects import PLACEMENTS, flagged


def _agreed(asked: Asked, placement: Episode) -> tuple[str, ...]:
    return tuple(fact.event_id for fact in placement.facts if fact.day("max_end_on"))


WATCH = Stated(
    subject=PLACEMENTS.where(flagged("off_site_direction")),
    shown_by=_agreed,
    missing="no longest period is agreed",
    satisfied_by=frozenset({"ApPlacementStarted"}),
)

DUTY = Duty(
    id="AP_MAX_PERIOD_NOT_AGREED",
    meaning="A pupil is directed off site, and nobody agreed from the start how long at most.",
    trigger="A placement by off-site direction starts.",
    satisfying="The placement gives its last day agreed at the start.",
    clock="At once: the day on which the placement starts.",
    severity=Severity.MEDIUM,
    basis=Basis.STATUTORY_GUIDANCE,
    source=(
        "DfE Arranging Alternative Provision, Feb 2025, as quoted by Bradford council [S14, "
        "secondary]"
    ),
    parameters={},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
)
