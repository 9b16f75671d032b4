"""What a partition's intake needs of Kafka."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from consumers.intake.incoming import Incoming
from consumers.intake.ledger import Ledger
from consumers.intake.scribe import Transaction


class PartitionLog(Protocol):
    """One partition of all inputs, of journeys and of the dead letters, with us as its owner."""

    async def open(self) -> Ledger:
        """Become the owner, which fences the one before, and return where it stopped."""

    async def ends(self) -> Mapping[str, int]:
        """Return the end offset (high watermark) of each input."""

    async def fetch(
        self, topics: Sequence[str], limit: int, wait_seconds: float
    ) -> Mapping[str, tuple[Sequence[Incoming], int]]:
        """Return what is there of these inputs, at most ``limit`` records, waiting for the first.

        By topic: the records, and the offset at which the next fetch goes on. A topic whose
        offset moved without a record (an aborted transaction) is among them.
        """

    async def commit(self, transaction: Transaction) -> None:
        """Write the whole transaction, or nothing; raises Fenced when we are not the owner."""

    async def close(self) -> None:
        """Let go of the partition."""
