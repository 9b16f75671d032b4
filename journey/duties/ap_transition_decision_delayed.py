"""AP_TRANSITION_DECISION_DELAYED: a move was proposed and nobody has decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from journey.calendars import Calendars
from journey.child import Journey
from journey.clocks import school_days
from journey.duties.duty import Basis, Case, Duty, Severity
from journey.duties.episodes import belonging, dated, episodes
from journey.duties.outcome import met_by_first, number
from journey.duties.schooling import ROLL_FACTS, school_of
from journey.duties.stops import STOP_FACTS


def cases(
    journey: Journey, parameters: Mapping[str, int | str], calendars: Calendars
) -> Iterator[Case]:
    """Return a case for each proposed move."""
    proposed = episodes(journey, "TransitionProposed", "proposed_on", lambda e: e.text("to_kind"))
    made = dated(journey, "TransitionDecisionRecorded", "decided_on")
    decisions = belonging(proposed, made, "transition")
    for one in proposed:
        school = school_of(journey, calendars, one.start)
        clock = school_days(one.start, number(parameters, "limit_school_days"), school)
        yield Case(
            anchor=one.anchor,
            due=clock.due,
            arithmetic=clock.arithmetic,
            because=one.because,
            met=met_by_first(decisions[one.anchor]),
            detail="the move has been proposed and not decided",
        )


DUTY = Duty(
    id="AP_TRANSITION_DECISION_DELAYED",
    meaning=(
        "Somebody proposed that the child moves on. The child and the family still wait for the "
        "decision."
    ),
    trigger="A move is proposed.",
    satisfying="The move is approved, refused or withdrawn.",
    clock="20 school days after the proposal.",
    severity=Severity.HIGH,
    basis=Basis.REVIEW,
    source=(
        "Ofsted/CQC review of alternative provision, Feb 2024: decisions to move children on "
        "often delayed [S15]"
    ),
    parameters={"limit_school_days": 20},
    reads=frozenset({"TransitionProposed", "TransitionDecisionRecorded"}) | ROLL_FACTS | STOP_FACTS,
    satisfied_by=frozenset({"TransitionDecisionRecorded"}),
    cases=cases,
    our_default="20 school days is our own default: no source gives a number.",
)
