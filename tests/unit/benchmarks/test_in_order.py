"""A sink that batches by topic writes what two topics gave in the order in which it came."""

from __future__ import annotations

from typing import Any

from benchmarks.in_order import InOrder


class ByTopic:
    """Batches as Quix Streams does: one for each topic and partition, written one after another."""

    def __init__(self) -> None:
        self._batches: dict[tuple[str, int], list[Any]] = {}

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
        self._batches.setdefault((topic, partition), []).append(value)

    def written(self) -> list[Any]:
        return [one for batch in self._batches.values() for one in batch]


class InOrderByTopic(InOrder, ByTopic):
    """The same, with what stands before it."""


def given(sink: Any) -> list[Any]:
    """Return what is written of an alert that two topics open and one of them closes."""
    for offset, (topic, stands) in enumerate((("a", "open"), ("b", "still"), ("a", "closed"))):
        sink.add(stands, None, 0, None, topic, 0, offset)
    return list(sink.written())


def test_what_came_last_is_written_last_whichever_topic_it_came_from() -> None:
    assert given(InOrderByTopic())[-1] == "closed"
    assert given(ByTopic())[-1] == "still"
