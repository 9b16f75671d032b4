"""A rule set judges what begins in its time, and of that some may be known when it comes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from journey.calendars import Calendars
from journey.cluster import Cluster
from journey.duties import cases_of
from journey.duties.duty import UNLIMITED, Duty
from journey.events import Event
from journey.facts import Facts, settle_or_keep, stood
from journey.identity import Review
from journey.redrive import Step
from journey.rulebook import Published, Rulebook, duties_named
from journey.settling import Change, Now, When, named
from journey.shelf import Shelf


def rejudge(
    shelf: Shelf,
    facts: Facts,
    rules: Rulebook,
    order: Event,
    one: Published,
    calendars: Calendars,
) -> Iterator[Step]:
    """Ask again the duties that a rule set names, of whom anything happened in its time.

    order: the record that brought the set or took it back. Where the core fails on a cluster, that
    stays as it is, and a person is told to look at it.
    """
    about = duties_named(one)
    again = [duty for duty in rules.everything if duty.id in about]
    # Where age starts a clock, what begins in its time may be known by older facts alone.
    by_age = any(duty.person_anchored for duty in again)
    since = UNLIMITED if by_age or one.tightens else one.since
    for name in list(shelf.since(order.la, since)):
        cluster = shelf.get(order.la, name)
        if all(fact.occurred_on < since for fact in cluster.records.values()):
            continue
        facts.forget(cluster)
        try:
            changes = _ask(cluster, about, again, calendars, order.kappa)
        except Exception as fault:
            review = Review("rules", cluster.id, order.event_id, type(fault).__name__, order.kappa)
            cluster.flags = [*cluster.flags, review]
            changes = []
        shelf.file(cluster)
        yield Step(cluster, changes)


def _ask(
    cluster: Cluster, about: Collection[str], again: Iterable[Duty], calendars: Calendars, at: int
) -> list[Change]:
    """Settle what follows from the duties now, and what ceases to follow from one switched off."""
    found: list[Now] = []
    asked = [duty for duty in again if duty.on]
    for child in sorted(cluster.identity.anchors):
        journey = cluster.journey(child)
        for duty in asked:
            found += [Now(duty, child, case) for case in cases_of(duty, journey, calendars)]
    before = stood(cluster.cases, cluster.identity.anchors.keys(), about)
    return settle_or_keep(cluster, before, named(found), When(at, batched=False))
