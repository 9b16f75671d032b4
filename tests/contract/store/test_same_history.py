"""The machine tells the same on every shelf, wherever its work is cut."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count, islice

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consumers.store.loading import Connection
from journey.events import Event
from journey.moments import HOUR
from journey.transition import Transition
from tests.contract.store.shelves import KeptInPostgres, stored_as
from tests.property.test_core import bytes_of, streams
from tests.unit.journey.streams import machine, run

FRESH = count(1000)


def in_batches(
    stream: Sequence[Event], end: int, kept: KeptInPostgres, size: int
) -> list[Transition]:
    """Return what is told by owners that each take one batch, commit it and end."""
    told: list[Transition] = []
    rest = iter([*stream, end])
    sequence = 0
    while batch := list(islice(rest, size)):
        it = machine(kept.reopened(), sequence)
        told += run(batch, it)
        sequence = it.sequence
    kept.committed()
    return told


@given(streams(), st.integers(1, 9), st.sampled_from((1, 2, 20_000)))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_history_is_the_same_in_postgresql_and_in_memory(
    join_connection: Connection, stream: list[Event], size: int, most: int
) -> None:
    number = next(FRESH)
    moved = [stored_as(event, f"{number}") for event in stream]
    end = moved[-1].kappa + 30 * 24 * HOUR
    kept = KeptInPostgres(join_connection, number, most)
    assert bytes_of(in_batches(moved, end, kept, size)) == bytes_of(run([*moved, end]))
