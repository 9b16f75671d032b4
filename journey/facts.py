"""Takes a fact into its cluster and works out what that changes, touching nothing else."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from copy import copy
from enum import StrEnum
from typing import NamedTuple

import msgspec

from journey.calendars import Calendars
from journey.cluster import CaseState, Cluster, Stage, replaces, seen
from journey.duties import cases_of
from journey.duties.duty import Case, Duty
from journey.duties.stops import in_common
from journey.events import Event
from journey.identity import CANDIDATE_FOUND, Identity, Review, identify
from journey.journeys import AtHand, Journeys, built
from journey.parking import Arrival, park
from journey.rulebook import Rulebook
from journey.settling import Change, Now, When, name_of, named, settle
from journey.shelf import Shelf
from journey.shield import SHIELD_DECIDED
from journey.transition import Kind

Cases = Collection[str] | None
"""Alert ids of the cases of a cluster that may have changed; None where any may have."""


class FactResult(StrEnum):
    """What became of an event about a child."""

    ACCEPTED = "accepted"
    SUPERSEDED = "superseded"
    DUPLICATE = "duplicate"
    PARKED = "parked"


class Taken(NamedTuple):
    """What taking an event came to."""

    result: FactResult
    cluster: Cluster
    changes: list[Change]


class Facts:
    """Facts taken one by one into the clusters of a shelf."""

    def __init__(self, shelf: Shelf, rules: Callable[[str], Rulebook], journeys: Journeys) -> None:
        """Work on this shelf, with the rules of each authority and the children at hand."""
        self._shelf = shelf
        self._rules = rules
        self._journeys = journeys

    def take(self, event: Event, calendars: Calendars, nodes: list[str], arrival: Arrival) -> Taken:
        """Take one event; an exception of a duty parks it and the cluster's later events.

        arrival: the record with which it comes; it is what waits where this cannot be taken.
        """
        cluster, merged = self._cluster(event, nodes)
        unchanged: Cases = None if merged else ()
        # A shield waits behind nothing: what it withholds may be asked for at any moment.
        if cluster.parked and event.type != SHIELD_DECIDED:
            return self._park(cluster, event, nodes, arrival)
        ghost = self._shelf.ghost(event.la, event.record)
        if ghost is not None and (event.revision, event.retracted) <= ghost.rank:
            cluster.first_seen = seen(cluster.first_seen, event)
            return self._kept(cluster, nodes[1:], FactResult.SUPERSEDED, unchanged)
        old = cluster.records.get(event.record)
        standing = old if ghost is None else None  # a ghost has beaten all that can be read
        if standing is not None and standing.rank == event.rank:
            changed = _repeat(cluster, event, standing)
            nodes = nodes if changed else nodes[1:]
            return self._kept(cluster, nodes, FactResult.DUPLICATE, unchanged)
        if standing is not None and not replaces(event, standing):
            cluster.first_seen = seen(cluster.first_seen, event)
            _flag(cluster, event, standing)
            return self._kept(cluster, nodes[1:], FactResult.SUPERSEDED, unchanged)
        try:
            at_hand = None if merged else self._at_hand(cluster, event, old, calendars)
            if at_hand is None:
                settled = self._afresh(cluster, event, old, calendars, arrival.at)
            else:
                settled = self._moved(cluster, event, at_hand, calendars, arrival.at)
        except Exception as fault:
            self._journeys.forget(cluster)
            return self._park(cluster, event, nodes, arrival, type(fault).__name__)
        if ghost is not None:
            self._shelf.drop_ghost(event.la, event.record)
        _flag(cluster, event, standing)
        _put_forward(cluster, event)
        _close_gaps(cluster, event)
        self._shelf.file(cluster, nodes, None if merged else settled.cases)
        return Taken(FactResult.ACCEPTED, cluster, settled.changes)

    def forget(self, cluster: Cluster) -> None:
        """Look at all of a cluster again with its next fact."""
        self._journeys.forget(cluster)

    def _kept(self, cluster: Cluster, nodes: list[str], result: FactResult, cases: Cases) -> Taken:
        self._shelf.file(cluster, nodes, cases)
        return Taken(result, cluster, [])

    def _park(
        self, cluster: Cluster, event: Event, nodes: list[str], arrival: Arrival, fault: str = ""
    ) -> Taken:
        changes = park(self._shelf, cluster, event, arrival, fault)
        self._shelf.file(cluster, nodes)
        return Taken(FactResult.PARKED, cluster, changes)

    def _cluster(self, event: Event, nodes: list[str]) -> tuple[Cluster, bool]:
        """Return the event's cluster, made of all that it connects; True where it merged any."""
        found = self._shelf.find(event.la, nodes)
        if not found:
            return Cluster(id=event.leaf or event.record, la=event.la), True
        into, *others = found
        for gone in others:
            _pour(into, gone)
            self._journeys.forget(gone)
            self._shelf.absorb(into, gone)
        return into, bool(others)

    def _at_hand(
        self, cluster: Cluster, event: Event, old: Event | None, calendars: Calendars
    ) -> AtHand | None:
        """Return the child with this fact, where it leaves identity as it is; else None."""
        if old is None:
            if self._journeys.adds_nothing(cluster, event):
                return self._journeys.after(cluster, event)
        elif seen(cluster.first_seen, event) is cluster.first_seen:
            if self._journeys.only_corrects(cluster, old, event, calendars):
                return self._journeys.corrected(cluster, old, event)
        return None

    def _moved(
        self, cluster: Cluster, event: Event, at_hand: AtHand, calendars: Calendars, at: int
    ) -> Settled:
        """Take a fact that leaves identity as it is: only duties that read its type move."""
        moved = _moved_by(event, at_hand, self._rules(event.la), calendars, cluster.cases)
        settled = _settled(cluster, moved, When(at, event.batch is not None))
        cluster.first_seen = seen(cluster.first_seen, event)
        cluster.records[event.record] = event
        return settled

    def _afresh(
        self, cluster: Cluster, event: Event, old: Event | None, calendars: Calendars, at: int
    ) -> Settled:
        """Work out identity and cases first, then change the cluster: a fault changes nothing."""
        rules = self._rules(event.la)
        before, records = cluster.identity, {**cluster.records, event.record: event}
        first_seen = seen(cluster.first_seen, event)
        identity = identify(cluster.la, records.values(), first_seen)
        touched = _touched(before, identity, event, old)
        grown = None if old else self._grown(cluster, identity, touched, event)
        self._journeys.forget(cluster)
        if grown is not None and grown.calendars is calendars and grown.rules is rules:
            grown.journey.with_one_more(event)
            moved = _moved_by(event, grown, rules, calendars, cluster.cases)
            self._journeys.keep(cluster, grown.journey.key, grown)
        else:
            moved = self._asked(cluster, identity, touched, records, calendars)
        settled = _settled(cluster, moved, When(at, event.batch is not None))
        changes = _hidden_still(cluster, identity, settled.changes)
        cluster.records, cluster.identity, cluster.first_seen = records, identity, first_seen
        otherwise = _shown_otherwise(cluster.cases, before, identity, changes)
        return Settled(sorted([*changes, *otherwise]), settled.cases)

    def _grown(
        self, cluster: Cluster, identity: Identity, touched: Collection[str], event: Event
    ) -> AtHand | None:
        """Return the child at hand that this fact alone is added to, whatever leaf it comes with.

        None where anything else changes of any child: its facts, its date of birth, its anchor.
        """
        child, before = identity.children.get(event.leaf), cluster.identity
        if child is None or event.retracted or set(touched) != {child}:
            return None
        same = (
            identity.leaves_of(child) == before.leaves_of(child) | {event.leaf}
            and before.children.get(event.leaf, child) == child
            and identity.births.get(child) == before.births.get(child)
        )
        return self._journeys.of(cluster, child) if same else None

    def _asked(
        self,
        cluster: Cluster,
        identity: Identity,
        touched: Collection[str],
        records: Mapping[str, Event],
        calendars: Calendars,
    ) -> Moved:
        """Ask every duty of the children whose facts may differ, and keep them at hand."""
        rules, found = self._rules(cluster.la), list[Now]()
        for child in sorted(touched & identity.anchors.keys()):
            journey = built(child, identity, records.values())
            for duty in rules.reading(journey.facts):
                found += [Now(duty, child, c) for c in cases_of(duty, journey, calendars)]
            self._journeys.keep(cluster, child, AtHand(journey, calendars, rules))
        return Moved(stood(cluster.cases, touched, rules.asked.keys()), found)


