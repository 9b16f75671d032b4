"""What lasts: placements, periods of care, EHC requests and plans, found among the facts."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

import msgspec

from journey.child import Journey, once
from journey.clocks import within_reach
from journey.events import Event

PLACEMENT_FACTS = frozenset({"ApPlacementStarted", "ApPlacementEnded"})
CARE_FACTS = frozenset({"BecameLookedAfter", "CeasedLookedAfter"})
PLAN_FACTS = frozenset({"EhcPlanFinalised", "EhcPlanCeased"})
REQUEST_FACTS = frozenset(
    {
        "EhcNeedsAssessmentRequested",
        "EhcAssessmentDecisionIssued",
        "EhcNoPlanDecisionIssued",
        "EhcPlanFinalised",
    }
)


class Episode(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something that lasts, as one or more sources tell it.

    anchor: the record key of the first fact by known time.
    records: the record keys by which later facts may refer to it.
    facts: what started it, by known time.
    start, end: first and last day, inclusive; end None while it lasts.
    ended_by: event ids that show the end.
    """

    anchor: str
    records: frozenset[str]
    facts: tuple[Event, ...]
    start: date
    end: date | None = None
    ended_by: tuple[str, ...] = ()

    @property
    def because(self) -> tuple[str, ...]:
        """The event ids of what started it."""
        return tuple(fact.event_id for fact in self.facts)

    def is_open(self, day: date) -> bool:
        """Return whether it lasts on this day."""
        return self.start <= day and (self.end is None or day <= self.end)

    def overlaps(self, first: date, last: date) -> bool:
        """Return whether it lasts on any day from first to last."""
        return self.start <= last and (self.end is None or self.end >= first)

    def told(self, field: str) -> str | None:
        """Return the first text given for a field by any of its facts, or None."""
        return next((value for f in self.facts if (value := f.text(field))), None)


class Dated(NamedTuple):
    """A fact with its valid day."""

    day: date
    event: Event


def day_of(event: Event, field: str) -> date:
    """Return a fact's date field or, where the source left it out, the day it occurred."""
    return within_reach(event.day(field) or event.occurred_on)


def stated_day(event: Event, field: str) -> date | None:
    """Return a fact's date field, or None where the source left it out."""
    day = event.day(field)
    return None if day is None else within_reach(day)


def dated(journey: Journey, kind: str, field: str) -> list[Dated]:
    """Return the facts of one type by their valid day."""
    facts = journey.facts.get(kind)
    if not facts:
        return []
    by_field: dict[str, list[Dated]] = journey.derived.setdefault(kind, {})
    found = by_field.get(field)
    if found is None:
        days = (Dated(day_of(event, field), event) for event in facts)
        found = by_field[field] = sorted(days, key=by_day)
    return found


def same(name: str | None) -> str:
    """Return a name or code as it is compared: two sources may write it in different case."""
    return " ".join((name or "").split()).casefold()


def episodes(
    journey: Journey,
    kind: str,
    field: str,
    key: Callable[[Event], Hashable] = lambda event: None,
) -> list[Episode]:
    """Return what the facts of one type started, by first day; equal day and key are one."""
    facts = dated(journey, kind, field)
    if not facts:
        return []
    groups: dict[tuple[date, Hashable], list[Event]] = {}
    for day, event in facts:
        groups.setdefault((day, key(event)), []).append(event)
    found = [_episode(day, group) for (day, _), group in groups.items()]
    return sorted(found, key=_by_start)


def owner(among: Sequence[Episode], event: Event, reference: str, day: date) -> Episode | None:
    """Return the episode that a fact refers to, else the latest begun on or before its day."""
    record = event.text(reference)
    named = [episode for episode in among if record in episode.records] if record else []
    begun = [episode for episode in named or among if episode.start <= day]
    if begun:
        return max(begun, key=_by_start)
    return named[0] if named else None


def belonging(
    among: Sequence[Episode], facts: Iterable[Dated], reference: str
) -> dict[str, list[Dated]]:
    """Return facts by the anchor of the episode that they belong to, each in order of days."""
    found: dict[str, list[Dated]] = {episode.anchor: [] for episode in among}
    for fact in facts:
        episode = owner(among, fact.event, reference, fact.day)
        if episode is not None:
            found[episode.anchor].append(fact)
    return found


