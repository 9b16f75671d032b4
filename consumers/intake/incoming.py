"""A record as it stands on an input topic."""

from __future__ import annotations

import msgspec

from consumers.journeys_record import SourcePosition

RecordHeaders = tuple[tuple[str, bytes | None], ...]


class Incoming(msgspec.Struct, frozen=True, kw_only=True):
    """One record of an input topic, as Kafka gave it.

    time: ms since 1970 UTC: the broker's append time when live, the record's own when simulated.
    """

    topic: str
    partition: int
    offset: int
    time: int
    key: bytes | None
    value: bytes | None
    headers: RecordHeaders = ()

    @property
    def position(self) -> SourcePosition:
        """Where it stands."""
        return SourcePosition(self.topic, self.partition, self.offset)
