"""What changed between the cases that stood and the cases that follow now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import NamedTuple

import msgspec

from journey.cluster import CaseState, Cluster, Moved, Stage
from journey.duties.duty import Case, Duty
from journey.moments import deadline
from journey.telling import (
    alert_id,
    close,
    first_look,
    first_moment,
    following,
    is_over,
    owe,
    shut,
)
from journey.transition import Kind


class Now(NamedTuple):
    """A case as it follows now: of which duty, on which child."""

    duty: Duty
    child: str
    case: Case


class Change(NamedTuple):
    """Something to tell of one alert; ``continued_by`` where another alert goes on with it.

    warned: it was only warned of when this came about, whatever came of it with the same record.
    withheld: no detail of it may be told, as it rested on what was shielded and is there no more.
    """

    alert_id: str
    kind: Kind
    continued_by: str | None = None
    warned: bool = False
    withheld: bool = False


class When(NamedTuple):
    """The record that made the difference: its known time (ms UTC), and if it came in a batch.

    moved: of a school calendar, what is to be said of a case that it moves; else None.
    """

    kappa: int
    batched: bool
    moved: Moved | None = None


def named(found: Iterable[Now]) -> dict[str, Now]:
    """Return the cases by alert id."""
    return {name_of(now.duty, now.case): now for now in found}


def name_of(duty: Duty, case: Case) -> str:
    """Return the id of the alert that this case of the duty is, or would be, told as."""
    return alert_id(duty.id, case.anchor, case.period)


def settle(
    cluster: Cluster,
    before: Iterable[str],
    after: Mapping[str, Now],
    when: When,
    stayed: Callable[[], Iterable[Now]] = tuple,
) -> list[Change]:
    """Bring the cluster's cases to what follows now; return what is to be told, by alert id.

    before: the alert ids that stood for the children and duties looked at; after: what follows.
    stayed: returns the cases that follow as they did: they are in neither, but may be heirs.
    """
    gone = [name for name in sorted(before) if name not in after]
    changes: list[Change] = []
    for name in sorted(after):
        changes += _settle_one(cluster, name, after[name], when)
    for name in gone:
        changes += _vanish(cluster, name, lambda: {**named(stayed()), **after}, when)
    return sorted(changes)


def _settle_one(cluster: Cluster, name: str, now: Now, when: When) -> list[Change]:
    state = cluster.cases.get(name)
    if state is None:
        if _is_owed(now.case, when):
            cluster.cases[name] = _new(now, when)
        return []
    moved = _reassign(name, state, now)
    if state.case == now.case:
        return moved
    return moved + _STAGES[state.stage](cluster, name, now, when)


def _is_owed(case: Case, when: When) -> bool:
    return case.met is None and not is_over(case, when.kappa)


def _new(now: Now, when: When) -> CaseState:
    state = CaseState(
        duty=now.duty.id, child=now.child, case=now.case, known_at=when.kappa, moved=when.moved
    )
    owe(state, when.kappa, when.batched)
    return state


def _reassign(name: str, state: CaseState, now: Now) -> list[Change]:
    if state.child == now.child:
        return []
    state.child = now.child
    if state.stage not in (Stage.WARNED, Stage.OPEN):
        return []
    return [Change(name, Kind.REASSIGNED, warned=state.stage is Stage.WARNED)]


def _pending(cluster: Cluster, name: str, now: Now, when: When) -> list[Change]:
    state = cluster.cases[name]
    old, state.case = state.case, now.case
    if not _is_owed(now.case, when):
        forget(cluster, name)
    elif old.due != now.case.due:
        state.moved = _from(old.due, when)
        owe(state, when.kappa, when.batched)
    elif (old.warns_on, old.held_by) != (now.case.warns_on, now.case.held_by):
        state.held, state.wake = False, max(first_look(state), when.kappa)
    return []


def _warned(cluster: Cluster, name: str, now: Now, when: When) -> list[Change]:
    """A warning ends with what it warned of; it stays where the new due day is near as well."""
    state = cluster.cases[name]
    old, state.case = state.case, now.case
    if not _is_owed(now.case, when):
        return [Change(name, close(state))]
    if old.due == now.case.due:
        return [Change(name, Kind.AMENDED)] if old.detail != now.case.detail else []
    state.moved = _from(old.due, when)
    if now.case.warns_on is None or deadline(now.case.warns_on) > when.kappa:
        owe(state, when.kappa, when.batched)
        return [Change(name, Kind.WITHDRAWN)]
    state.known_at, state.batched = when.kappa, when.batched
    state.wake, state.waiting = first_moment(state), False
    return [Change(name, Kind.AMENDED)]


def _from(due: date, when: When) -> Moved | None:
    """Return what to say of a case that was due on this day; None where no calendar moved it."""
    return when.moved and msgspec.structs.replace(when.moved, was=due)


def _gone(when: When) -> Moved | None:
    """Return what to say of a case that is missed no more; None where no calendar shows it."""
    return when.moved and msgspec.structs.replace(when.moved, gone=True)


def forget(cluster: Cluster, name: str) -> None:
    """Drop a case of which nothing is open; one that was told of once is kept as closed."""
    state = cluster.cases[name]
    if state.number:
        shut(state, Kind.WITHDRAWN, state.outcome)
    else:
        del cluster.cases[name]


def _open(cluster: Cluster, name: str, now: Now, when: When) -> list[Change]:
    state = cluster.cases[name]
    old, state.case = state.case, now.case
    if now.case.met is not None:
        return [Change(name, _close(state, old.due, when))]
    if old.due == now.case.due:
        _reset(state, when)
        return [Change(name, Kind.AMENDED)] if old.detail != now.case.detail else []
    state.moved = _from(old.due, when)
    if deadline(now.case.due) > when.kappa:
        owe(state, when.kappa, when.batched)
        return [Change(name, Kind.WITHDRAWN)]
    state.known_at = when.kappa
    _reset(state, when)
    return [Change(name, Kind.AMENDED)]


def _close(state: CaseState, due: date, when: When) -> Kind:
    """Close a case that is met; where a calendar shows that it was met in time, nobody was late."""
    if due != state.case.due:
        state.moved = _from(due, when)
    met = state.case.met
    if when.moved is None or met is None or met.on > state.case.due:
        return close(state)
    state.moved = _gone(when)
    return shut(state, Kind.WITHDRAWN, "")


def _reset(state: CaseState, when: When) -> None:
    """Look again when the case next changes by itself; a look that is due already stays."""
    if state.wake is None or state.wake > when.kappa:
        later = following(state)
        state.wake = later if later is None else max(later, when.kappa)


def _closed(cluster: Cluster, name: str, now: Now, when: When) -> list[Change]:
    state = cluster.cases[name]
    due, state.case = state.case.due, now.case
    if _is_owed(now.case, when):
        state.moved = when.moved if due == now.case.due else _from(due, when)
        owe(state, when.kappa, when.batched)
    return []


_STAGES = {
    Stage.PENDING: _pending,
    Stage.WARNED: _warned,
    Stage.OPEN: _open,
    Stage.CLOSED: _closed,
}


def _vanish(
    cluster: Cluster, name: str, after: Callable[[], Mapping[str, Now]], when: When
) -> list[Change]:
    state = cluster.cases[name]
    if state.stage is Stage.CLOSED:
        return []
    if state.stage is Stage.PENDING:
        forget(cluster, name)
        return []
    heir = _heir(cluster, state, after(), when)
    state.moved = _gone(when) or state.moved
    shut(state, Kind.WITHDRAWN, "")
    if heir is None:
        return [Change(name, Kind.WITHDRAWN)]
    _inherit(cluster.cases[heir], state, name, when)
    return [Change(name, Kind.WITHDRAWN, heir)]


def _inherit(heir: CaseState, state: CaseState, name: str, when: When) -> None:
    """Let the heir be told at once: what it goes on with was told already, and stands as it did."""
    heir.standing = state.standing
    heir.continues, heir.known_at, heir.wake = name, state.known_at, when.kappa


def _heir(cluster: Cluster, state: CaseState, after: Mapping[str, Now], when: When) -> str | None:
    """Return the alert that goes on with this one under a changed anchor, if there is one."""
    for name, now in sorted(after.items()):
        other = cluster.cases.get(name)
        same = now.duty.id == state.duty and now.case.period == state.case.period
        if same and other and other.stage is Stage.PENDING and other.known_at == when.kappa:
            if now.case.due == state.case.due and other.continues is None:
                return name
    return None
