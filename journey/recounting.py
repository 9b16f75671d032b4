"""School calendars as they become known, and what was counted before one came: it counts again.

A calendar whose publisher asks for it (``counts_again``) moves what is owed already, and every
alert that it moves says so. Older publishers do not ask: their calendars count for what becomes
known after them, as they always did.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import NamedTuple

import msgspec

from journey.calendars import Calendars, academic_year
from journey.clocks import years_in_words
from journey.cluster import Moved
from journey.duties.duty import UNLIMITED
from journey.duties.schooling import ROLL_FACTS
from journey.events import Event
from journey.facts import Facts
from journey.identity import Review
from journey.moments import day_of
from journey.redrive import Step
from journey.rejudging import Question, ask_again
from journey.rulebook import Rulebook
from journey.settling import When
from journey.shelf import Authority, Shelf, calendars_of

CALENDAR = "SchoolCalendarPublished"
"""The type of the record by which a school calendar is published."""

Schools = AbstractSet[str | None]
"""Establishments by name; None stands for the local authority, whose calendar serves the rest."""


class News(NamedTuple):
    """What a calendar's record came to.

    taken: False where a higher revision of it stands. again: whose children are to be counted
    again by it. what: what became of whose calendar, in words.
    """

    taken: bool
    again: Schools = frozenset()
    what: str = ""


def take_calendar(shelf: Shelf, event: Event) -> News:
    """Keep the record where it is the highest of its revisions; it never raises."""
    authority = shelf.authority(event.la)
    old = authority.calendar_records.get(event.record)
    if old is not None and _contradicts(event, old):
        _put_to_a_person(shelf, authority, event, "one-revision-two-contents")
    if old is not None and event.rank <= old.rank:
        return News(taken=False)
    before = calendars_of(authority)
    authority.calendar_records = {**authority.calendar_records, event.record: event}
    for code in _faults(authority, event):
        _put_to_a_person(shelf, authority, event, code)
    shelf.file_authority(authority)
    if not event.flag("counts_again"):
        return News(taken=True)
    again = _changed(before, calendars_of(authority), event, old)
    return News(True, again, _in_words(event, old))


def recount(
    shelf: Shelf,
    facts: Facts,
    rules: Rulebook,
    order: Event,
    news: News,
    calendars: Calendars,
) -> Iterator[Step]:
    """Ask again, of the children of these schools, every duty that may be counted by school days.

    order: the record that brought the calendar. Of the authority's own calendar every child of
    the authority is asked: it serves where a school published none.
    """
    # By whose calendar to count depends on the rolls, so whatever counts school days reads them.
    asked = [duty for duty in rules.asked.values() if duty.reads >= ROLL_FACTS]
    again = news.again
    moved = Moved(what=news.what, by=order.event_id, on=day_of(order.kappa))
    when = When(order.kappa, batched=False, moved=moved)
    question = Question({duty.id for duty in asked}, asked, when, order, "calendar")
    for name in _clusters(shelf, order.la, again):
        cluster = shelf.get(order.la, name)
        if None in again or any(not again.isdisjoint(e.schools) for e in cluster.records.values()):
            yield ask_again(shelf, facts, cluster, question, calendars)
        else:
            # An older release stored it without its schools: now they are.
            shelf.file(cluster)


def _clusters(shelf: Shelf, la: str, again: Schools) -> Iterable[str]:
    if None in again:
        return list(shelf.since(la, UNLIMITED))
    return sorted({found for name in again if name for found in shelf.schooled(la, name)})


def _changed(before: Calendars, after: Calendars, event: Event, old: Event | None) -> Schools:
    """Return whose school days this record changed, of those that it names or named.

    What a record already counted again is not asked a second time where its days are the same:
    a nightly file repeats every calendar.
    """
    named = {one.text("establishment") for one in (event, old) if one and not one.retracted}
    if old is None or not old.flag("counts_again"):
        return frozenset(named)
    return frozenset(name for name in named if before.of(name) != after.of(name))


def _in_words(event: Event, old: Event | None) -> str:
    """Return what became of whose calendar, and of which year; a retraction need not say."""
    stood = old is not None and not old.retracted
    said = old if event.retracted and old is not None else event
    done = "was taken back" if event.retracted else "was changed" if stood else "was published"
    whose = "the authority's" if said.text("establishment") is None else "the school's own"
    first = said.day("from_on")
    years = f" for {years_in_words(academic_year(first))}" if first else ""
    return f"{whose} calendar{years} {done}"


def _put_to_a_person(shelf: Shelf, authority: Authority, event: Event, code: str) -> None:
    review = Review("calendar", event.record, event.event_id, code, event.kappa)
    same = (msgspec.structs.replace(one, kappa=event.kappa) for one in authority.reviews)
    if review not in same:
        authority.reviews = [*authority.reviews, review]
        shelf.file_authority(authority)


def _contradicts(event: Event, old: Event) -> bool:
    """Return whether one revision of a calendar has two contents."""
    return (event.revision, event.retracted) == (
        old.revision,
        old.retracted,
    ) and event.digest != old.digest


def _faults(authority: Authority, event: Event) -> Iterator[str]:
    """Yield the codes of what of a calendar cannot be, or contradicts another record."""
    if event.retracted:
        return
    mine = _years(event)
    if not mine:
        yield "no-school-days"
    others = (e for e in authority.calendar_records.values() if e.record != event.record)
    if any(mine & _years(other) for other in others if not other.retracted):
        yield "two-calendars-of-one-year"


def _years(event: Event) -> set[tuple[str | None, int]]:
    """Return the school and academic year of which a calendar has school days; one, or none."""
    published = Calendars.default().with_published(event.data).published
    return {(school, begins) for school, years in published.items() for begins in years}
