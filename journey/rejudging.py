"""A rule set judges what begins in its time, and of that some may be known when it comes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from journey.calendars import Calendars
from journey.cluster import Cluster
from journey.duties import cases_of
from journey.duties.duty import UNLIMITED, Duty
from journey.events import Event
from journey.facts import Facts, settle_or_keep, stood
from journey.identity import Review
from journey.redrive import Step
from journey.rulebook import Published, Rulebook
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
    """Ask again the duties that any rule set named, of whom anything happened in this one's time.

    What this one does not name is again as the release has it, whatever another set said of it.
    order: the record that brought the set or took it back. Where the core fails on a cluster, that
    stays as it is, and a person is told to look at it.
    """
    about = rules.named
    again = [duty for duty in rules.everything if duty.id in about]
    # Where age starts a clock, what begins in its time may be known by older facts alone.
    by_age = any(duty.person_anchored for duty in again)
    since = UNLIMITED if by_age or rules.tightens else one.since
    when = When(order.kappa, batched=False)
    question = Question(about, [duty for duty in again if duty.on], when, order, "rules")
    for name in list(shelf.since(order.la, since)):
        cluster = shelf.get(order.la, name)
        if all(fact.occurred_on < since for fact in cluster.records.values()):
            continue
        yield ask_again(shelf, facts, cluster, question, calendars)


class Question(NamedTuple):
    """What is asked again of a cluster's children.

    about: the ids of the duties whose cases may change. asked: those duties that are on. when,
    order: the record for which it is asked. kind: of the review where the core fails.
    """

    about: Collection[str]
    asked: Collection[Duty]
    when: When
    order: Event
    kind: str


def ask_again(
    shelf: Shelf, facts: Facts, cluster: Cluster, question: Question, calendars: Calendars
) -> Step:
    """Ask duties of a cluster's children again and file it; return what is to be told.

    Where the core fails on it, it stays as it is, and a person is told to look at it.
    """
    facts.forget(cluster)
    try:
        changes = _ask(cluster, question, calendars)
    except Exception as fault:
        order, reason = question.order, type(fault).__name__
        review = Review(question.kind, cluster.id, order.event_id, reason, order.kappa)
        cluster.flags = [*cluster.flags, review]
        changes = []
    shelf.file(cluster)
    return Step(cluster, changes)


def _ask(cluster: Cluster, question: Question, calendars: Calendars) -> list[Change]:
    """Settle what follows from the duties now, and what ceases to follow from one switched off."""
    found: list[Now] = []
    for child in sorted(cluster.identity.anchors):
        journey = cluster.journey(child)
        for duty in question.asked:
            found += [Now(duty, child, case) for case in cases_of(duty, journey, calendars)]
    before = stood(cluster.cases, cluster.identity.anchors.keys(), question.about)
    return settle_or_keep(cluster, before, named(found), question.when)
