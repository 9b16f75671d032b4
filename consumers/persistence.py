"""Work on PostgreSQL that begins again where the server is away for a moment."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

import psycopg

from consumers.errors import ServiceLost

ATTEMPTS = 8
FIRST_PAUSE = 0.25  # seconds, doubled with each attempt: half a minute in all
STEADY = 60.0  # seconds after which a failure is a new one

log = logging.getLogger(__name__)


async def begin_again(
    session: Callable[[], Awaitable[None]], should_stop: Callable[[], bool], process: str
) -> None:
    """Run a session until it ends by itself; begin another where PostgreSQL failed.

    Raises ServiceLost where PostgreSQL stays away for longer than a bounded time.
    """
    failures = 0
    while not should_stop():
        began = time.monotonic()
        try:
            return await session()
        except psycopg.OperationalError as failure:
            failures = 1 if time.monotonic() - began > STEADY else failures + 1
            if failures >= ATTEMPTS:
                raise ServiceLost(
                    "PostgreSQL does not answer: see that it runs and that JOINEDUP_DATABASE_URL"
                    f" is right; the {process} then goes on where it stopped."
                ) from failure
            log.warning(
                "PostgreSQL failed (%s); trying again.",
                type(failure).__name__,
                extra={"action": "database-retry"},
            )
            await asyncio.sleep(FIRST_PAUSE * 2 ** (failures - 1))
