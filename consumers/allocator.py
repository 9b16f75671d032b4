"""What the C library's allocator may keep of memory that is free again."""

from __future__ import annotations

import ctypes

KIB = 1024

# As malloc.h of glibc has them.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8

_OPTIONS = {
    # Each thread would have an arena of its own, and what one frees another could not use.
    _ARENA_MAX: 1,
    # Said once these two stay as they are; else both rise with the largest batch that was freed.
    _MMAP_THRESHOLD: 128 * KIB,
    _TRIM_THRESHOLD: 1024 * KIB,
}


def keep_little() -> None:
    """Have glibc give back to the system what a batch took; call it before there are threads.

    Where there is another C library nothing is done: not one of these options is known there.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        for option, value in _OPTIONS.items():
            mallopt(option, value)