class Moved(NamedTuple):
    """What a fact may have moved.

    before: the alert ids that stood. after: the cases that follow now. stayed: returns those of
    the same duties that follow as they did.
    """

    before: list[str]
    after: list[Now]
    stayed: Callable[[], Iterable[Now]] = tuple


def _moved_by(
    event: Event,
    at_hand: AtHand,
    rules: Rulebook,
    calendars: Calendars,
    cases: Mapping[str, CaseState],
) -> Moved:
    """Ask the duties that read the type of a fact, which is in the child's journey by now."""
    child = at_hand.journey.key
    before: list[str] = []
    unsettled: set[str] = set()
    moved: list[Now] = []
    stayed: list[tuple[Duty, tuple[Case, ...]]] = []
    for duty in rules.by_type.get(event.type, ()):
        found = cases_of(duty, at_hand.journey, calendars)
        settled = at_hand.settled.get(duty.id)
        if found is settled:
            stayed.append((duty, found))
            continue
        if settled is None:
            unsettled.add(duty.id)
            settled = ()
        same = in_common(settled, found)
        before += [n for c in settled[same:] if (n := name_of(duty, c)) in cases]
        stayed.append((duty, found[:same]))
        moved += [Now(duty, child, case) for case in found[same:]]
        at_hand.settled[duty.id] = found
    before += stood(cases, {child}, unsettled) if unsettled else ()
    return Moved(before, moved, lambda: [Now(d, child, c) for d, cases in stayed for c in cases])


