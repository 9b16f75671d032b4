"""How many children are full-time at providers, counted over all that the store knows of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from consumers.store.reading import Reading
from consumers.store.sealed import FactSeal
from journey.counting import Spell, Stay, spells, standing, stays
from journey.duties.ap_unregistered_five_pupils import DUTY, PUPILS_COUNTED
from journey.duties.outcome import number
from journey.events import Event
from journey.moments import day_of
from journey.rulebooks import rulebook_of
from journey.sources import watching


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """What was counted, and what was told before.

    today: the day in England up to which the authority is known. full_time_hours, pupils: by its
    rules of that day, hours a week and how many children at once are told. wanted, known: by
    provider; keys: by provider, the key of its alerts. children: how many were looked at.
    is_watched: False where no source has joined that could say that there are fewer again.
    """

    today: date
    full_time_hours: int
    pupils: int
    wanted: Mapping[str, list[Spell]]
    known: Mapping[str, list[Event]]
    keys: Mapping[str, str]
    children: int
    is_watched: bool


def count(store: Reading, seal: FactSeal) -> Count:
    """Return the count of the authority, by the rules in force on the last day that is known."""
    known = store.known()
    today = day_of(known.kappa)
    duties = {duty.id: duty for duty in rulebook_of(known.authority).everything}
    duty = duties[DUTY.id].on_day(today)
    hours, pupils = (number(duty.parameters, name) for name in ("full_time_hours", "pupils"))
    found, told, keys, children = list[Stay](), list[Event](), dict[str, str](), 0
    for cluster in store.clusters(seal):
        counts = [one for one in cluster.records.values() if one.type == PUPILS_COUNTED]
        told += counts
        for name, mine in standing(counts).items():
            keys[name] = cluster.identity.children[mine[0].leaf]
        if any(one.type == "ApPlacementStarted" for one in cluster.records.values()):
            for child in sorted(cluster.identity.anchors):
                children += 1
                found += stays(cluster.journey(child), hours)
    return Count(
        today=today,
        full_time_hours=hours,
        pupils=pupils,
        wanted=spells(found, pupils, today),
        known=standing(told),
        keys=keys,
        children=children,
        is_watched=bool(watching(known.authority.sources.values(), DUTY.satisfied_by)),
    )
