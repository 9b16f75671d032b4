"""DATA_CONFERENCE_ON_WEEKEND: a conference on a Saturday or Sunday."""

from __future__ import annotations

from journey.calendars import SATURDAY
from journey.duties.duty import Basis, Duty, Severity
from journey.duties.episodes import Episode
from journey.duties.shapes import Asked, Fault, Wrong, each
from journey.duties.subjects import both


def _on_weekend(asked: Asked, conference: Episode) -> Wrong | None:
    if conference.start.weekday() < SATURDAY:
        return None
    return Wrong("the conference is recorded on a weekend", conference.start)


WATCH = Fault(
    subject=both(each("IcpcHeld"), each("ReviewConferenceHeld")),
    wrong=_on_weekend,
    satisfied_by=frozenset({"IcpcHeld", "ReviewConferenceHeld"}),
)

DUTY = Duty(
    id="DATA_CONFERENCE_ON_WEEKEND",
    meaning=(
        "A child protection conference was recorded on a Saturday or Sunday, on which none is held."
    ),
    trigger="A conference is recorded on a Saturday or Sunday.",
    satisfying="A correction of the day.",
    clock="At once: the day of the conference.",
    severity=Severity.LOW,
    basis=Basis.GUIDANCE,
    source="Children in need census, rule 8875 [S2]",
    parameters={},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    checks_data=True,
)