class Settled(NamedTuple):
    """What is to be told, and the alert ids of all cases that are new, changed or gone."""

    changes: list[Change]
    cases: Collection[str]


def _settled(cluster: Cluster, moved: Moved, when: When) -> Settled:
    if not moved.before and not moved.after:
        return Settled([], ())
    after = named(moved.after)
    changes = settle_or_keep(cluster, moved.before, after, when, moved.stayed)
    heirs = (change.continued_by for change in changes if change.continued_by)
    return Settled(changes, {*moved.before, *after, *heirs})


def settle_or_keep(
    cluster: Cluster,
    before: Collection[str],
    after: Mapping[str, Now],
    when: When,
    stayed: Callable[[], Iterable[Now]] = tuple,
) -> list[Change]:
    """Settle the cluster's cases and return what to tell; where that fails they are as before."""
    cases = cluster.cases
    kept = {name: copy(cases[name]) for name in (*before, *after) if name in cases}
    try:
        return settle(cluster, before, after, when, stayed)
    except Exception:
        for name in after:
            cases.pop(name, None)
        cases.update(kept)
        raise


def stood(
    cases: Mapping[str, CaseState], children: Collection[str], duties: Collection[str]
) -> list[str]:
    """Return the alert ids of these children's cases of these duties."""
    return [n for n, state in cases.items() if state.duty in duties and state.child in children]


def _touched(before: Identity, after: Identity, event: Event, old: Event | None) -> set[str]:
    """Return the child keys, old and new, whose facts or whose birth may differ."""
    leaves = {event.leaf} | ({old.leaf} if old else set())
    if before is not after:
        leaves |= {
            leaf
            for leaf in before.children.keys() | after.children.keys()
            if _household(before, leaf) != _household(after, leaf)
        }
    maps = (before.children, after.children)
    return {children[leaf] for children in maps for leaf in leaves if leaf in children}


