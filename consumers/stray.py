"""A cancellation that nobody asked for: a library's own task was cancelled while we waited for it.

Taken for what it looks like, it ends our work without a failure, and nobody is told.
"""

from __future__ import annotations

import asyncio

from consumers.errors import ServiceLost


def is_cancelled() -> bool:
    """Return whether somebody asked the current task to be cancelled."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def broken_off(where: str) -> ServiceLost:
    """Return the error of ours that a cancellation is for which nobody asked."""
    return ServiceLost(
        f"A client of Kafka or PostgreSQL broke off the work on {where}: see that both run with"
        " `joinedup status`; started again, the process goes on where it stopped."
    )
