"""How much memory a replay may take: it ends in a sentence before the machine has none left."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from consumers.errors import ConsumerError

_MIB = 1024 * 1024
_SHARE = 0.75
"""Of the machine's memory: our own default, which leaves Kafka and PostgreSQL beside it room."""

MostMiB = Annotated[
    int | None,
    typer.Option(
        min=1,
        envvar="JOINEDUP_REPLAY_MIB",
        help="End where it takes more memory; else at three quarters of the machine's.",
    ),
]


def within_memory(
    moved: Callable[[int], None], most_mib: int | None, taken: Callable[[], int] | None = None
) -> Callable[[int], None]:
    """Return ``moved`` so that it raises ConsumerError once this process takes more than it may.

    most_mib: None for a share of the machine's memory. taken: how many bytes it takes now.
    """
    most = most_mib * _MIB if most_mib else int(_of_the_machine() * _SHARE)
    asked = taken or _taken

    def bounded(passed: int) -> None:
        if asked() > most:
            raise ConsumerError(
                f"The replay takes more than {most // _MIB:,} MiB and is ended, with nothing"
                " changed. Replay one authority (--la), or an archive on a machine with more"
                " memory; --most-mib sets another bound."
            )
        moved(passed)

    return bounded


def _of_the_machine() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _taken() -> int:
    """Return the bytes that this process has in memory; where no /proc says so, its most so far."""
    said = Path("/proc/self/statm")
    if said.exists():
        return int(said.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