def _household(identity: Identity, leaf: str) -> tuple[object, ...]:
    child = identity.children.get(leaf)
    if child is None:
        return ()
    shielded = leaf in identity.shielded
    return (child, identity.births.get(child), identity.leaves_of(child), shielded)


def _hidden_still(cluster: Cluster, after: Identity, changes: list[Change]) -> list[Change]:
    """Return the changes, those withheld that a child leaves behind of whom no record stands.

    Nobody took its shield back; it only has no leaf any more to which the shield applies.
    """
    if not cluster.identity.shielded:
        return changes
    found: list[Change] = []
    for change in changes:
        state = cluster.cases[change.alert_id]
        is_gone = state.child not in after.anchors
        withheld = is_gone and cluster.withholds(state.child, state.case.anchor, state.case.named)
        found.append(change._replace(withheld=withheld))
    return found


def _shown_otherwise(
    cases: Mapping[str, CaseState], before: Identity, after: Identity, told: Iterable[Change]
) -> list[Change]:
    """Return what is to be told anew since its details are withheld, or no longer are."""
    if before.shielded == after.shielded:
        return []
    names = {change.alert_id for change in told}
    return [
        Change(name, Kind.AMENDED)
        for name, state in cases.items()
        if state.stage in (Stage.WARNED, Stage.OPEN) and name not in names
        if before.is_shielded(state.child) != after.is_shielded(state.child)
    ]


def _pour(into: Cluster, gone: Cluster) -> None:
    """Move all that a cluster holds into another: they are connected from now on."""
    into.records = {**into.records, **gone.records}
    into.first_seen = {**into.first_seen, **gone.first_seen}
    into.cases = {**into.cases, **gone.cases}
    into.gaps = {**into.gaps, **gone.gaps}
    into.flags = [*into.flags, *gone.flags]
    into.parked = [*into.parked, *gone.parked]
    into.identity = Identity(
        children={**into.identity.children, **gone.identity.children},
        anchors={**into.identity.anchors, **gone.identity.anchors},
        births={**into.identity.births, **gone.identity.births},
        reviews=(*into.identity.reviews, *gone.identity.reviews),
        doubtful=into.identity.doubtful | gone.identity.doubtful,
        shielded=into.identity.shielded | gone.identity.shielded,
    )


def _repeat(cluster: Cluster, event: Event, old: Event) -> bool:
    """Note the batch that repeated a record, so that its snapshot does not miss it.

    Returns whether there was one to note.
    """
    if event.batch is None or event.batch == old.batch:
        return False
    cluster.records[event.record] = msgspec.structs.replace(old, batch=event.batch)
    return True


def _flag(cluster: Cluster, event: Event, old: Event | None) -> None:
    """Flag what contradicts: one revision, or one event id, with two contents."""
    if old is None or old.digest == event.digest or event.retracted != old.retracted:
        return
    if event.event_id == old.event_id:
        reason = "one-event-id-two-contents"
    elif event.revision == old.revision:
        reason = "one-revision-two-contents"
    else:
        return
    review = Review("contradiction", event.record, event.event_id, reason, event.kappa)
    same = msgspec.structs.replace(review, kappa=0)
    if not any(msgspec.structs.replace(flag, kappa=0) == same for flag in cluster.flags):
        cluster.flags = [*cluster.flags, review]


def _put_forward(cluster: Cluster, event: Event) -> None:
    """Let a person look at two leaves, or no longer; the record stands by itself, tied to neither.

    A guess must not tie the storage of two children together, as a link does.
    """
    if event.type == CANDIDATE_FOUND:
        others = [flag for flag in cluster.flags if flag.kind != "candidate"]
        review = Review("candidate", event.record, event.record, "alike", event.kappa)
        cluster.flags = others if event.retracted else [*others, review]


def _close_gaps(cluster: Cluster, event: Event) -> None:
    if cluster.gaps:
        kept = {at: gap for at, gap in cluster.gaps.items() if gap.record != event.record}
        cluster.gaps = kept
