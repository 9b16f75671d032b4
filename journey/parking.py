"""Records that the core cannot take: their child waits, a person is told, an order resumes.

Only an exception of the core parks a record. The child's later records wait behind it in
order, and everybody else goes on. An order to redrive is a record too, so a replay resumes
at the same place.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from journey.cluster import CaseState, Cluster, Parked, Stage
from journey.duties.duty import Basis, Case, Duty, Met, Severity
from journey.events import Event
from journey.identity import Review, child_key
from journey.moments import day_of
from journey.settling import Change
from journey.shelf import Shelf
from journey.telling import alert_id, opening, shut
from journey.transition import Kind, Outcome

RECORDS_PARKED = Duty(
    id="RECORDS_PARKED",
    meaning="A record of this child could not be taken in. It and all later ones of the child"
    " wait, and nothing that they say counts until a person has had them taken again.",
    trigger="a record that makes the platform fail",
    satisfying="an order to take the records again, after the cause is mended",
    clock="at once",
    severity=Severity.HIGH,
    basis=Basis.LOCAL,
    source="the platform's own fault: no agency or family did anything wrong",
    parameters={},
    reads=frozenset(),
    satisfied_by=frozenset(),
    cases=lambda journey, parameters, calendars: (),
    our_default="that a fault of the platform is told to the child's lead, and at once",
)


class Arrival(NamedTuple):
    """The record with which a fact comes, which waits where the fact cannot be taken.

    at: known time (ms UTC) at which it is taken: later than its own where it waited.
    again: as what it waited, where it did.
    """

    event: Event
    at: int
    position: int = 0
    again: Parked | None = None


def park(
    shelf: Shelf, cluster: Cluster, event: Event, arrival: Arrival, fault: str
) -> list[Change]:
    """Let a record wait; return what is to be told where it is the one at fault.

    event: the fact that could not be taken, or that waits. fault: empty where it only waits.
    """
    cluster.parked = sorted(
        [*cluster.parked, _parked(shelf, event, arrival, fault)], key=lambda one: one.number
    )
    if not fault:
        return []
    review = Review("parked", event.record, event.event_id, fault, arrival.at)
    cluster.flags = [*cluster.flags, review]
    return _open(cluster, event, arrival, fault)


def _parked(shelf: Shelf, event: Event, arrival: Arrival, fault: str) -> Parked:
    if arrival.again is not None:
        return msgspec.structs.replace(arrival.again, record=event.record, fault=fault)
    authority = shelf.authority(event.la)
    authority.parked += 1
    shelf.file_authority(authority)
    return Parked(
        number=authority.parked,
        position=arrival.position,
        record=event.record,
        leaf=arrival.event.leaf,
        event=arrival.event,
        fault=fault,
    )


def _open(cluster: Cluster, event: Event, arrival: Arrival, fault: str) -> list[Change]:
    name = alert_id(RECORDS_PARKED.id, event.record, "")
    case = Case(
        anchor=event.record,
        due=day_of(arrival.at),
        arithmetic="at once",
        because=(event.event_id,),
        detail=f"a record of type {event.type} could not be taken in ({fault})",
    )
    state = cluster.cases.get(name)
    if state is not None and state.stage is Stage.OPEN:
        same, state.case = state.case.detail == case.detail, case
        return [] if same else [Change(name, Kind.AMENDED)]
    if state is None:
        whom = _child(cluster, event)
        state = CaseState(duty=RECORDS_PARKED.id, child=whom, case=case, known_at=arrival.at)
        cluster.cases[name] = state
    kind = opening(state)
    state.case, state.stage, state.known_at = case, Stage.OPEN, arrival.at
    return [Change(name, kind)]


def _child(cluster: Cluster, event: Event) -> str:
    """Return whose record it is; the only child of the cluster's where it was not told before."""
    children = cluster.identity.children
    found = children.get(event.leaf) or next(iter(cluster.identity.anchors), None)
    return found or child_key(cluster.la, event.leaf or event.record)


def lift(cluster: Cluster) -> list[Parked]:
    """Let nothing of the cluster wait any more, and return what did, in order."""
    waiting, cluster.parked = cluster.parked, []
    cluster.flags = [flag for flag in cluster.flags if flag.kind != "parked"]
    return waiting


def let_wait(cluster: Cluster, waiting: Iterable[Parked]) -> None:
    """Let these wait again behind what waits already."""
    cluster.parked = sorted([*cluster.parked, *waiting], key=lambda one: one.number)


def close(cluster: Cluster, one: Parked, order: Event) -> list[Change]:
    """Close the alert on a record that waits no more; return what is to be told."""
    name = alert_id(RECORDS_PARKED.id, one.record, "")
    state = cluster.cases.get(name)
    if state is None or state.stage is not Stage.OPEN:
        return []
    if one.event is None:
        return [Change(name, shut(state, Kind.WITHDRAWN, ""))]
    met = Met(on=day_of(order.kappa), by=(order.event_id,))
    state.case = msgspec.structs.replace(state.case, met=met)
    state.child = cluster.identity.children.get(one.event.leaf, state.child)
    return [Change(name, shut(state, Kind.RESOLVED, Outcome.MET_LATE))]


def is_in_scope(cluster: Cluster, source: str, scope: str) -> bool:
    """Return True where anything of the cluster, waiting or not, is of a snapshot's scope."""
    events = (*(one.event for one in cluster.parked), *cluster.records.values())
    return any(e is not None and e.source == source and e.scope == scope for e in events)
