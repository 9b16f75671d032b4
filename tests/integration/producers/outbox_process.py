"""A relay of an outbox that kills itself at the point that its environment names.

Run as ``python -m tests.integration.producers.outbox_process ENV_FILE``. The seam is an argument of
the relay, so nothing in an environment of production can reach it.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import psycopg

from producers.event import Source
from producers.outbox import OutboxRelay
from producers.publisher import Publisher
from producers.settings import read_settings

FAIL_AT = "TEST_FAIL_AT"


def fail(point: str) -> None:
    """Die at the point that is asked for."""
    if point == os.environ[FAIL_AT]:
        os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Publish until nothing waits."""
    settings = read_settings(Path(sys.argv[1]))
    with (
        psycopg.connect(os.environ["JOINEDUP_OUTBOX_URL"], autocommit=True) as connection,
        Publisher(settings) as publisher,
    ):
        source = Source(settings.organisation or "", settings.system or "")
        relay = OutboxRelay(connection, publisher, source, "330", fail=fail)
        with relay.alone():
            while not relay.round(limit=4).was_idle:
                pass


if __name__ == "__main__":
    main()
