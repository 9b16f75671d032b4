"""Intake by a clock that is ahead, so that a benchmark need not wait for midnight.

It reads an authority's topics to which nothing comes; ticks are then the only records, and they
bear its own time. Where records came it would find that its clock and Kafka's differ, and not tick.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from consumers.intake.service import IntakeService, now_ms
from consumers.settings import IntakeSettings
from consumers.worker import build_app, run_worker
from joinedup.commands.process_log import log_to_stderr


@contextmanager
def intake_ahead(environment: Mapping[str, str], ahead_ms: int, log: Path) -> Iterator[None]:
    """Run it while the block runs, by a clock that is so far ahead of ours (ms)."""
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "joinedup.bench.intake", str(ahead_ms)]
    with log.open("wb") as written:
        process = subprocess.Popen(
            command, env={**os.environ, **environment}, stdout=written, stderr=subprocess.STDOUT
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait()


def main(ahead_ms: int) -> int:
    """Run until told to stop, and return the exit code."""
    log_to_stderr(as_json=False)
    service = IntakeService(IntakeSettings.load(None), clock=lambda: now_ms() + ahead_ms)
    with TemporaryDirectory(prefix="joinedup-") as folder:
        return run_worker(build_app("intake", [service], data_folder=folder), [service])


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
