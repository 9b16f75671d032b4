"""A ghost: what still counts of a record whose child was erased, and nothing else of it."""

from __future__ import annotations

import msgspec


class Ghost(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A record that nobody can read any more, as what stands beside its seal tells of it.

    source: ``organisation/system``, which was heard by it. record: the record key.
    scope, batch: where it is a row of a snapshot, of what, and the batch that last repeated it.
    """

    la: str
    source: str
    record: str
    kappa: int
    revision: int
    retracted: bool = False
    scope: str | None = None
    batch: str | None = None

    @property
    def rank(self) -> tuple[int, bool]:
        """What decides between it and another revision of its record: the higher stands."""
        return (self.revision, self.retracted)
