"""EHC_ADVICE_RESPONSE: advice for an EHC assessment, within six weeks."""

from __future__ import annotations

from journey.clocks import weeks
from journey.duties.duty import Basis, Duty, Severity, at_least, at_most
from journey.duties.episodes import Episode
from journey.duties.shapes import After, Answer, clock, each
from journey.events import Event

WEEKS_IN_LAW = 6


def _is_of_body(request: Episode, event: Event) -> bool:
    return event.text("body") in (None, request.told("body"))


def _excuses(request: Episode, event: Event) -> bool:
    """Return whether an appointment was missed in the six weeks: only that excuses."""
    in_time = event.occurred_on <= weeks(request.start, WEEKS_IN_LAW).due
    return in_time and _is_of_body(request, event)


WATCH = After(
    subject=each("EhcAdviceRequested", lambda event: event.text("body")),
    clock=clock.weeks("limit_weeks"),
    met_by=(Answer("EhcAdviceReceived", "advice", fits=_is_of_body),),
    ended_by=(Answer("EhcAppointmentMissed", "advice", fits=_excuses),),
    missing="the advice has not been received",
)

DUTY = Duty(
    id="EHC_ADVICE_RESPONSE",
    meaning=(
        "A body that is asked for advice for an EHC assessment answers within six weeks, unless "
        "the child missed an appointment that it needed."
    ),
    trigger="Advice is asked for, of each body.",
    satisfying="The body gives its advice.",
    clock="Six weeks from the request for advice.",
    severity=Severity.HIGH,
    basis=Basis.LAW,
    source=(
        "SEND Regulations 2014 (SI 2014/1530), reg 8, as stated by Ed Yourself [S24, secondary]"
    ),
    parameters={"limit_weeks": 6, "until_age": 25},
    reads=WATCH.reads,
    satisfied_by=WATCH.satisfied_by,
    cases=WATCH.cases,
    limits=(
        at_most("limit_weeks", 6),
        at_least("until_age", 25),
    ),
)
