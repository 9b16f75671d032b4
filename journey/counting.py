"""How many children are full-time at one provider at once: counted over journeys, about nobody.

A duty that crosses children is judged by a record of its own, which says a number and no child.
So what was told follows from it for ever, whoever of the children is shielded, parted, joined or
erased later; the next count says what is known by then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

import msgspec

from journey.child import Journey
from journey.clocks import HORIZON, birthday
from journey.duties.ap_unregistered_five_pupils import PUPILS_COUNTED
from journey.duties.episodes import Dated, Episode, dated, placements, stated_day
from journey.duties.schooling import last_day, year_begins
from journey.duties.subjects import said_unregistered
from journey.duties.timetable import is_full_time, timetables
from journey.events import Event
from journey.provider_names import alike

SCHOOL_AGE, LAST_YEAR_GROUP = 5, 11
ONE_DAY = timedelta(days=1)


class Stay(msgspec.Struct, frozen=True, kw_only=True):
    """Days, first and last, on which one child is full-time at a provider; last None: it lasts."""

    provider: str
    first: date
    last: date | None = None


class Spell(msgspec.Struct, frozen=True, kw_only=True):
    """A time with so many children at a provider at once.

    provider: its name, as one of the placements has it. from_on: first day; ended_on: the first
    day with fewer again, None while it lasts. pupils: the most at once.
    """

    provider: str
    from_on: date
    ended_on: date | None
    pupils: int


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A count to be published: the ordinal of its record among those of the provider.

    retracted: nothing known bears it any more.
    """

    ordinal: int
    spell: Spell
    retracted: bool = False


def stays(journey: Journey, full_time_hours: int) -> list[Stay]:
    """Return the days on which a child of school age is full-time at unregistered providers.

    Days of one provider that meet or overlap are one stay: a child counts once. Names that are
    ``alike`` are of one provider.
    """
    placed = placements(journey)
    unregistered = [one for one in placed if one.told("provider") and said_unregistered(one)]
    if not unregistered:
        return []
    held = timetables(journey, placed)
    first, last = _school_age(journey)
    stop = _stopped(journey)
    until = min((day for day in (last, stop) if day is not None), default=None)
    found = [
        clipped
        for one in unregistered
        for stay in _of(one, held[one.anchor], full_time_hours)
        if (clipped := _within(stay, first, until)) is not None
    ]
    return list(_joined(found))


def _of(one: Episode, held: Sequence[Dated], hours: int) -> Iterator[Stay]:
    provider = one.told("provider") or ""
    changes = {one.start, *(fact.day for fact in held if one.is_open(fact.day))}
    for day, following in pairwise([*sorted(changes), None]):
        assert day is not None
        timetable = next((fact for fact in reversed(held) if fact.day <= day), None)
        if is_full_time(one, timetable, hours):
            last = one.end if following is None else following - ONE_DAY
            yield Stay(provider=provider, first=day, last=last)


def _school_age(journey: Journey) -> tuple[date, date | None]:
    born, begins = journey.date_of_birth, year_begins(journey, LAST_YEAR_GROUP)
    first = date.min if born is None else birthday(born, SCHOOL_AGE)
    return first, None if begins is None else last_day(begins)


def _stopped(journey: Journey) -> date | None:
    """Return the last day on which the child was here; None where nothing says that it left."""
    gone = [*dated(journey, "ChildDied", "died_on"), *dated(journey, "ChildMovedOut", "moved_on")]
    return min((fact.day - ONE_DAY for fact in gone), default=None)


def _within(stay: Stay, first: date, until: date | None) -> Stay | None:
    ends = [day for day in (stay.last, until) if day is not None]
    last = min(ends) if ends else None
    begins = max(stay.first, first)
    if last is not None and last < begins:
        return None
    return Stay(provider=stay.provider, first=begins, last=last)


