"""Shelves of both kinds, for one suite, and streams in the tokens that a store holds."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
import psycopg

from consumers.sealing import LeafKey
from consumers.store import partitions, timeline
from consumers.store.loading import Connection
from consumers.store.room import MOST, Room
from consumers.store.sealed import FactSeal
from consumers.store.shelf import PostgresShelf
from consumers.tokens import Tokens
from journey.cluster import CaseState, Cluster, Parked, Stage
from journey.duties.duty import Case
from journey.events import Event, Identifier
from journey.moments import day_of
from journey.shelf import MemoryShelf, Shelf
from tests.unit.journey.streams import event

TOKENS = Tokens(b"a pseudonym key for tests")


class AnyKeys:
    """A key store that has made a key for every leaf."""

    def get(self, key_ids: Iterable[str]) -> Mapping[str, LeafKey]:
        return {key_id: hashlib.sha512(key_id.encode()).digest() for key_id in key_ids}


def token(word: str) -> str:
    """Return a token, as of a keyed hash."""
    return hashlib.md5(word.encode(), usedforsecurity=False).hexdigest()


def stored_as(event: Event, la: str) -> Event:
    """Return the event with tokens and ids such as a store holds, in this local authority."""
    return msgspec.structs.replace(
        event,
        la=la,
        record=token(f"{la}{event.record}"),
        leaf=event.leaf and token(f"{la}{event.leaf}"),
        event_id=str(uuid.uuid5(uuid.NAMESPACE_OID, event.event_id)),
        digest=token(event.digest)[:16],
        data=_data_as_stored(event, la),
        identifiers=tuple(
            Identifier(i.scheme, token(f"{la}{i.token}"), i.status) for i in event.identifiers
        ),
    )


def _data_as_stored(event: Event, la: str) -> Mapping[str, Any]:
    named = event.data.get("leaves")
    return {**event.data, "leaves": [token(f"{la}{one}") for one in named]} if named else event.data


def a_cluster(name: str, la: str, *, wake: int | None = None, waiting: bool = False) -> Cluster:
    """Return a cluster of one fact and one case that is to be looked at then."""
    fact = stored_as(event("ApPlacementStarted", 5, name, leaf=name), la)
    case = Case(anchor=fact.record, due=day_of(5), arithmetic="at once", because=(fact.event_id,))
    state = CaseState(
        duty="PLAN",
        child="c",
        case=case,
        stage=Stage.PENDING,
        known_at=5,
        wake=wake,
        waiting=waiting,
    )
    return Cluster(
        id=fact.leaf,
        la=la,
        records={fact.record: fact},
        first_seen={fact.leaf: (5, fact.event_id)},
        cases={alert_named(name): state},
    )


def a_parked(number: int, name: str) -> Parked:
    """Return a record that waits, the first of them with its fault."""
    fact = stored_as(event("Note", number, name, leaf=name), "999")
    fault = "ValueError" if number == 1 else ""
    return Parked(
        number=number, position=40, record=fact.record, leaf=fact.leaf, event=fact, fault=fault
    )


def alert_named(name: str) -> str:
    """Return the id of the alert of ``a_cluster(name, …)``."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, name))


def nodes_of(cluster: Cluster) -> list[str]:
    """Return the nodes of ``a_cluster``."""
    return [*cluster.records, *cluster.first_seen]


class Kept:
    """A shelf whose content can be taken up by a new owner."""

    def __init__(self) -> None:
        self.shelf: Shelf = MemoryShelf()

    def reopened(self) -> Shelf:
        """Return what a new owner of the same partition sees."""
        return self.shelf


class KeptInPostgres(Kept):
    """The shelf in PostgreSQL; a new owner knows only what is committed."""

    def __init__(self, connection: Connection, partition: int, most: int = MOST) -> None:
        self._connection = connection
        self._partition = partition
        self._most = most
        timeline.prepare(connection)
        self.ownership = partitions.take(connection, partition, "a test")
        self._open()

    def _open(self) -> None:
        seal = FactSeal(AnyKeys(), TOKENS)
        self.shelf: PostgresShelf = PostgresShelf(
            self._connection, self._partition, seal, Room(most=self._most)
        )

    def committed(self) -> None:
        self.shelf.write()
        self._connection.commit()

    def reopened(self) -> Shelf:
        self.committed()
        self._open()
        return self.shelf


MakeKept = Callable[[], Kept]


def connected(environment: Mapping[str, Any]) -> Connection:
    """Return a connection as a process with this environment has."""
    return psycopg.connect(environment["JOINEDUP_DATABASE_URL"])
