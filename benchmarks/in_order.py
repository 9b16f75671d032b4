"""What a batching sink is given, in one batch for all topics, so that it is written as it came."""

from __future__ import annotations

from typing import Any

_ALL = "all topics"


class InOrder:
    """Stands before a sink of Quix Streams that keeps a batch for each topic.

    Of two rows of the same alert, which events of two topics gave, the older one would else be
    written last where its topic's batch is: an alert that was answered would stand open.
    """

    def add(
        self,
        value: Any,
        key: Any,
        timestamp: int,
        headers: Any,
        topic: str,
        partition: int,
        offset: int,
    ) -> None:
        """Take a row as one of the only batch."""
        sink: Any = super()
        sink.add(value, key, timestamp, headers, _ALL, 0, offset)
