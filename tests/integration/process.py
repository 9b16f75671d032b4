"""One process of ours that dies, or stands still, at the point that its environment names.

Run as ``python -m tests.integration.process join --until-end``. The seam is an argument of each
service, so nothing in an environment of production can reach it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from consumers.failpoint import FailPoint, nothing_fails
from consumers.settings import IntakeSettings, JoinSettings, RelaySettings, SealerSettings
from consumers.worker import StreamService, build_app, run_worker
from joinedup.commands.process_log import log_to_stderr

FAIL_AT = "TEST_FAIL_AT"
"""Such as ``before-commit``, or ``before-commit:3`` to pass the point three times unharmed."""
FAIL_BY = "TEST_FAIL_BY"
"""The signal that the process sends itself there: SIGKILL unless told otherwise."""
CLOCK_FILE = "TEST_CLOCK_FILE"
"""A file that says by how many ms the clock of intake is wrong, read at each look."""


def failing_at(wanted: str, after: int, by: signal.Signals) -> FailPoint:
    """Return a fail point that sends this process the signal at the point ``wanted``, once.

    after: how often the point is passed unharmed before.
    """
    left = after

    def fail(name: str) -> None:
        nonlocal left
        if name == wanted:
            if left == 0:
                # To this very thread: one that is sent to the process may be taken by another
                # thread, while this one goes on for a moment and commits.
                signal.pthread_kill(threading.get_ident(), by)
            left -= 1

    return fail


def fail_point() -> FailPoint:
    """Return what the environment asks for."""
    name, _, after = os.environ.get(FAIL_AT, "").partition(":")
    by = signal.Signals[os.environ.get(FAIL_BY, "SIGKILL")]
    return failing_at(name, int(after or 0), by) if name else nothing_fails


def clock() -> int:
    """Return the time, ms since 1970 UTC, as wrong as the environment asks for."""
    from consumers.intake.service import now_ms

    file = os.environ.get(CLOCK_FILE)
    return now_ms() + (int(Path(file).read_text()) if file else 0)


def service_of(process: str, *, until_end: bool) -> StreamService:
    """Return the service of this process."""
    return _SERVICES[process](until_end)


# As of `joinedup run`: each process loads only its own part, and starts the sooner.
def _intake(until_end: bool) -> StreamService:
    from consumers.intake.service import IntakeService

    settings = IntakeSettings.load()
    return IntakeService(settings, until_end=until_end, clock=clock, fail=fail_point())


def _join(until_end: bool) -> StreamService:
    from consumers.join.service import JoinService

    return JoinService(JoinSettings.load(), until_end=until_end, fail=fail_point())


def _relay(until_end: bool) -> StreamService:
    from consumers.relay.service import RelayService

    return RelayService(RelaySettings.load(), until_end=until_end, fail=fail_point())


def _notifier(until_end: bool) -> StreamService:
    from consumers.notifier.service import NotifierService
    from consumers.notifier.settings import NotifierSettings

    settings = NotifierSettings.load()
    return NotifierService(settings, until_end=until_end, clock=clock, fail=fail_point())


def _sealer(until_end: bool) -> StreamService:
    from consumers.audit.service import SealerService

    return SealerService(SealerSettings.load(), until_end=until_end, fail=fail_point())


_SERVICES: dict[str, Callable[[bool], StreamService]] = {
    "intake": _intake,
    "join": _join,
    "relay": _relay,
    "notifier": _notifier,
    "sealer": _sealer,
}


def main() -> int:
    """Run and return the exit code."""
    log_to_stderr(False)
    process, *options = sys.argv[1:]
    service = service_of(process, until_end="--until-end" in options)
    with TemporaryDirectory() as folder:
        return run_worker(build_app(process, [service], data_folder=folder), [service])


if __name__ == "__main__":
    sys.exit(main())
