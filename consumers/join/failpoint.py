"""Named points at which a test may kill the process, to see that nothing is lost."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

FailPoint = Callable[[str], None]
"""Called with the name of the point that is passed."""


def nothing_fails(name: str) -> None:
    """Pass the point."""


def killed_at(wanted: str, after: int = 0) -> FailPoint:
    """Return a fail point that kills this process at the point ``wanted``.

    after: how often the point is passed unharmed before.
    """
    left = after

    def fail(name: str) -> None:
        nonlocal left
        if name == wanted:
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1

    return fail


def fail_point(setting: str) -> FailPoint:
    """Return what a setting such as ``before-commit`` or ``before-commit:3`` asks for."""
    name, _, after = setting.partition(":")
    return killed_at(name, int(after or 0)) if name else nothing_fails
