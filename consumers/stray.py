"""A cancellation that nobody asked for: a library's own task was cancelled while we waited for it.

Taken for what it looks like, it ends our work without a failure, and nobody is told.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from consumers.errors import ServiceLost


def is_cancelled() -> bool:
    """Return whether somebody asked the current task to be cancelled."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


@contextmanager
def but_ours() -> Iterator[None]:
    """End here a cancellation that nobody asked of this task; let one that was asked for pass.

    A client of Kafka cancels tasks of its own where Kafka is away, and whoever waits for them is
    told so as if it were cancelled itself.
    """
    try:
        yield
    except asyncio.CancelledError:
        if is_cancelled():
            raise


def broken_off(where: str) -> ServiceLost:
    """Return the error of ours that a cancellation is for which nobody asked."""
    return ServiceLost(
        f"A client of Kafka or PostgreSQL broke off the work on {where}: see that both run with"
        " `joinedup status`; started again, the process goes on where it stopped."
    )
