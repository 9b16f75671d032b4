"""A program has done all once its groups have committed all, those of its own topics too."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from kafka import TopicPartition

from joinedup.bench.peers_place import records_behind

READ, ROWS = "events", "rows"


class Admin:
    """Stands for the broker: how far each group has committed, and where each topic ends."""

    def __init__(self, committed: dict[str, dict[str, int]], ends: dict[str, int]) -> None:
        self._committed = committed
        self._ends = ends

    def list_group_offsets(self, groups: dict[str, list[TopicPartition]]) -> Any:
        return {
            group: {
                one: SimpleNamespace(offset=self._committed[group][one.topic])
                for one in partitions
                if one.partition == 0 and one.topic in self._committed[group]
            }
            for group, partitions in groups.items()
        }

    def list_partition_offsets(self, asked: dict[TopicPartition, Any]) -> Any:
        return {
            one: SimpleNamespace(offset=0 if one.partition else self._ends[one.topic])
            for one in asked
        }


@pytest.mark.parametrize(
    ("committed", "sunk", "behind"), [(None, None, 14), (10, None, 4), (10, 3, 1), (10, 4, 0)]
)
def test_what_no_group_has_committed_is_counted(
    committed: int | None, sunk: int | None, behind: int
) -> None:
    said: dict[str, dict[str, int]] = {
        "join": {} if committed is None else {READ: committed},
        "sink": {} if sunk is None else {ROWS: sunk},
    }
    admin: Any = Admin(said, {READ: 10, ROWS: 4})
    assert records_behind(admin, {"join": (READ,), "sink": (ROWS,)}, 2) == behind


def test_a_program_without_topics_of_its_own_is_asked_only_for_what_it_reads() -> None:
    admin: Any = Admin({"join": {READ: 10}}, {READ: 10})
    assert records_behind(admin, {"join": (READ,), "sink": ()}, 2) == 0
