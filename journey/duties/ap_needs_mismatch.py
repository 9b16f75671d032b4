"""AP_NEEDS_MISMATCH: needs in the EHC plan that the provider is not resourced for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from journey.clocks import within_reach
from journey.duties.duty import Basis, Duty, Severity
from journey.duties.episodes import PLAN_FACTS, Episode, ehc_plans
from journey.duties.shapes import Asked, Fault, Wrong
from journey.duties.subjects import PLACEMENTS
from journey.events import Event

DETAIL = "the provider is not resourced for a need in the EHC plan"
"""Which need it is, is nobody's business but of those who may read the plan."""


def _has_needs(asked: Asked, placement: Episode) -> bool:
    return bool(_of(placement.facts, "provider_need_types"))


def _mismatch(asked: Asked, placement: Episode) -> Wrong | None:
    resourced = _of(placement.facts, "provider_need_types")
    for plan in ehc_plans(asked.journey):
        last = next((fact for fact in reversed(plan.facts) if _of([fact], "need_types")), None)
        if last is None or not plan.overlaps(placement.start, placement.end or date.max):
            continue
        others = _of([last], "need_types") - resourced
        on = max(placement.start, within_reach(last.occurred_on))
        if others and placement.is_open(on):
            return Wrong(DETAIL, on, (last.event_id,))
    return None


def _of(facts: Iterable[Event], field: str) -> set[str]:
    given = (fact.data.get(field) for fact in facts)
    return {need for needs in given if isinstance(needs, (list, tuple)) for need in needs}


WATCH = Fault(
    subject=PLACEMENTS.where(_has_needs, PLAN_FACTS),
    wrong=_mismatch,
    satisfied_by=frozenset({"ApPlacementStarted", "ApPlacementEnded", "EhcPlanFinalised"}),
)

DUTY = Duty(
    id="AP_NEEDS_MISMATCH",
    meaning=(
        "A child with an EHC plan is placed with a provider that says it is not resourced for a "
        "need that the plan describes."
    ),
    trigger=(
        "A placement starts, or a plan is finalised, and a need of the plan is not among the "
        "provider's."
    ),
    satisfying="A correction, a changed plan, or the end of the placement.",
    clock="At once: the first day on which both hold.",
    severity=Severity.HIGH,
    basis=Basis.REVIEW,
    source=(
        "Ofsted/CQC review of alternative provision, Feb 2024: placed inappropriately, "
        "provision not resourced [S15]"
    ),
    parameters={},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    our_default="Comparing types of need is our own indicator, not a test of the placement.",
)
