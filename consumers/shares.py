"""What a process may hold of what it fetched and has not used yet, shared among its partitions.

A process may own every partition of a topic set, and each of them has its share even then: so the
most that it holds follows from these numbers and neither from backlogs nor from partitions. Kafka
gives one batch at least, so a small share makes a fetch short and stops nothing.
"""

from __future__ import annotations

MIB = 1024 * 1024

JOIN_BYTES = 16 * MIB
INTAKE_BYTES = 32 * MIB
"""As fetched, over all inputs."""
INTAKE_RECORDS = 40_000
"""Taken from what was fetched, to be put in order."""
TRANSACTION_RECORDS = 8_000
"""Being written to journeys at one time."""
LEAST_BYTES, LEAST_RECORDS = 64 * 1024, 200
LOOKS_A_SECOND = 200
"""Of all the consumers of a process together, at partitions to which nothing comes."""
LEAST_WAIT_MS, MOST_WAIT_MS = 50, 500


def bytes_each(whole: int, partitions: int) -> int:
    """Return how many bytes of the whole each of so many partitions may hold, 64 KiB at least."""
    return max(LEAST_BYTES, whole // partitions)


def records_each(whole: int, partitions: int) -> int:
    """Return how many records of the whole each of so many partitions may hold, 200 at least."""
    return max(LEAST_RECORDS, whole // partitions)


def wait_ms_each(consumers: int) -> int:
    """Return how long (ms) Kafka may wait with an answer that would be empty: 50 to 500.

    While a consumer's request waits for quiet partitions it cannot send one for a busy one that it
    has just read, so this is what an event may wait in vain; asking more often costs processor.
    """
    return min(MOST_WAIT_MS, max(LEAST_WAIT_MS, 1000 * consumers // LOOKS_A_SECOND))
