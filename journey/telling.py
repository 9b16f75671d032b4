"""How a case becomes an alert, and what is said when it does."""

from __future__ import annotations

import uuid
from datetime import date

import msgspec

from journey.clocks import in_words
from journey.cluster import CaseState, Stage
from journey.duties.duty import Case, Duty, Severity
from journey.moments import DAY, LATE_NEWS_HOLD, deadline, earliest
from journey.naming import Namespace
from journey.standing import next_moment
from journey.transition import Kind, Outcome, Status, Transition, without_details

ALERTS = Namespace(uuid.UUID("0f3cf6c2-2a0d-5c43-8f0e-6d2f5c8a7b10"))


def alert_id(duty: str, anchor: str, period: str) -> str:
    """Return the alert's id: the same duty, episode and occurrence always give the same."""
    return ALERTS.id_of(f"{duty}/{anchor}/{period}")


def grace(duty: Duty) -> int:
    """Return how long (ms) a missed deadline waits for a silent source before it is told."""
    return DAY if duty.severity is Severity.CRITICAL else 3 * DAY


def first_moment(state: CaseState) -> int:
    """Return the first moment (ms UTC) at which the case may be told."""
    return earliest(state.case.due, state.known_at, state.batched)


def first_look(state: CaseState) -> int:
    """Return the first moment (ms UTC) at which anything may be told: a warning, or the alert."""
    warning = warning_at(state)
    return first_moment(state) if warning is None else warning


def warning_at(state: CaseState) -> int | None:
    """Return the moment (ms UTC) from which it may be told as due soon; None for never.

    What becomes known within its warning days is warned of an hour later where a single record
    told of it: more of the same story usually follows at once.
    """
    if state.case.warns_on is None:
        return None
    since = deadline(state.case.warns_on)
    hold = LATE_NEWS_HOLD if state.known_at > since and not state.batched else 0
    moment = max(since, state.known_at) + hold
    return moment if moment < min(first_moment(state), deadline(state.case.due)) else None


def is_warning(state: CaseState, moment: int) -> bool:
    """Return True where at this moment (ms UTC) all that may be told is that it is due soon."""
    warning = warning_at(state) if state.stage is Stage.PENDING else None
    return warning is not None and warning <= moment < first_moment(state)


_RISING = (Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)


def severity_at(duty: Duty, state: CaseState) -> Severity:
    """Return the severity: each step raises it by one, and some cases become CRITICAL at once."""
    if state.escalated:
        return Severity.CRITICAL
    return _RISING[min(_RISING.index(duty.severity) + state.steps, len(_RISING) - 1)]


def steps_by(case: Case, moment: int) -> int:
    """Return how many of its steps past the deadline a case has come to by a moment (ms UTC)."""
    return sum(deadline(day) <= moment for day in case.steps)


def raise_by(state: CaseState, moment: int) -> bool:
    """Escalate an open case as far as it is by this moment (ms UTC); return whether it rose."""
    critical, steps = critical_from(state.case), steps_by(state.case, moment)
    rose = steps > state.steps or (
        critical is not None and critical <= moment and not state.escalated
    )
    state.steps = max(state.steps, steps)
    state.escalated = state.escalated or (critical is not None and critical <= moment)
    return rose


def critical_from(case: Case) -> int | None:
    """Return the moment (ms UTC) from which the case is critical, or None."""
    return deadline(case.escalates_on) if case.escalates_on else None


def is_over(case: Case, moment: int) -> bool:
    """Return True where by this moment (ms UTC) the case has ceased to be owed by itself."""
    return case.ends_on is not None and deadline(case.ends_on) <= moment


def following(state: CaseState) -> int | None:
    """Return the next moment (ms UTC) at which an open case changes by itself, or None."""
    critical = None if state.escalated else critical_from(state.case)
    over = deadline(state.case.ends_on) if state.case.ends_on else None
    step = next((deadline(day) for day in state.case.steps[state.steps :]), None)
    moments = (critical, over, step, next_moment(state.standing))
    return min((moment for moment in moments if moment is not None), default=None)


