"""Being looked after: periods, placements and reviews, as the case system holds them."""

from __future__ import annotations

from datetime import date, timedelta

from producers.simulate.life import CarePeriod, Life
from producers.simulate.school_year import (
    HORIZON,
    OPENING,
    plus_working_days,
    working_day_from,
    working_day_until,
)

_PLACES = ("U4", "U6", "U6", "K2", "U1")
_ORDERS = ("C2", "C2", "V2", "E1")
_LATE_ENOUGH = timedelta(days=70)


def be_looked_after(life: Life, started_on: date | None = None) -> CarePeriod:
    """Note a period of care with its reviews and return it."""
    started_on = working_day_from(started_on or _start(life))
    ceased_on = _end(life, started_on)
    order = life.random.choice(_ORDERS)
    placements = [(started_on, life.random.choice(_PLACES), order)]
    moved_on = started_on + timedelta(days=life.random.randint(60, 300))
    if moved_on < (ceased_on or HORIZON) and life.random.random() < 0.4:
        placements.append((moved_on, life.random.choice(_PLACES), order))
    period = CarePeriod(
        child=life.child,
        started_on=started_on,
        ceased_on=ceased_on,
        placements=tuple(placements),
        reviews=tuple(_reviews(life, started_on, ceased_on or HORIZON)),
    )
    life.care.append(period)
    return period


def _start(life: Life) -> date:
    if life.random.random() < 0.65:
        return life.between(date(2022, 3, 1), date(2024, 6, 28))
    # Early in a month, so that the month's file holds the start and the first review together.
    month = life.random.randint(0, 10)
    first = date(2024 + (8 + month) // 12, (8 + month) % 12 + 1, 2)
    return life.between(first, first + timedelta(days=5))


def _end(life: Life, started_on: date) -> date | None:
    if life.random.random() < 0.75:
        return None
    earliest = max(started_on + timedelta(days=120), OPENING + timedelta(days=60))
    ended_on = life.between(earliest, earliest + timedelta(days=200))
    return ended_on if ended_on < HORIZON else None


def _reviews(life: Life, started_on: date, until: date) -> list[date]:
    held: list[date] = []
    next_on = _first_review(life, started_on, until)
    while next_on is not None and next_on <= until:
        held.append(next_on)
        months, duty = (3, "LAC_REVIEW_SECOND_3_MONTHS")
        if len(held) > 1:
            months, duty = (6, "LAC_REVIEW_NEXT_6_MONTHS")
        next_on = _later_review(life, duty, next_on, months, until)
    return held


def _first_review(life: Life, started_on: date, until: date) -> date | None:
    duty, due = "LAC_REVIEW_FIRST_20_DAYS", plus_working_days(started_on, 20)
    in_time = plus_working_days(started_on, life.random.randint(9, 13))
    return _held(life, duty, in_time, due, until)


def _later_review(life: Life, duty: str, last: date, months: int, until: date) -> date | None:
    # More than a month early, so that a monthly file tells of it before it is due.
    early = life.random.randint(35, 55)
    in_time = working_day_until(last + timedelta(days=months * 30 - early))
    return _held(life, duty, in_time, last + timedelta(days=months * 30 + 4), until)


def _held(life: Life, duty: str, in_time: date, due: date, until: date) -> date | None:
    # A miss is told only where the case is still owed when the platform looks.
    if not OPENING < due < until - _LATE_ENOUGH:
        return in_time
    held_on = life.met(duty, 0.05, in_time=in_time, due=due)
    return None if held_on is None else working_day_from(held_on)