def _joined(found: Iterable[Stay]) -> Iterator[Stay]:
    open_ones: dict[str, Stay] = {}
    for stay in sorted(found, key=lambda one: (one.first, one.provider)):
        before = open_ones.get(alike(stay.provider))
        if before is not None and (before.last is None or stay.first <= before.last + ONE_DAY):
            last = None if None in (before.last, stay.last) else max(_end(before), _end(stay))
            stay = Stay(provider=before.provider, first=before.first, last=last)
        elif before is not None:
            yield before
        open_ones[alike(stay.provider)] = stay
    yield from open_ones.values()


def _end(stay: Stay) -> date:
    return stay.last or HORIZON


def spells(found: Iterable[Stay], pupils: int, today: date) -> dict[str, list[Spell]]:
    """Return the times with so many children at once, by provider, as known up to a day.

    found: each child's stays. What is to begin or end after that day has not yet. A provider is
    here its name as compared (``alike``).
    """
    by_provider: dict[str, list[Stay]] = {}
    for stay in found:
        by_provider.setdefault(alike(stay.provider), []).append(stay)
    counted = {
        name: list(_spells(mine, pupils, today)) for name, mine in sorted(by_provider.items())
    }
    return {name: mine for name, mine in counted.items() if mine}


def _spells(mine: Sequence[Stay], pupils: int, today: date) -> Iterator[Spell]:
    name = min(stay.provider for stay in mine)
    steps: dict[date, int] = {}
    for stay in mine:
        steps[stay.first] = steps.get(stay.first, 0) + 1
        if stay.last is not None:
            after = stay.last + ONE_DAY
            steps[after] = steps.get(after, 0) - 1
    since: date | None = None
    now = most = 0
    for day in sorted(day for day in steps if day <= today):
        now += steps[day]
        if now >= pupils:
            since, most = since or day, max(most, now)
        elif since is not None:
            yield Spell(provider=name, from_on=since, ended_on=day, pupils=most)
            since, most = None, 0
    if since is not None:
        yield Spell(provider=name, from_on=since, ended_on=None, pupils=most)


def standing(events: Iterable[Event]) -> dict[str, list[Event]]:
    """Return the counts that stand, by provider, each in order of first days."""
    found: dict[str, list[Event]] = {}
    for event in events:
        if event.type == PUPILS_COUNTED and not event.retracted:
            found.setdefault(alike(event.text("provider")), []).append(event)
    return {name: sorted(mine, key=lambda one: one.occurred_on) for name, mine in found.items()}


def news(wanted: Mapping[str, Sequence[Spell]], known: Mapping[str, Sequence[Event]]) -> list[Told]:
    """Return what is to be published so that what stands is what was counted.

    What has ended stays as it was told, and one that had ended before anybody was told is not told.
    A provider of which it was told keeps the spelling by which it was told.
    """
    names = sorted({*wanted, *known})
    return [told for name in names for told in _news(wanted.get(name, ()), known.get(name, ()))]


def _news(wanted: Sequence[Spell], known: Sequence[Event]) -> Iterator[Told]:
    # The name is in the record's id, and the alert's key is made of it: neither may come to change.
    if name := next((event.text("provider") for event in known), None):
        wanted = [msgspec.structs.replace(one, provider=name) for one in wanted]
    ended = [_spell(event) for event in known if stated_day(event, "ended_on") is not None]
    lasting = [_spell(event) for event in known if stated_day(event, "ended_on") is None]
    ordinal = len(ended)
    for old in lasting[:1]:
        found = next((one for one in wanted if (one.ended_on or HORIZON) > old.from_on), None)
        if found is None:
            yield Told(ordinal=ordinal, spell=old, retracted=True)
            return
        if found != old:
            yield Told(ordinal=ordinal, spell=found)
        if found.ended_on is None:
            return
        ordinal += 1
    yield from (Told(ordinal=ordinal, spell=one) for one in wanted if one.ended_on is None)


def _spell(event: Event) -> Spell:
    return Spell(
        provider=event.text("provider") or "",
        from_on=stated_day(event, "from_on") or event.occurred_on,
        ended_on=stated_day(event, "ended_on"),
        pupils=int(event.number("pupils") or 0),
    )
