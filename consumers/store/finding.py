"""Finds the children that an identifier stands for."""

from __future__ import annotations

from consumers.decode import BOUND_TO_SOURCE
from consumers.store.reading import Reading
from consumers.store.sealed import FactSeal
from journey.cluster import Cluster
from schemas.identifiers import SCHEMES

LINKING = tuple(scheme for scheme in SCHEMES if scheme not in BOUND_TO_SOURCE)
"""Schemes by which a child can be found; the others mean nothing outside one system."""


def bearers(store: Reading, token: str, seal: FactSeal, *, shielded_too: bool = False) -> list[str]:
    """Return the keys of the children whose standing facts bear this identifier, in order.

    shielded_too: those whose records are shielded are found as well; else they are not there.
    """
    cluster = store.cluster_of_token(token, seal)
    return sorted(_bearers(cluster, token, shielded_too)) if cluster else []


def _bearers(cluster: Cluster, token: str, shielded_too: bool) -> set[str]:
    children, shielded = cluster.identity.children, cluster.identity.shielded
    return {
        children[event.leaf]
        for event in cluster.records.values()
        if not event.retracted
        and event.leaf in children
        and (shielded_too or event.leaf not in shielded)
        and any(one.token == token for one in event.identifiers)
    }
