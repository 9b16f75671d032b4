"""A process of ours that dies at the point that its environment names."""

from __future__ import annotations

import os
import sys
from tempfile import TemporaryDirectory

from consumers.join.failpoint import fail_point
from consumers.join.service import JoinService
from consumers.settings import JoinSettings
from consumers.worker import build_app, run_worker
from joinedup.commands.run import _log_to_stderr


def main() -> int:
    """Join until the end and return the exit code."""
    _log_to_stderr(False)
    fail = fail_point(os.environ.get("JOINEDUP_FAILPOINT", ""))
    service = JoinService(JoinSettings.load(), until_end=True, fail=fail)
    with TemporaryDirectory() as folder:
        return run_worker(build_app("join", [service], data_folder=folder), [service])


if __name__ == "__main__":
    sys.exit(main())
