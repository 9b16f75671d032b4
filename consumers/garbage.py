"""How often Python looks for garbage in circles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

OBJECTS_BETWEEN_LOOKS = 50_000
"""A batch makes some hundred thousand objects, hardly one of them in a cycle: Python's own 700
would have the garbage collector look at them again and again, a tenth of all processor time."""


@contextmanager
def rarely_collected() -> Iterator[None]:
    """Look for it seldom while the block runs, which makes much that is in no circle.

    It is a fifth of the time that reading files takes, and a tenth of a replay's.
    """
    before = gc.get_threshold()
    gc.set_threshold(OBJECTS_BETWEEN_LOOKS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