class Circumstances(msgspec.Struct, frozen=True, kw_only=True):
    """What is true around a transition, beside the case itself.

    warned: nothing was missed when it came about. withheld: no detail of it may be told, as what it
    rests on is shielded.
    """

    as_of: int
    waiting_for: tuple[str, ...] = ()
    unreadable: bool = False
    identity_in_review: bool = False
    continued_by: str | None = None
    warned: bool = False
    withheld: bool = False


_STATUS = {
    Kind.RESOLVED: Status.RESOLVED,
    Kind.WITHDRAWN: Status.WITHDRAWN,
}


def told(
    la: str, name: str, duty: Duty, state: CaseState, kind: Kind, around: Circumstances, rules: str
) -> Transition:
    """Return the transition of this kind and count it in the state; sequence and chain follow."""
    case, met = state.case, state.case.met
    warned = around.warned or state.stage is Stage.WARNED
    state.number += 1
    transition = Transition(
        alert_id=name,
        local_authority=la,
        child=state.child,
        duty=duty.id,
        kind=kind,
        number=state.number,
        status=_STATUS.get(kind, Status.DUE_SOON if warned else Status.OPEN),
        outcome=Outcome(state.outcome) if kind is Kind.RESOLVED else None,
        unconfirmed=state.unconfirmed,
        severity=severity_at(duty, state),
        basis=duty.basis,
        due=case.due,
        as_of=around.as_of,
        known_at=state.known_at,
        anchor=case.anchor,
        period=case.period,
        arithmetic=case.arithmetic + _counted_again(state),
        escalation=state.steps,
        detail=case.detail,
        because=case.because + ((state.moved.by,) if state.moved else ()),
        met_by=met.by if met else (),
        met_on=met.on if met else _ended_on(state, kind),
        waiting_for=around.waiting_for,
        unreadable=around.unreadable,
        identity_in_review=around.identity_in_review,
        continues=state.continues,
        continued_by=around.continued_by,
        rules=rules,
    )
    return without_details(transition) if around.withheld else transition


def _counted_again(state: CaseState) -> str:
    """Return what to say where a school calendar moved the case; else nothing."""
    if state.moved is None:
        return ""
    was, since = state.moved.was, f"{state.moved.what} on {in_words(state.moved.on)}"
    if state.moved.gone:
        return f"; no longer missed since {since}"
    if was is None:
        return f"; owed since {since}"
    return f"; it was due {in_words(was)} until {since}"


def _ended_on(state: CaseState, kind: Kind) -> date | None:
    return state.case.ends_on if kind is Kind.RESOLVED else None


def opening(state: CaseState) -> Kind:
    """Return how an alert is told that it is owed: for the first time, or again."""
    return Kind.REOPENED if state.number and not state.only_warned else Kind.OPENED


def close(state: CaseState) -> Kind:
    """Close an open case that was met or ended, and return how that is told.

    Of a warning that was heeded it is told that it was met in time: no alert was ever raised.
    """
    met = state.case.met
    if state.stage is Stage.WARNED:
        if met is None or met.ended:
            return shut(state, Kind.WITHDRAWN, "")
        in_time = met.on <= state.case.due
        return shut(state, Kind.RESOLVED, Outcome.MET_IN_TIME if in_time else Outcome.MET_LATE)
    in_time = met is not None and met.on <= state.case.due
    if met is None or (met.ended and in_time):
        return shut(state, Kind.WITHDRAWN, "")
    if met.ended:
        return shut(state, Kind.RESOLVED, Outcome.ENDED)
    outcome = Outcome.MET_IN_TIME_REPORTED_LATE if in_time else Outcome.MET_LATE
    return shut(state, Kind.RESOLVED, outcome)


def shut(state: CaseState, kind: Kind, outcome: str) -> Kind:
    """Close the case with this outcome and return the kind it was closed by."""
    state.stage, state.outcome = Stage.CLOSED, outcome
    state.wake, state.waiting, state.unconfirmed, state.held = None, False, False, False
    return kind


def owe(state: CaseState, kappa: int, batched: bool) -> None:
    """Make the case pending from this known time on."""
    state.stage, state.known_at, state.batched = Stage.PENDING, kappa, batched
    state.waiting = state.unconfirmed = state.escalated = state.held = False
    state.steps = 0
    state.wake = first_look(state)
