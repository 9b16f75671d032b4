"""What is fetched and not used yet is bounded, however many partitions a process owns."""

from __future__ import annotations

import pytest

from consumers.shares import (
    INTAKE_BYTES,
    INTAKE_RECORDS,
    JOIN_BYTES,
    LEAST_BYTES,
    LEAST_RECORDS,
    TRANSACTION_RECORDS,
    bytes_each,
    records_each,
    wait_ms_each,
)
from schemas.topics import TopicSet


@pytest.mark.parametrize("partitions", [1, 4, 64])
def test_the_shares_of_all_partitions_are_no_more_than_the_whole(partitions: int) -> None:
    inputs = len(TopicSet("", partitions).inputs)
    assert partitions * bytes_each(JOIN_BYTES, partitions) <= JOIN_BYTES
    assert partitions * inputs * bytes_each(INTAKE_BYTES, partitions * inputs) <= INTAKE_BYTES
    assert partitions * records_each(INTAKE_RECORDS, partitions) <= INTAKE_RECORDS
    least = partitions * LEAST_RECORDS
    assert partitions * records_each(TRANSACTION_RECORDS, partitions) <= max(
        TRANSACTION_RECORDS, least
    )


def test_no_share_is_so_small_that_each_fetch_brings_hardly_anything() -> None:
    assert bytes_each(JOIN_BYTES, 10_000) == LEAST_BYTES
    assert records_each(INTAKE_RECORDS, 10_000) == LEAST_RECORDS


def test_few_consumers_look_often_and_many_together_no_more_than_a_process_can_bear() -> None:
    assert [wait_ms_each(many) for many in (1, 4, 64, 1000)] == [50, 50, 320, 500]
