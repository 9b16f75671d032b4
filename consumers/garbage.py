"""How often Python looks for garbage in circles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

OBJECTS_BETWEEN_LOOKS = 50_000
"""A batch makes some hundred thousand objects, hardly one of them in a cycle: Python's own 700
would have the garbage collector look at them again and again, a tenth of all processor time."""
_LOOKS_BETWEEN_LARGER, _LARGER_BETWEEN_WHOLE = 2, 50
"""What outlived a look is looked at once more, after two others: after ten, as Python has it, that
is half a million objects, and everything stands still for a quarter of a second. The whole is
looked at as seldom as before."""


def collect_rarely() -> None:
    """Look for it seldom from now on, and never at what is there already."""
    gc.freeze()  # what was imported stays
    _look_seldom()


@contextmanager
def rarely_collected() -> Iterator[None]:
    """Look for it seldom while the block runs, which makes much that is in no circle.

    It is a fifth of the time that reading files takes, and a tenth of a replay's.
    """
    before = gc.get_threshold()
    _look_seldom()
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _look_seldom() -> None:
    gc.set_threshold(OBJECTS_BETWEEN_LOOKS, _LOOKS_BETWEEN_LARGER, _LARGER_BETWEEN_WHOLE)
