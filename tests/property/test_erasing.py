"""Erasing a child changes no byte of what is told of anybody else."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.erasing import ghost_of
from journey.events import Event
from journey.ghost import Ghost
from journey.machine import Machine
from journey.moments import HOUR
from journey.shelf import MemoryShelf
from journey.transition import Transition
from tests.lengths import in_full
from tests.unit.journey.streams import (
    CARE,
    LA,
    SCHOOL,
    at,
    beat,
    control,
    event,
    joined,
    machine,
    on,
    upn,
)

TYPES = ("ApPlacementStarted", "ApPlacementStarted", "ExitPlanAgreed", "ApPlacementEnded")
CHILDREN = 4
ODD = [
    (f"{type_}-{number}-{SCHOOL}-{child}", revision)
    for type_ in dict.fromkeys(TYPES)
    for number in (0, 1)
    for child in range(CHILDREN)
    for revision in (1, 2, 3)
]


@st.composite
def lives(draw: st.DrawFn) -> list[Event]:
    """Return records of a few children in order of known time, with snapshots and silences.

    Seldom do two children share a record or an identifier, as in life.
    """
    found = [
        joined(source, at(1, 0), draw(st.sampled_from(("STREAMING", "BATCH"))), hours=48)
        for source in (SCHOOL, CARE)
    ]
    open_batches: dict[str, str | None] = dict.fromkeys((SCHOOL, CARE))
    odd = [draw(st.sampled_from(ODD)) for _ in range(2)]
    kappa = at(1, 1)
    found += first_list(kappa, odd)
    for number in range(draw(st.integers(10, 50))):
        kappa += draw(st.sampled_from((0, 1, HOUR, 13 * HOUR, 60 * HOUR)))
        source = draw(st.sampled_from((SCHOOL, SCHOOL, CARE)))
        batch = open_batches[source]
        what = draw(st.integers(0, 9))
        if what == 0:
            found.append(beat(source, kappa))
        elif what == 1 and batch is None:
            open_batches[source] = f"b{number}"
            data = {"batch_id": f"b{number}", "snapshot": True, "batch_scope": "s"}
            found.append(control("BatchOpened", source, kappa, data))
        elif what in (1, 2) and batch is not None:
            open_batches[source] = None
            left_out = draw(st.integers(0, 11))
            found += repeated(found, source, kappa, batch, left_out)
            data = {"batch_id": batch, "complete_to": kappa}
            found.append(control("BatchCompleted", source, kappa, data))
        else:
            found.append(draw(rows(source, kappa, batch, odd)))
    return found


def repeated(
    stream: Sequence[Event], source: str, kappa: int, batch: str, left_out: int
) -> list[Event]:
    """Return the rows of the source's list once more, but for one of them, as a snapshot does."""
    latest: dict[str, Event] = {}
    for one in stream:
        if one.source == source and one.scope == "s" and one.agency != "source":
            known = latest.get(one.record)
            if known is None or one.rank > known.rank:
                latest[one.record] = one
    standing = [one for one in latest.values() if not one.retracted]
    return [
        msgspec.structs.replace(one, kappa=kappa, batch=batch)
        for number, one in enumerate(standing)
        if number != left_out
    ]


def first_list(kappa: int, odd: Sequence[tuple[str, int]]) -> list[Event]:
    """Return the school's first snapshot: of each child, each type once."""
    data = {"batch_id": "b", "snapshot": True, "batch_scope": "s", "complete_to": kappa}
    opened, completed = (
        control(type_, SCHOOL, kappa, data) for type_ in ("BatchOpened", "BatchCompleted")
    )
    listed = [
        a_row(SCHOOL, kappa, "b", odd, (child, type_, 1, 1, False))
        for child in range(CHILDREN)
        for type_ in dict.fromkeys(TYPES)
    ]
    return [opened, *listed, completed]


@st.composite
def rows(
    draw: st.DrawFn, source: str, kappa: int, batch: str | None, odd: Sequence[tuple[str, int]]
) -> Event:
    """Return a fact about one of the children; one revision of a record has one content.

    odd: the record and revision that names another child, and the one that names two.
    """
    what = (
        draw(st.integers(0, CHILDREN - 1)),
        draw(st.sampled_from(TYPES)),
        draw(st.integers(0, 1)),
        draw(st.integers(1, 3)),
        draw(st.integers(0, 9)) == 0,
    )
    return a_row(source, kappa, batch, odd, what)


