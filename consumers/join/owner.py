"""The partitions that this process owns in the store, over one connection."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import psycopg

from consumers.failpoint import FailPoint, nothing_fails
from consumers.join.inputs import Input
from consumers.join.partition import PartitionJoin
from consumers.join.traces import JoinTraces
from consumers.store.loading import Connection
from consumers.store.partitions import ParkedNow, Stands, next_offsets
from consumers.store.room import Room
from consumers.store.sealed import FactSeal
from schemas.traces import Remembered, tracer


class Owner:
    """Takes partitions over and applies their batches; each method blocks and runs in a thread.

    An exception of psycopg leaves memory and store apart: ``drop``, then take over again.
    """

    def __init__(
        self,
        connect: Callable[[], Connection],
        seal: FactSeal,
        name: str,
        fail: FailPoint = nothing_fails,
    ) -> None:
        """Take how to connect and under which name to own."""
        self._connect = connect
        self._seal = seal
        self._name = name
        self._fail = fail
        self._connection: Connection | None = None
        self._joins: dict[int, PartitionJoin] = {}
        self._tracer, self._remembered = tracer(), Remembered()

    @property
    def partitions(self) -> frozenset[int]:
        """The partitions owned now."""
        return frozenset(self._joins)

    def take_over(self, partitions: Iterable[int]) -> dict[int, int]:
        """Own exactly these partitions; return the next offset of each."""
        self._joins = {}
        wanted = sorted(partitions)
        if self._connection is None:
            self._connection = self._connect()
        room = Room(shelves=len(wanted))
        for partition in wanted:
            self._joins[partition] = PartitionJoin(
                self._connection,
                partition,
                self._name,
                self._seal,
                room=room,
                fail=self._fail,
                traces=self._traces(partition),
            )
        return {partition: join.next_offset for partition, join in self._joins.items()}

    def _traces(self, partition: int) -> JoinTraces | None:
        if self._tracer is None:
            return None
        return JoinTraces(self._tracer, partition, self._remembered)

    def apply(self, partition: int, inputs: Sequence[Input]) -> int | None:
        """Commit what is new in these inputs; return the next offset, None where it is not ours.

        Raises Fenced where another process took the partition; then it is no longer ours.
        """
        join = self._joins.get(partition)
        if join is None:
            return None
        new = [one for one in inputs if one.offset >= join.next_offset]
        if new:
            join.apply(new)
        return join.next_offset

    def kappas(self) -> dict[int, int]:
        """Return the known time (ms) that each partition was joined to when it was taken over."""
        return {partition: join.kappa for partition, join in self._joins.items() if join.kappa}

    def stands(self) -> dict[int, Stands]:
        """Return how each partition that is owned stands after its last batch."""
        return {p: join.stands for p, join in self._joins.items() if join.stands is not None}

    def parked(self) -> dict[int, ParkedNow]:
        """Return what waits in each partition that is owned now."""
        return {partition: join.parked for partition, join in self._joins.items()}

    def next_offsets(self) -> dict[int, int]:
        """Return how far each partition of the store is joined, whoever owns it."""
        if self._connection is None:
            self._connection = self._connect()
        return next_offsets(self._connection)

    def give_up(self, partition: int) -> None:
        """Own this partition no more."""
        self._joins.pop(partition, None)

    def drop(self) -> None:
        """Own nothing and let the connection go."""
        self._joins = {}
        if self._connection is not None:
            connection, self._connection = self._connection, None
            try:
                connection.close()
            except psycopg.Error:
                pass  # it was broken: that is why we are here
