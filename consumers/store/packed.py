"""Ids of clusters in sixteen bytes each, where a set of their names takes ten times as much."""

from __future__ import annotations

from collections.abc import Iterator

_ID = 16
_FEW = 64 * _ID


class Packed:
    """Ids of clusters, one behind the other; those that came often are there once again and again.

    At least half of what it holds are different ones, but for the first sixty-four.
    """

    __slots__ = ("_ids", "_limit")

    def __init__(self) -> None:
        """Start with none."""
        self._ids = bytearray()
        self._limit = _FEW

    def __len__(self) -> int:
        """Return how many are held, repeated ones as often as they are."""
        return len(self._ids) // _ID

    def add(self, cluster: str) -> None:
        """Take one in: the hex of sixteen bytes."""
        self._ids += bytes.fromhex(cluster)
        if len(self._ids) >= self._limit:
            self._ids = bytearray(b"".join(set(self._each())))
            self._limit = max(_FEW, 2 * len(self._ids))

    def __iter__(self) -> Iterator[str]:
        """Yield them, repeated ones as often as they are."""
        return (one.hex() for one in self._each())

    def _each(self) -> Iterator[bytes]:
        return (bytes(self._ids[at : at + _ID]) for at in range(0, len(self._ids), _ID))
