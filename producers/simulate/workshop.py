"""Five children come to be full-time at a place that is no school, and the council counts them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from random import Random

from producers.event import milliseconds, new_event
from producers.simulate.life import Life, Misses, Record
from producers.simulate.numbers import LA
from producers.simulate.occasions import retell
from producers.simulate.papers import write_down
from producers.simulate.paths.course import live
from producers.simulate.paths.placement import be_placed
from producers.simulate.population import Child, child
from producers.simulate.sources import COUNTS

WORKSHOP = "Lowmoor Workshop"
STARTS = tuple(date(2025, 11, day) for day in (3, 3, 4, 5, 10))
"""Each child's first day there: on the last of them there are five."""
PUPILS = len(STARTS)
_UNTIL = date(2026, 2, 6)
_HOURS = 20.0
_COUNTED_AT = datetime(2025, 11, 14, 21, tzinfo=UTC)
"""The first weekly count after there were five."""


def pupils(seed: int, first: int) -> list[Child]:
    """Return the five children, numbered from first."""
    random = Random(f"{seed}/workshop")
    return [child(number, 6, random, {"ap"}) for number in range(first, first + PUPILS)]


def tell(seed: int, one: Child, start: date) -> Life:
    """Return the year of one of them, in which nothing else is missed."""
    life = Life(seed, one, Misses(story="five at a workshop"))
    live(life, be_placed(life, start=start, end=_UNTIL, unregistered_hours=_HOURS))
    for placed in life.told("ApPlacementStarted"):
        retell(life, placed, provider=WORKSHOP)
    write_down(life)
    return life


def counts() -> Iterator[Record]:
    """Yield what the council's count tells, as `joinedup providers count` would."""
    counted = new_event(
        "ProviderPupilsCounted",
        local_authority=LA,
        source=COUNTS.speaker,
        source_record_id="provider/lowmoor-workshop/0",
        revision=milliseconds(_COUNTED_AT),
        recorded_at=_COUNTED_AT,
        provider=WORKSHOP,
        from_on=max(STARTS),
        pupils=PUPILS,
        full_time_hours=18,
        counted_on=_COUNTED_AT.date(),
    )
    yield Record(known_at=_COUNTED_AT, source=COUNTS, event=counted)
