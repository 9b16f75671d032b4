"""AP_ROLL_REMOVED: taken off the home school's roll during alternative provision."""

from __future__ import annotations

from datetime import date

from journey.duties.duty import Basis, Duty, Severity
from journey.duties.episodes import PLACEMENT_FACTS, Episode, placements, same
from journey.duties.schooling import ROLL_FACTS, year_begins
from journey.duties.shapes import After, Answer, Asked, clock, each
from journey.events import Event

LEAVERS_MONTH = 6


def _is_placed(asked: Asked, removal: Episode) -> bool:
    """Return whether a placement elsewhere is open that began before the removal.

    Whoever leaves school at the end of year 11 leaves the roll too.
    """
    begins = year_begins(asked.journey, 11)
    if begins is not None and removal.start >= date(begins + 1, LEAVERS_MONTH, 1):
        return False
    left = same(removal.told("establishment"))
    return any(
        one.start < removal.start and one.is_open(removal.start)
        for one in placements(asked.journey)
        if same(one.told("provider")) != left
    )


def _is_of(removal: Episode, event: Event) -> bool:
    named = same(event.text("establishment"))
    return named in ("", same(removal.told("establishment")))


WATCH = After(
    subject=each("PupilRemovedFromRoll", lambda event: same(event.text("establishment"))).where(
        _is_placed, PLACEMENT_FACTS | ROLL_FACTS
    ),
    clock=clock.at_once(),
    met_by=(Answer("LaAgreedRemoval", before="lookback_days", fits=_is_of),),
    missing="the local authority has not agreed to the removal from the roll",
)

DUTY = Duty(
    id="AP_ROLL_REMOVED",
    meaning=(
        "A child in alternative provision stays on the roll of its home school. This one was "
        "taken off, and the local authority did not agree."
    ),
    trigger="A pupil is removed from a roll while a placement is open.",
    satisfying="The local authority agrees to the removal.",
    clock="At once: the day of the removal.",
    severity=Severity.HIGH,
    basis=Basis.STATUTORY_GUIDANCE,
    source=(
        "DfE Arranging Alternative Provision, Feb 2025, as quoted by Bradford council [S14, "
        "secondary]: should not be removed"
    ),
    parameters={"lookback_days": 90},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    our_default=(
        "Counting an agreement of the 90 days before is our own default; so is not asking from "
        "June of year 11 on, when leavers come off the roll."
    ),
)
