"""A duty that a local authority changed: each version judges what began in its own time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

import msgspec

from journey.calendars import Calendars, academic_year
from journey.child import Journey
from journey.clocks import in_words, within_reach
from journey.duties.duty import UNLIMITED, Case, Duty
from journey.duties.stages import staged, stages_of
from journey.duties.stops import stopped

ONE_DAY = timedelta(days=1)
Occasion = tuple[str, str]
"""(anchor, period)."""


class _Found(NamedTuple):
    """A case as one version finds it. era: that version's; begun: the one that it began in."""

    era: int
    begun: int
    case: Case

    @property
    def occasion(self) -> Occasion:
        return (self.case.anchor, self.case.period)


def judged(duty: Duty, journey: Journey, calendars: Calendars) -> tuple[Case, ...]:
    """Return the cases of a duty that has eras, each judged by the one in which it began.

    What several versions find, and each in the time of another, is judged by the earliest of
    them: an occasion on which something is owed is never lost between two versions.
    """
    found = list(_found(duty, journey, calendars))
    own = [one for one in found if one.era == one.begun]
    own += _between(found, own)
    return tuple(_named(_tightened(own, found, duty), duty))


def begun_on(duty: Duty, case: Case, days: Mapping[str, date]) -> date:
    """Return the day on which a case began: that of the latest fact that started its clock.

    Where a child's age starts it, it begins no sooner than the school year in which it is due.
    days: by event id, the days of the facts; a case of which none is known began before all.
    """
    begun = max((days[name] for name in case.because if name in days), default=UNLIMITED)
    if not duty.person_anchored:
        return begun
    return max(begun, date(academic_year(within_reach(case.due)), 9, 1))


def _found(duty: Duty, journey: Journey, calendars: Calendars) -> Iterator[_Found]:
    days = {
        fact.event_id: fact.occurred_on
        for name in duty.reads
        for fact in journey.facts.get(name, ())
    }
    starts = [era.since for era in duty.eras]
    begun = {bisect_right(starts, day) - 1 for day in days.values()}
    for at, era in enumerate(duty.eras):
        asked = at == 0 or duty.person_anchored or era.tightens or at in begun
        if era.duty.on and asked:
            cases = era.duty.cases(journey, era.duty.parameters, calendars)
            for case in stopped(era.duty, journey, cases):
                on = begun_on(duty, case, days)
                yield _Found(at, bisect_right(starts, on) - 1, case)


def _between(found: list[_Found], own: Iterable[_Found]) -> list[_Found]:
    """Return what would be lost: found by the version of its time too, but as begun elsewhere."""
    judged = {one.occasion for one in own}
    by_era = {(one.era, one.occasion) for one in found}
    kept: dict[Occasion, _Found] = {}
    for one in found:
        if one.occasion not in judged and (one.begun, one.occasion) in by_era:
            kept.setdefault(one.occasion, one)
    return list(kept.values())


def _tightened(own: Iterable[_Found], found: Iterable[_Found], duty: Duty) -> Iterator[_Found]:
    """Yield the cases, those that a later version wants done sooner as it has them.

    None is due before that version's first day, so nothing is late by a rule that was not there.
    """
    tightening = [(at, era.since) for at, era in enumerate(duty.eras) if era.tightens]
    if not tightening:
        yield from own
        return
    others = {(one.era, one.occasion, one.case.because): one.case for one in found}
    for one in own:
        now = one
        for at, since in tightening:
            other = others.get((at, one.occasion, one.case.because))
            if one.era < at and other is not None and _is_open_on(since, now.case):
                sooner = _no_sooner_than(since, other)
                if sooner.due < now.case.due or _only_adds_stages(duty, now, at, sooner):
                    now = _Found(at, one.begun, sooner)
        yield now


def _only_adds_stages(duty: Duty, now: _Found, at: int, other: Case) -> bool:
    """Return whether a version changes nothing of a case but when it is warned of and the like."""
    one = duty.eras[at].duty
    same = stages_of(duty.eras[now.era].duty) == stages_of(one)
    return other.due == now.case.due and one.is_staged and not same


def _staged(found: _Found, duty: Duty) -> Case:
    """Return the case with its stages; no version warns before its own first day."""
    era = duty.eras[found.era]
    case = staged(era.duty, found.case)
    if found.begun >= found.era or case.warns_on is None:
        return case
    return msgspec.structs.replace(case, warns_on=max(case.warns_on, era.since - ONE_DAY))


def _no_sooner_than(day: date, case: Case) -> Case:
    if case.due >= day:
        return case
    words = f"{case.arithmetic}, and no sooner than {in_words(day)}"
    return msgspec.structs.replace(case, due=day, arithmetic=words)


def _is_open_on(day: date, case: Case) -> bool:
    """Return whether on a day something was owed and not yet due."""
    return case.due >= day and (case.met is None or case.met.on >= day)


def _named(found: Iterable[_Found], duty: Duty) -> Iterator[Case]:
    """Yield the cases with their version; of one occasion in two versions both are kept apart."""
    taken: set[Occasion] = set()
    for one in found:
        rules, case = duty.eras[one.era].duty.rules, _staged(one, duty)
        if one.occasion in taken:
            period = f"{case.period} under {rules or 'the release'}".strip()
            case = msgspec.structs.replace(case, period=period)
        taken.add(one.occasion)
        yield msgspec.structs.replace(case, rules=rules) if rules else case
