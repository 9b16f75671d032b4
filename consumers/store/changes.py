"""Clusters in memory beside what of them is stored, and what is not yet."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

from consumers.store.agenda import Wish, wishes_of
from consumers.store.loading import Place
from journey.cluster import Cluster, Parked
from journey.identity import Review
from journey.shelf import Authority


class Held:
    """A cluster in memory, beside what of it is stored.

    changed: its records that are not stored as they are now. state: the digest of its state as it
    is stored. schools: tokens of those that its records ever named, None where an older release
    stored it without. counted: its size when it was last counted.
    """

    __slots__ = (
        *("changed", "children", "cluster", "counted", "parked"),
        *("reviews", "schools", "shielded", "state", "wishes"),
    )

    def __init__(
        self, cluster: Cluster, state: bytes | None, schools: frozenset[bytes] | None = None
    ) -> None:
        """Take a cluster as loaded with its state and schools, or a new one with none."""
        new = state is None
        self.cluster = cluster
        self.counted = 0
        self.state = None if state is None else digest(state)
        self.schools = schools
        self.changed: set[str] = set(cluster.records) if new else set()
        self.children: dict[str, str] = {} if new else cluster.identity.children
        self.shielded: frozenset[str] = frozenset() if new else cluster.identity.shielded
        self.reviews: tuple[Review, ...] = () if new else cluster.reviews
        self.parked: dict[int, tuple[str, Parked]] = {} if new else self.waiting
        self.wishes: dict[str, Wish] = {} if new else wishes_of(cluster)

    @property
    def size(self) -> int:
        """How many records and cases there are: they are what takes memory."""
        return len(self.cluster.records) + len(self.cluster.cases)

    @property
    def waiting(self) -> dict[int, tuple[str, Parked]]:
        """What of the cluster waits now, by number, each with the cluster's id."""
        return {one.number: (self.cluster.id, one) for one in self.cluster.parked}

    def inherit(self, gone: Held) -> None:
        """Take over what is stored of a cluster that this one absorbed, to be compared with."""
        self.changed.update(gone.cluster.records)
        self.children = {**self.children, **gone.children}
        self.shielded = self.shielded | gone.shielded
        self.reviews = (*self.reviews, *gone.reviews)
        self.parked = {**self.parked, **gone.parked}

    def named(self) -> Iterator[str]:
        """Yield the schools that its records name, as far as they are not known to be stored."""
        unknown = self.cluster.records if self.schools is None else self.changed
        for record in unknown:
            yield from self.cluster.records[record].schools

    def stored(self) -> None:
        """Note that the cluster is stored as it is now."""
        cluster = self.cluster
        self.changed = set()
        self.children = cluster.identity.children
        self.shielded = cluster.identity.shielded
        self.reviews, self.parked = cluster.reviews, self.waiting


def digest(state: bytes) -> bytes:
    """Return what stands for a stored state, of which a case takes some hundred bytes."""
    return blake2b(state, digest_size=16).digest()


class Changes:
    """What is in memory and not yet stored."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.held: dict[Place, Held] = {}
        self.nodes: dict[Place, str] = {}
        self.absorbed: dict[Place, str] = {}
        self.authorities: dict[str, Authority] = {}
