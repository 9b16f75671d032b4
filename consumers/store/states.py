"""The join's state as bytes: clusters without their records, and local authorities."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from consumers.store.sealed import packed, unpacked
from journey.cluster import CaseState, Cluster, Gap, Parked
from journey.events import Event
from journey.identity import First, Review, identify
from journey.shelf import Authority


class _ClusterState(msgspec.Struct, array_like=True):
    """What of a cluster does not follow from its records."""

    first_seen: dict[str, First]
    cases: dict[str, CaseState]
    gaps: dict[str, Gap]
    flags: list[Review]
    parked: list[int]


class _AuthorityState(msgspec.Struct, array_like=True):
    authority: Authority
    calendars: list[bytes]
    agreements: list[bytes] = []


_encode = msgspec.msgpack.Encoder().encode
# The types that a source sends are a set, whose order is another in each process.
_encode_in_order = msgspec.msgpack.Encoder(order="deterministic").encode
_cluster = msgspec.msgpack.Decoder(_ClusterState)
_authority = msgspec.msgpack.Decoder(_AuthorityState)


def cluster_state(cluster: Cluster) -> bytes:
    """Return the cluster's state: all but its records and the children that follow from them."""
    return _encode(
        _ClusterState(
            first_seen=cluster.first_seen,
            cases=cluster.cases,
            gaps=cluster.gaps,
            flags=cluster.flags,
            parked=[one.number for one in cluster.parked],
        )
    )


def cluster_of(
    la: str,
    cluster_id: str,
    state: bytes,
    records: Mapping[str, Event],
    parked: Callable[[str, list[int]], list[Parked]],
) -> Cluster:
    """Return the cluster of this state and these winning revisions, its children made anew.

    parked: returns the records that wait, by local authority and number.
    """
    kept = _cluster.decode(state)
    return Cluster(
        id=cluster_id,
        la=la,
        records=dict(records),
        first_seen=kept.first_seen,
        identity=identify(la, records.values(), kept.first_seen),
        cases=kept.cases,
        gaps=kept.gaps,
        flags=kept.flags,
        parked=parked(la, kept.parked) if kept.parked else [],
    )


def authority_state(authority: Authority) -> bytes:
    """Return the local authority's state."""
    calendars = [packed(event) for event in authority.calendar_records.values()]
    agreements = [packed(event) for event in authority.agreement_records.values()]
    bare = msgspec.structs.replace(authority, calendar_records={}, agreement_records={})
    return _encode_in_order(_AuthorityState(bare, calendars, agreements))


def authority_of(state: bytes) -> Authority:
    """Return the local authority of this state."""
    kept = _authority.decode(state)
    calendars = (unpacked(content) for content in kept.calendars)
    kept.authority.calendar_records = {event.record: event for event in calendars}
    agreements = (unpacked(content) for content in kept.agreements)
    kept.authority.agreement_records = {event.event_id: event for event in agreements}
    return kept.authority
