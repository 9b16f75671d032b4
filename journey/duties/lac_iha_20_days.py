"""LAC_IHA_20_DAYS: the initial health assessment within 20 working days."""

from __future__ import annotations

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.episodes import Episode
from journey.duties.shapes import After, Answer, clock
from journey.duties.subjects import CARE, is_known_from_its_start
from journey.events import Event


def _is_initial(period: Episode, event: Event) -> bool:
    """Return whether it is the initial one; where a source does not say, it is believed."""
    return event.text("kind") in (None, "INITIAL")


WATCH = After(
    subject=CARE.where(is_known_from_its_start),
    clock=clock.working_days("limit_working_days"),
    met_by=(Answer("HealthAssessmentCompleted", fits=_is_initial),),
    missing="no initial health assessment has been completed",
)

DUTY = Duty(
    id="LAC_IHA_20_DAYS",
    meaning=(
        "A child who becomes looked after has an initial health assessment by a doctor within "
        "20 working days."
    ),
    trigger="A child becomes looked after.",
    satisfying="The initial health assessment is completed.",
    clock="20 working days after the child became looked after.",
    severity=Severity.HIGH,
    basis=Basis.STATUTORY_GUIDANCE,
    source=(
        "Health of looked after children, as stated by SpeakCase [S45, secondary]; the text of "
        "the regulation was not found"
    ),
    parameters={"limit_working_days": 20},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
)
