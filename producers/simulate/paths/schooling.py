"""School life outside alternative provision: exclusion and suspension."""

from __future__ import annotations

from datetime import date, timedelta

from producers.simulate.life import Life, Suspension
from producers.simulate.school_year import plus_school_days, school_day_from
from producers.simulate.sources import AP_REGISTER, SCHOOLS


def be_excluded(life: Life) -> None:
    """Tell a permanent exclusion and the full-time education that follows."""
    excluded_on = school_day_from(life.between(date(2024, 9, 23), date(2025, 6, 6)))
    exclude(life, excluded_on)
    provided_on = life.met(
        "EXCLUSION_DAY6_PERMANENT",
        0.12,
        in_time=plus_school_days(excluded_on, life.random.randint(2, 4)),
        due=plus_school_days(excluded_on, 5),
    )
    if provided_on is not None:
        provide(life, school_day_from(provided_on))
    life.tell(
        SCHOOLS,
        "PupilRemovedFromRoll",
        establishment=life.child.establishment,
        left_on=school_day_from(excluded_on + timedelta(days=40)),
        reason="PERMANENT_EXCLUSION",
        slack=6,
    )


def exclude(life: Life, on: date, record: str = "") -> str:
    """Tell a permanent exclusion; return its source record id."""
    return life.tell(
        SCHOOLS,
        "PermanentExclusionRecorded",
        record=record,
        establishment=life.child.establishment,
        excluded_on=on,
        reason=life.random.choice(("DB", "PP", "VA", "DM")),
    )


def provide(life: Life, on: date) -> None:
    """Tell that full-time education began."""
    life.tell(
        AP_REGISTER,
        "EducationProvisionStarted",
        start_on=on,
        full_time=True,
        establishment="Northgate PRU",
    )


def be_suspended(life: Life, before: date) -> None:
    """Note up to three suspensions before a day; only the termly census tells of them."""
    for _ in range(life.random.randint(0, 3)):
        start_on = school_day_from(life.between(date(2024, 4, 15), before))
        if start_on < before:
            life.suspensions.append(
                Suspension(
                    child=life.child,
                    start_on=start_on,
                    sessions=life.random.choice((2, 2, 4, 6, 10)),
                )
            )
