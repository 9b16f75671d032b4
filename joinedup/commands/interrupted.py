"""What a command started is stopped again where it fails or is told to end before it is done."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from stack import LocalStack

_TOLD_BY = (signal.SIGINT, signal.SIGTERM)


class Interrupted(KeyboardInterrupt):
    """The command was told to end, by Ctrl-C or SIGTERM; exit_code says so to a shell."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.exit_code = 128 + number


@contextmanager
def nothing_left_running(stack: LocalStack) -> Iterator[None]:
    """Stop the stack where the block fails or is told to end, unless some of it ran before.

    Ctrl-C and SIGTERM raise Interrupted in the block, so that whatever it started is stopped on the
    way out; what is told again meanwhile is not listened to, or that would be left.
    """
    before = {number: signal.signal(number, _interrupt) for number in _TOLD_BY}
    try:
        ran = any(service.pid is not None for service in stack.status())
        try:
            yield
        except BaseException:
            _listen_no_more()
            if not ran:
                stack.down()
            raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, frame: FrameType | None) -> None:
    _listen_no_more()
    raise Interrupted(number)


def _listen_no_more() -> None:
    for number in _TOLD_BY:
        signal.signal(number, signal.SIG_IGN)
