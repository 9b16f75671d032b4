"""A library that repeats itself in an outage is heard once a minute; we always are."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import time

import pytest
import typer.main

from joinedup.commands.process_log import OnceAMinute, formatter
from joinedup.main import app


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


@pytest.mark.parametrize("as_json", [True, False])
def test_a_line_says_its_moment_in_utc_wherever_it_is_written(
    as_json: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Europe/London")
    time.tzset()
    try:
        written = record("dashboard.access")
        written.created, written.msecs = 1_751_328_000.25, 250.0  # in summer time there
        line = formatter(as_json).format(written)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert "2025-07-01T00:00:00.250Z" in line


def test_with_log_json_each_line_is_one_object_with_the_same_fields() -> None:
    run = "import logging; from joinedup.commands.process_log import log_to_stderr as to; to(True);"
    say = "logging.getLogger('gateway').warning('a \"b\"\\nc %s', 1)"
    fail = "\ntry: 1 / 0\nexcept ZeroDivisionError: logging.getLogger('x').exception('it failed')"
    said = subprocess.run(
        [sys.executable, "-c", run + say + fail], capture_output=True, text=True, check=True
    )
    first, second = (json.loads(line) for line in said.stderr.splitlines())
    assert first.pop("asctime").endswith("Z")
    assert first == {"levelname": "WARNING", "name": "gateway", "message": 'a "b"\nc 1'}
    assert "ZeroDivisionError" in second["exc_info"] and second["message"] == "it failed"


@pytest.mark.parametrize("command", ["run", "gateway", "dashboard"])
def test_every_server_and_process_can_log_so(command: str) -> None:
    known = typer.main.get_command(app).commands[command]  # type: ignore[attr-defined]
    assert "--log-json" in {option for one in known.params for option in one.opts}