def a_row(
    source: str,
    kappa: int,
    batch: str | None,
    odd: Sequence[tuple[str, int]],
    what: tuple[int, str, int, int, bool],
) -> Event:
    """Return this revision of this fact about this child, or that it is retracted."""
    child, type_, number, revision, retracted = what
    record = f"{type_}-{number}-{source}-{child}"
    moved, contested = ((record, revision) == one for one in odd)
    whom = (child + revision) % CHILDREN if moved else child
    day = 1 + (7 * revision + 5 * number + child) % 20
    known = (upn(str(whom)), upn(str((whom + 1) % CHILDREN))) if contested else (upn(str(whom)),)
    nameless = retracted and number == 0  # a retraction need not say whom it is about
    fact = event(
        type_,
        kappa,
        record,
        day=day,
        revision=revision,
        event_id=f"{record}@{revision}@{retracted}",
        retracted=retracted,
        source=source,
        leaf=record if nameless else f"{source}-{whom}",
        own_id=not nameless,
        batch=batch,
        scope="s" if batch else None,
        identifiers=() if nameless else known,
        data={"start_on": on(day)},
    )
    said = msgspec.structs.replace(fact, kappa=0, batch=None, scope=None)
    return msgspec.structs.replace(fact, digest=repr(said))


def erased(stream: Sequence[Event], leaves: Collection[str]) -> list[Event | Ghost]:
    """Return the stream as it opens once the keys of these leaves are shredded."""
    return [ghost_of(one) if one.leaf in leaves else one for one in stream]


def told(
    stream: Sequence[Event | Ghost], on_machine: Machine, *, ends: bool = True
) -> list[Transition]:
    """Return what is told of the stream and, where it ends with this, of the month after it."""
    found: list[Transition] = []
    for one in stream:
        if isinstance(one, Ghost):
            found += on_machine.ghost(one)
        else:
            found += on_machine.record(one).transitions
    return found + (on_machine.tick(stream[-1].kappa + 30 * 24 * HOUR) if ends else [])


def a_child(shelf: MemoryShelf, number: int) -> frozenset[str]:
    """Return the leaves of one of the children on the shelf, none where there is no child."""
    found = sorted(
        (child, cluster.identity.leaves_of(child))
        for cluster in shelf._clusters.values()
        for child in cluster.identity.anchors
    )
    return found[number % len(found)][1] if found else frozenset()


def of_clusters(
    shelf: MemoryShelf, is_meant: Callable[[Collection[str]], bool]
) -> tuple[set[str], set[str]]:
    """Return the leaves and the alerts of the clusters whose leaves are meant."""
    leaves: set[str] = set()
    alerts: set[str] = set()
    for cluster in shelf._clusters.values():
        if is_meant(cluster.first_seen):
            leaves |= cluster.first_seen.keys()
            alerts |= cluster.cases.keys()
    return leaves, alerts


def bare(transitions: Sequence[Transition], without: Collection[str]) -> list[Transition]:
    """Return what was told of other alerts, without sequence and chain."""
    return [
        msgspec.structs.replace(one, sequence=0, chain="")
        for one in transitions
        if one.alert_id not in without
    ]


@given(lives(), st.integers(0, 9))
@settings(max_examples=in_full(6_000, otherwise=120), deadline=None)
def test_erasing_a_child_changes_no_byte_of_who_shares_no_cluster_with_it(
    stream: list[Event], number: int
) -> None:
    before, after = MemoryShelf(), MemoryShelf()
    kept = told(stream, machine(before))
    leaves = a_child(before, number)
    shared, alerts = of_clusters(before, lambda found: bool(leaves & set(found)))
    replayed = told(erased(stream, leaves), machine(after))
    _, others = of_clusters(after, lambda found: bool(shared & set(found)))
    assert bare(replayed, alerts | others) == bare(kept, alerts | others)


@given(lives(), st.integers(0, 9))
@settings(max_examples=in_full(3_000, otherwise=60), deadline=None)
def test_nothing_is_told_of_an_erased_child(stream: list[Event], number: int) -> None:
    before, after = MemoryShelf(), MemoryShelf()
    told(stream, machine(before))
    leaves = a_child(before, number)
    told(erased(stream, leaves), machine(after))
    for cluster in after._clusters.values():
        assert not leaves & cluster.identity.children.keys()


@given(lives(), st.integers(0, 9))
@settings(max_examples=in_full(3_000, otherwise=60), deadline=None)
def test_a_snapshot_s_scope_counts_the_erased_as_it_counted_them_before(
    stream: list[Event], number: int
) -> None:
    before, after = MemoryShelf(), MemoryShelf()
    told(stream, machine(before))
    told(erased(stream, a_child(before, number)), machine(after))
    for source in (SCHOOL, CARE):
        counted = [
            sorted((one.record, one.batch) for one in shelf.scoped(LA, source, "s"))
            for shelf in (before, after)
        ]
        assert counted[0] == counted[1]
