"""How the stories are told: each a child's year in which one thing goes wrong on purpose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, TypeAlias

from producers.event import Identifier
from producers.simulate.life import Life, Record
from producers.simulate.numbers import nhs_number
from producers.simulate.paths.care import be_looked_after
from producers.simulate.paths.course import live
from producers.simulate.paths.health import send
from producers.simulate.paths.placement import be_placed
from producers.simulate.paths.schooling import exclude
from producers.simulate.paths.together import work_together
from producers.simulate.sources import AP_REGISTER, CASEWORK, SCHOOLS
from schemas.catalogue import ENVELOPE

Telling: TypeAlias = Callable[[Life], None]
ASKED_TO_HELP_ON = date(2024, 10, 14)


def long_placement(life: Life) -> None:
    """Tell a year with a placement long enough for anything to go wrong in it."""
    live(life, be_placed(life, start=date(2024, 10, 7), end=date(2025, 4, 4)))


def unplanned(life: Life) -> None:
    """Tell a year in which health and social care are asked to help on one day."""
    placement = be_placed(life, start=date(2024, 9, 16), end=date(2025, 5, 23))
    live(life, placement, since=ASKED_TO_HELP_ON)


def late_report(life: Life) -> None:
    """Tell a year in which the exit plan is agreed in time and reported weeks too late."""
    live(life)
    placed = life.told("ApPlacementStarted")[0].event.record
    plan = life.told("ExitPlanAgreed")[0]
    life.records.remove(plan)
    life.tell(
        AP_REGISTER,
        "ExitPlanAgreed",
        record=plan.event.record["source_record_id"],
        known_on=placed["start_on"] + timedelta(weeks=7, days=20),
        **_payload(plan),
    )
    life.expect("AP_EXIT_PLAN_MISSING")


def _payload(record: Record) -> dict[str, Any]:
    content = record.event.record.items()
    return {name: value for name, value in content if name not in ENVELOPE}


def correction(life: Life) -> None:
    """Tell a year in which an agreed end was typed a month too early, then put right."""
    placement = be_placed(life, start=date(2024, 10, 7), end=date(2025, 2, 14))
    started = life.told("ApPlacementStarted")[0]
    life.records = [
        one
        for one in life.records
        if one is not started and one.event.type != "ApPlacementExtended"
    ]
    payload = {**_payload(started), "max_end_on": date(2025, 2, 14)}
    mistyped = {**payload, "max_end_on": date(2025, 1, 14)}
    id = started.event.record["source_record_id"]
    life.tell(AP_REGISTER, "ApPlacementStarted", record=id, **mistyped)
    life.tell(AP_REGISTER, "ApPlacementStarted", record=id, known_on=date(2025, 1, 21), **payload)
    life.expect("AP_MAX_PERIOD_EXCEEDED")
    live(life, placement)


def retraction(life: Life) -> None:
    """Tell a year in which a permanent exclusion is recorded by mistake and taken back."""
    live(life)
    day = date(2025, 3, 3)
    record = exclude(life, day)
    life.tell(
        SCHOOLS,
        "PermanentExclusionRecorded",
        record=record,
        known_on=date(2025, 3, 18),
        retracted=True,
        excluded_on=day,
    )
    life.expect("EXCLUSION_DAY6_PERMANENT")


def duplicate(life: Life) -> None:
    """Tell a year of which the register sends all but the attendance twice."""
    live(life)
    life.records += [
        record.resent(timedelta(days=7))
        for record in life.records
        if record.source is AP_REGISTER and record.event.type != "SessionAttendanceRecorded"
    ]


def apart(life: Life) -> None:
    """Tell a year in which social care learns the other agencies' numbers only in February."""
    life.bridged_on = date(2025, 2, 10)
    placement = be_placed(life, start=date(2024, 9, 23), end=date(2025, 5, 23))
    live(life, placement, since=date(2024, 10, 7))
    life.tell(CASEWORK, "AssessmentAuthorised", authorised_on=life.bridged_on, outcome="CIN")


def contradiction(life: Life) -> None:
    """Tell a year in which social care types the NHS number of child number 1."""
    live(life)
    life.tell(CASEWORK, "AssessmentAuthorised", authorised_on=date(2025, 1, 20), outcome="CIN")
    held = life.records[-1].event.record["identifiers"]
    held[-1] = Identifier("NHS", nhs_number(1)).as_record()


def referral_withdrawn(life: Life) -> None:
    """Tell a year in which health refers the child and withdraws it seven weeks later."""
    live(life, be_placed(life, start=date(2024, 10, 7), end=date(2025, 5, 2)))
    send(life, "ServiceRequest", "active", date(2025, 1, 20), sent_on=date(2025, 1, 20))
    send(life, "ServiceRequest", "revoked", date(2025, 1, 20), sent_on=date(2025, 3, 12))
    life.expect("JOINT_PLAN_MISSING")


def unregistered(life: Life) -> None:
    """Tell a year with 21 hours a week at a place that is no school."""
    placement = be_placed(
        life, start=date(2024, 11, 4), end=date(2025, 5, 16), unregistered_hours=21.0
    )
    life.expect("AP_UNREGISTERED_FULL_TIME")
    live(life, placement)


def looked_after(started_on: date) -> Telling:
    """Return the telling of a year in care from this day on."""

    def telling(life: Life) -> None:
        work_together(life, {"SOCIAL_CARE": be_looked_after(life, started_on).started_on})

    return telling


def review_in_the_file(life: Life) -> None:
    """Tell a first review held in time that only next month's file reports."""
    period = be_looked_after(life, date(2025, 2, 24))
    life.care = [replace(period, reviews=(date(2025, 3, 20), *period.reviews[1:]))]
    work_together(life, {"SOCIAL_CARE": period.started_on})
    life.expect("LAC_REVIEW_FIRST_20_DAYS")
