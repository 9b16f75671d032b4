"""A placement in alternative provision: how it begins, what is agreed, when it is reviewed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from producers.simulate.life import CensusPlacement, Life, Placement
from producers.simulate.paths.attendance import attend
from producers.simulate.paths.departure import leave
from producers.simulate.paths.voices import hear_family
from producers.simulate.population import YEAR_11
from producers.simulate.school_year import school_day_from, school_day_until
from producers.simulate.sources import AP_REGISTER

LAST_DAY = date(2025, 7, 18)
YEAR_11_LEAVES = date(2025, 6, 27)
_EXIT_PLAN_WITHIN = timedelta(weeks=7)
_FULL_TIME = 18.0
_REVIEW_WITHIN = timedelta(weeks=7)
_REVIEW_EVERY_AT_MOST = 45
"""Days: no review is held so near to the end of a placement."""
_PROVIDERS = ("Harbour Workshop", "Millrace Centre", "Northgate PRU", "Orchard House", "The Kiln")
_UNREGISTERED = ("Fellside Farm", "Second Gear Motors")


def be_placed(
    life: Life,
    *,
    start: date | None = None,
    end: date | None = None,
    unregistered_hours: float | None = None,
) -> Placement:
    """Tell a placement from its start to its end and return it."""
    start = school_day_from(start or _start(life))
    end = end or _end(life, start)
    if life.child.by_census:
        placement = _by_census(life, start, end)
    else:
        placement = _by_register(life, start, end, unregistered_hours)
    life.placements.append(placement)
    _plan_exit(life, placement)
    _review(life, placement)
    attend(life, placement)
    leave(life, placement)
    return placement


def _by_census(life: Life, start: date, end: date) -> Placement:
    urn = str(140_000 + life.random.randint(1, 9) * 111)
    life.census_placements.append(
        CensusPlacement(child=life.child, urn=urn, start_on=start, end_on=end)
    )
    return Placement(id=None, start=start, end=end, provider=f"URN:{urn}")


def _by_register(life: Life, start: date, end: date, unregistered_hours: float | None) -> Placement:
    agreed, extended_on = _agreed_end(life, start, end)
    registered = unregistered_hours is None and life.random.random() > 0.12
    hours = unregistered_hours or (25.0 if registered else life.random.choice((6.0, 10.0, 12.5)))
    id = _begin(life, start, agreed, registered, hours)
    step = 1 if hours >= _FULL_TIME else 2
    placement = Placement(id=id, start=start, end=end, step=step)
    if extended_on is not None:
        _extend(life, placement, extended_on)
    return placement


def _start(life: Life) -> date:
    last = date(2024, 12, 2) if life.child.year_group == YEAR_11 else date(2025, 5, 2)
    return life.between(date(2024, 9, 5), last)


def _end(life: Life, start: date) -> date:
    if life.child.year_group == YEAR_11 and life.random.random() < 0.8:
        return school_day_until(life.between(date(2025, 5, 23), YEAR_11_LEAVES))
    weeks = life.random.choice((6, 8, 10, 12, 12, 16, 20, 26))
    last = YEAR_11_LEAVES if life.child.year_group == YEAR_11 else LAST_DAY
    return school_day_until(min(start + timedelta(weeks=weeks), last))


def _agreed_end(life: Life, start: date, end: date) -> tuple[date, date | None]:
    """Return the agreed maximum and, where it was extended before it ran out, the day of that."""
    if life.fails("AP_MAX_PERIOD_EXCEEDED", 0.03):
        return max(end - timedelta(days=life.random.randint(9, 30)), start), None
    if (end - start).days > 100 and life.random.random() < 0.35:
        first = start + timedelta(days=70)
        return first, school_day_until(first - timedelta(days=life.random.randint(3, 12)))
    return end + timedelta(days=life.random.randint(0, 10)), None


def _begin(life: Life, start: date, agreed: date, registered: bool, hours: float) -> str:
    sessions = 10 if registered else max(2, int(hours // 2.5))
    payload: dict[str, Any] = {
        "provider": life.random.choice(_PROVIDERS if registered else _UNREGISTERED),
        "start_on": start,
        "provider_registered": registered,
        "setting_type": "PRU" if registered else "OTH",
        "full_time": hours >= _FULL_TIME,
        "weekly_hours": hours,
        "sessions_per_week": sessions,
        "expected_end_on": agreed,
        "max_end_on": agreed,
        "off_site_direction": registered,
        "purpose": life.random.choice(("PREVENT_EXCLUSION", "REINTEGRATE", "HEALTH")),
    }
    known: dict[str, Any] = {
        "commissioner": life.child.establishment,
        "commissioner_type": "SCHOOL",
    }
    named_on = life.met("AP_COMMISSIONER_UNCLEAR", 0.025, in_time=start, due=start)
    id = life.tell(
        AP_REGISTER, "ApPlacementStarted", **payload, **(known if named_on == start else {})
    )
    if named_on is not None and named_on != start:
        life.tell(
            AP_REGISTER, "ApPlacementStarted", record=id, known_on=named_on, **payload, **known
        )
    life.tell(
        AP_REGISTER,
        "ApTimetableSet",
        placement=id,
        from_on=start,
        weekly_hours=hours,
        sessions_per_week=sessions,
    )
    return id


def _extend(life: Life, placement: Placement, on: date) -> None:
    life.tell(
        AP_REGISTER,
        "ApPlacementExtended",
        placement=placement.id,
        extended_on=on,
        new_end_on=placement.end + timedelta(days=3),
        reason_code="PROGRESS",
        reviewed_by_role="COMMISSIONER",
    )


def _plan_exit(life: Life, placement: Placement) -> None:
    due = school_day_from(placement.start + _EXIT_PLAN_WITHIN)
    in_time = school_day_until(placement.start + timedelta(days=life.random.randint(9, 42)))
    agreed_on: date | None = in_time
    if placement.end > due + timedelta(days=10):
        agreed_on = life.met("AP_EXIT_PLAN_MISSING", 0.07, in_time=in_time, due=due)
    if agreed_on is None or agreed_on > placement.end:
        return
    record = life.tell(
        AP_REGISTER,
        "ExitPlanAgreed",
        placement=placement.id,
        agreed_on=agreed_on,
        destination="POST16" if life.child.year_group == YEAR_11 else "MAINSTREAM",
        exit_on=placement.end,
        owner_role="LINK_TEACHER",
        support="MENTOR",
    )
    hear_family(life, record, agreed_on)


def _review(life: Life, placement: Placement) -> None:
    last: date | None = placement.start
    while last is not None and (placement.end - last).days > _REVIEW_EVERY_AT_MOST:
        last = _next_review(life, placement, last)


def _next_review(life: Life, placement: Placement, last: date) -> date | None:
    in_time = school_day_until(last + timedelta(days=life.random.randint(33, 43)))
    due = school_day_from(last + _REVIEW_WITHIN)
    held_on: date | None = in_time
    if placement.end > due + timedelta(days=35):
        held_on = life.met("AP_REVIEW_OVERDUE", 0.015, in_time=in_time, due=due)
    if held_on is None:
        return None
    held_on = school_day_from(held_on)
    record = life.tell(
        AP_REGISTER, "ApReviewHeld", placement=placement.id, held_on=held_on, slack=2
    )
    hear_family(life, record, held_on)
    return held_on
