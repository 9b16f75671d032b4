"""The account of sharing: what was taken about one child, from whom, and under which agreement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import msgspec

from consumers.store.reading import Reading
from consumers.store.sealed import FactSeal
from journey.cluster import fold
from journey.events import Event
from journey.shelf import Authority
from schemas.agreements import (
    USUAL_BASIS,
    Agreement,
    AgreementInvalid,
    Agreements,
    agreement_of,
)
from schemas.catalogue import event_types

DECISION = "SharingDecisionRecorded"


class Under(msgspec.Struct, frozen=True, kw_only=True):
    """The version of an agreement by which an event was taken."""

    agreement_id: str
    version: int
    purposes: tuple[str, ...]
    lawful_basis: str


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """One event that was taken about the child.

    category: the agency whose kind of event it is. taken_at: known time, ms since 1970 UTC.
    standing: ``stands``, ``replaced`` by another revision, ``retracted``, or ``retraction``.
    under: None where no agreement on record covered it, as before an organisation's first one.
    """

    event_id: str
    type: str
    category: str
    organisation: str
    system: str
    occurred_on: date
    taken_at: int
    standing: str
    under: Under | None


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """What was shared about a child, in the order in which it was taken.

    erased: events of which nothing is left but that they were. decisions: the standing decisions
    to share or to withhold, each with its fields.
    """

    shared: tuple[Shared, ...]
    erased: int
    decisions: tuple[dict[str, Any], ...]


def account(store: Reading, seal: FactSeal, child: str, until: int) -> Account:
    """Return what was taken about this child by a moment (ms since 1970 UTC).

    The events are those that are this child's now, whoever they were thought to be about then.
    """
    rows = store.sealed_timeline(child, until)
    seal.ready(leaf for leaf, _ in rows)
    opened = [seal.open(store.la, leaf, detail) for leaf, detail in rows]
    events = [event for event in opened if event is not None]
    agreements = agreements_of(store.known().authority)
    standing = _standing(events)
    return Account(
        shared=tuple(_shared(event, standing, agreements) for event in events),
        erased=len(opened) - len(events),
        decisions=tuple(_decision(one) for one in standing.values() if _is_decision(one)),
    )


def agreements_of(authority: Authority) -> Agreements:
    """Return the agreements on record, each version from when it became known on."""
    by_record: dict[str, list[Event]] = {}
    for event in authority.agreement_records.values():
        by_record.setdefault(event.record, []).append(event)
    return Agreements(one for events in by_record.values() for one in _versions(events))


def _versions(events: Iterable[Event]) -> Iterator[Agreement]:
    last: Agreement | None = None
    for event in sorted(events, key=lambda one: one.rank):
        if event.retracted and last is not None:
            # Taken back, it covers no day from then on; what came before stays as it was taken.
            last = replace(last, version=event.revision, last_day=date.min)
            yield replace(last, recorded_at=event.kappa)
            continue
        try:
            last = agreement_of(
                event.data,
                local_authority=event.la,
                version=event.revision,
                recorded_at=event.kappa,
            )
        except AgreementInvalid:
            continue  # the command refuses to record such a one, and intake never goes by it
        yield last


def _standing(events: Iterable[Event]) -> dict[str, Event]:
    """Return the winning revision of each record."""
    records: dict[str, Event] = {}
    for event in events:
        records = fold(records, event)
    return records


def _shared(event: Event, standing: dict[str, Event], agreements: Agreements) -> Shared:
    organisation, _, system = event.source.partition("/")
    kind = event_types().get(event.type)
    found = agreements.covering(event.la, organisation, kind, event.kappa) if kind else None
    return Shared(
        event_id=event.event_id,
        type=event.type,
        category=event.agency,
        organisation=organisation,
        system=system,
        occurred_on=event.occurred_on,
        taken_at=event.kappa,
        standing=_how_it_stands(event, standing[event.record]),
        under=_under(found) if found else None,
    )


def _how_it_stands(event: Event, winner: Event) -> str:
    if event.retracted:
        return "retraction"
    if event.rank == winner.rank:
        return "stands"
    return "retracted" if winner.retracted else "replaced"


def _under(agreement: Agreement) -> Under:
    return Under(
        agreement_id=agreement.agreement_id,
        version=agreement.version,
        purposes=agreement.purposes,
        lawful_basis=agreement.lawful_basis,
    )


def _is_decision(event: Event) -> bool:
    return event.type == DECISION and not event.retracted


def _decision(event: Event) -> dict[str, Any]:
    return {
        "event_id": event.event_id,
        "told_by": event.source,
        "taken_at": event.kappa,
        "lawful_basis": USUAL_BASIS,
        **event.data,
    }
