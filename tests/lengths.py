"""How long a test runs: as short as finds a fault in every run, in full by ``make nightly``."""

from __future__ import annotations

import os
from typing import TypeVar

IN_FULL = os.environ.get("JOINEDUP_FUZZ") == "long"
T = TypeVar("T")


def in_full(full: T, *, otherwise: T) -> T:
    """Return how much a test does in ``make nightly``, or else in every run."""
    return full if IN_FULL else otherwise
