"""How a process of ours logs: lines or JSON on stderr, and an outage not twenty times a second."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable

from pythonjsonlogger.json import JsonFormatter

CLIENTS = ("aiokafka", "kafka", "httpx", "mode", "faust", "psycopg.pool")
"""Loggers of libraries, which tell of every attempt and of every heartbeat that is late."""
QUIET_SECONDS = 60.0


def log_to_stderr(as_json: bool) -> None:
    """Log all of ours, and what libraries warn of, each library once a minute."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(as_json))
    handler.addFilter(OnceAMinute())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for client in CLIENTS:
        logging.getLogger(client).setLevel(logging.WARNING)


def formatter(as_json: bool) -> logging.Formatter:
    """Return what writes a line: its moment in UTC with the zone, level, logger and words."""
    plain = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    made = (JsonFormatter if as_json else logging.Formatter)(plain)
    made.converter = time.gmtime
    made.default_time_format = "%Y-%m-%dT%H:%M:%S"
    made.default_msec_format = "%s.%03dZ"
    return made


class OnceAMinute(logging.Filter):
    """Lets a library speak once a minute: during an outage it says the same again and again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Take a clock in seconds."""
        super().__init__()
        self._clock = clock
        self._spoke: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is shown; one of a library says that more is left out."""
        client = next((one for one in CLIENTS if _belongs(record.name, one)), None)
        if client is None:
            return True
        now = self._clock()
        if now - self._spoke.get(client, float("-inf")) < QUIET_SECONDS:
            return False
        self._spoke[client] = now
        record.msg = f"{record.getMessage()} (what else {client} says within a minute is left out)"
        record.args = None
        return True


def _belongs(name: str, client: str) -> bool:
    return name == client or name.startswith(f"{client}.")
