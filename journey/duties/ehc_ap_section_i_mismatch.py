"""EHC_AP_SECTION_I_MISMATCH: in alternative provision that the EHC plan does not name."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.episodes import PLAN_FACTS, Episode, dated, same
from journey.duties.shapes import After, Answer, Asked, clock
from journey.duties.subjects import PLACEMENTS, has_ehc_plan
from journey.events import Event

EOTAS = frozenset({"EotasAgreed"})


def _is_unnamed(asked: Asked, placement: Episode) -> bool:
    """Return whether neither the plan nor an agreement of before covers the placement."""
    finals = dated(asked.journey, "EhcPlanFinalised", "finalised_on")
    before = [d.event for d in finals if d.day < placement.start]
    agreed = any(d.day < placement.start for d in dated(asked.journey, "EotasAgreed", ""))
    return not agreed and not any(_names(placement, event) for event in before[-1:])


def _names(placement: Episode, event: Event) -> bool:
    return same(event.text("section_i_establishment")) == same(placement.told("provider"))


WATCH = After(
    subject=PLACEMENTS.where(has_ehc_plan, PLAN_FACTS).where(_is_unnamed, EOTAS),
    clock=clock.school_days("limit_school_days"),
    met_by=(
        Answer("EhcPlanFinalised", fits=_names),
        Answer("EotasAgreed"),
        Answer("EhcReviewCompleted"),
    ),
    missing="section I of the EHC plan does not name the provider",
)

DUTY = Duty(
    id="EHC_AP_SECTION_I_MISMATCH",
    meaning=(
        "A child with an EHC plan is in alternative provision that section I does not name, and "
        "neither education otherwise than at school nor a review was agreed."
    ),
    trigger="A placement starts while an EHC plan is in force that does not name it.",
    satisfying=(
        "The plan names the provider, education otherwise than at school is agreed, or the plan "
        "is reviewed."
    ),
    clock="20 school days after the placement starts.",
    severity=Severity.MEDIUM,
    basis=Basis.REVIEW,
    source=(
        "Ofsted/CQC review of alternative provision, Feb 2024: children placed inappropriately, "
        "often for long [S15]"
    ),
    parameters={"limit_school_days": 20, "until_age": 25},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    needs=EOTAS,
    cases=WATCH.cases,
    our_default="20 school days is our own default.",
)
