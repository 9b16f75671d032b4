"""A library that repeats itself in an outage is heard once a minute; we always are."""

from __future__ import annotations

import logging

from joinedup.commands.process_log import OnceAMinute


def record(name: str, said: str = "Unable connect to node with id %s") -> logging.LogRecord:
    return logging.LogRecord(name, logging.ERROR, "", 0, said, (1,), None)


def test_a_library_speaks_once_a_minute_and_says_that_more_is_left_out() -> None:
    seconds = iter([0.0, 0.1, 59.9, 60.1])
    once = OnceAMinute(lambda: next(seconds))
    first = record("aiokafka.consumer.fetcher")
    assert once.filter(first)
    assert first.getMessage() == (
        "Unable connect to node with id 1 (what else aiokafka says within a minute is left out)"
    )
    assert [once.filter(record("aiokafka")) for _ in range(3)] == [False, False, True]


def test_each_library_is_heard_and_so_are_we() -> None:
    once = OnceAMinute(lambda: 0.0)
    names = ["aiokafka", "psycopg.pool", "consumers.join.service", "consumers.join.service"]
    assert [once.filter(record(name)) for name in names] == [True] * 4