def closed(among: Sequence[Episode], ends: Iterable[Dated], reference: str) -> list[Episode]:
    """Return episodes with their ends: of several the first, and none before its start."""
    if not among:
        return []
    ended = belonging(among, ends, reference)
    return [_ending(episode, ended[episode.anchor]) for episode in among]


@once(reads=PLACEMENT_FACTS)
def placements(journey: Journey) -> list[Episode]:
    """Return the placements in alternative provision, by first day."""
    started = episodes(
        journey, "ApPlacementStarted", "start_on", lambda e: same(e.text("provider"))
    )
    return closed(started, dated(journey, "ApPlacementEnded", "end_on"), "placement")


@once(reads=CARE_FACTS)
def care_periods(journey: Journey) -> list[Episode]:
    """Return the periods of being looked after; where no end was told, the next ends it."""
    started = episodes(journey, "BecameLookedAfter", "started_on")
    found = closed(started, dated(journey, "CeasedLookedAfter", "ceased_on"), "period")
    return [_superseded(a, b) for a, b in pairwise([*found, None]) if a is not None]


@once(reads=REQUEST_FACTS)
def ehc_requests(journey: Journey) -> list[Episode]:
    """Return the requests for an EHC assessment, each to its refusal or plan."""
    asked = episodes(journey, "EhcNeedsAssessmentRequested", "received_on")
    if not asked:
        return []
    answers = [
        *(d for d in dated(journey, "EhcAssessmentDecisionIssued", "decided_on") if refuses(d)),
        *dated(journey, "EhcNoPlanDecisionIssued", "decided_on"),
        *dated(journey, "EhcPlanFinalised", "finalised_on"),
    ]
    return closed(asked, answers, "request")


def refuses(decision: Dated) -> bool:
    """Return whether a decision on a request was not to assess."""
    return decision.event.flag("will_assess") is False


@once(reads=PLAN_FACTS)
def ehc_plans(journey: Journey) -> list[Episode]:
    """Return the child's EHC plans; a plan finalised while one stands is the same, amended."""
    final = [
        msgspec.structs.replace(
            one, records=one.records | {f.text("plan") or "" for f in one.facts}
        )
        for one in episodes(journey, "EhcPlanFinalised", "finalised_on")
    ]
    found: list[Episode] = []
    for plan in closed(final, dated(journey, "EhcPlanCeased", "ceased_on"), "plan"):
        if found and (found[-1].end is None or found[-1].end > plan.start):
            found[-1] = _amended(found[-1], plan)
        else:
            found.append(plan)
    return found


def open_ones(among: Iterable[Episode], first: date, last: date) -> list[Episode]:
    """Return the episodes that last on any day from first to last."""
    return [episode for episode in among if episode.overlaps(first, last)]


def by_day(fact: Dated) -> tuple[date, int, str]:
    """Sort key of facts: valid day, then known time, then event id."""
    return (fact.day, fact.event.kappa, fact.event.event_id)


def _by_start(episode: Episode) -> tuple[date, int, str]:
    return (episode.start, episode.facts[0].kappa, episode.anchor)


def _episode(day: date, group: list[Event]) -> Episode:
    facts = tuple(sorted(group, key=lambda e: (e.kappa, e.event_id)))
    records = frozenset(fact.record for fact in facts)
    return Episode(anchor=facts[0].record, records=records, facts=facts, start=day)


def _ending(episode: Episode, ends: list[Dated]) -> Episode:
    if not ends:
        return episode
    day, event = min(ends, key=by_day)
    return msgspec.structs.replace(episode, end=max(day, episode.start), ended_by=(event.event_id,))


def _superseded(period: Episode, after: Episode | None) -> Episode:
    if after is None or (period.end is not None and period.end <= after.start):
        return period
    return msgspec.structs.replace(period, end=after.start, ended_by=after.because)


def _amended(plan: Episode, version: Episode) -> Episode:
    return msgspec.structs.replace(
        plan,
        records=plan.records | version.records,
        facts=plan.facts + version.facts,
        end=version.end,
        ended_by=version.ended_by,
    )
