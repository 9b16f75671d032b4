"""A partition's log in memory: for tests and dry runs, with the same fencing as the real one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from consumers.errors import Fenced
from consumers.intake.incoming import Incoming
from consumers.intake.ledger import Ledger, ledger_of
from consumers.intake.scribe import Outgoing, Transaction
from schemas.codec import Codec


class MemoryPartition:
    """What Kafka would hold of one partition; several owners may come to it one after another."""

    def __init__(self, topics: Iterable[str], codec: Codec) -> None:
        """Begin empty."""
        self.inputs: dict[str, list[Incoming]] = {topic: [] for topic in topics}
        self.journeys: list[Outgoing] = []
        self.dead_letters: list[Outgoing] = []
        self.transactions = 0
        self.epoch = 0
        self.codec = codec

    def append(self, records: Iterable[Incoming]) -> None:
        """Append these to their inputs; raises ValueError where an offset does not follow."""
        for record in records:
            held = self.inputs[record.topic]
            if record.offset != len(held):
                raise ValueError(f"The next offset of {record.topic} is {len(held)}.")
            held.append(record)

    def last_ledger(self) -> Ledger:
        """Return what the last position says."""
        if not self.journeys:
            return Ledger(next_offsets=dict.fromkeys(self.inputs, 0))
        last = self.journeys[-1]
        position = self.codec.decode(last.value).record
        return ledger_of(position, last.timestamp, last.headers)


class MemoryPartitionLog:
    """One owner's way to a partition in memory."""

    def __init__(self, partition: MemoryPartition, *, fetch_limit: int = 1 << 30) -> None:
        """Take the partition; ``fetch_limit`` is the most that one fetch brings of an input."""
        self._partition = partition
        self._fetch_limit = fetch_limit
        self._epoch = -1
        self._positions: dict[str, int] = {}

    async def open(self) -> Ledger:
        """Fence the owner before us, then return where it stopped."""
        self._partition.epoch += 1
        self._epoch = self._partition.epoch
        ledger = self._partition.last_ledger()
        self._positions = dict(ledger.next_offsets)
        return ledger

    async def ends(self) -> Mapping[str, int]:
        """Return the end offset of each input."""
        return {topic: len(records) for topic, records in self._partition.inputs.items()}

    async def fetch(
        self, topics: Sequence[str], limit: int, wait_seconds: float
    ) -> Mapping[str, tuple[Sequence[Incoming], int]]:
        """Return what is there of these inputs, and where the next fetch goes on."""
        fetched: dict[str, tuple[Sequence[Incoming], int]] = {}
        for topic in topics:
            start = self._positions[topic]
            records = self._partition.inputs[topic][start : start + min(limit, self._fetch_limit)]
            self._positions[topic] = start + len(records)
            fetched[topic] = (records, self._positions[topic])
        return fetched

    async def commit(self, transaction: Transaction) -> None:
        """Write the whole transaction; raises Fenced when we are not the owner."""
        if self._epoch != self._partition.epoch:
            raise Fenced("Another intake took over this partition in memory.")
        self._partition.journeys.extend(transaction.journeys)
        self._partition.dead_letters.extend(transaction.dead_letters)
        self._partition.transactions += 1

    async def close(self) -> None:
        """Let go of the partition."""
