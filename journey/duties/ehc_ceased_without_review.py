"""EHC_CEASED_WITHOUT_REVIEW: a plan ceased without a review in the year before."""

from __future__ import annotations

from journey.clocks import months
from journey.duties.duty import Basis, Duty, Severity
from journey.duties.episodes import Episode, dated
from journey.duties.shapes import Asked, Stated, each


def _reviewed(asked: Asked, ceasing: Episode) -> tuple[str, ...]:
    """Return the last review that was completed in the months before, if there is one."""
    back = asked.number("lookback_months")
    done = dated(asked.journey, "EhcReviewCompleted", "completed_on")
    lately = [d for d in done if d.day <= ceasing.start <= months(d.day, back).due]
    return tuple(d.event.event_id for d in lately[-1:])


WATCH = Stated(
    subject=each("EhcPlanCeased"),
    shown_by=_reviewed,
    missing="the plan ceased without a review in the twelve months before",
    satisfied_by=frozenset({"EhcReviewCompleted"}),
)

DUTY = Duty(
    id="EHC_CEASED_WITHOUT_REVIEW",
    meaning="An EHC plan ceased, and no review was completed in the twelve months before.",
    trigger="An EHC plan ceases.",
    satisfying="A review was completed in the twelve months before.",
    clock="At once: the day on which it ceased.",
    severity=Severity.HIGH,
    basis=Basis.REVIEW,
    source="General knowledge: we found no source and do not state it as law",
    parameters={"lookback_months": 12, "until_age": 25},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    our_default="Twelve months is our own default; check it before you rely on it.",
)
