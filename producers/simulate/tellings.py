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
from producers.simulate.paths.ehc import ask_for_plan
from producers.simulate.paths.health import be_treated, send
from producers.simulate.paths.leaving import look_ahead, stay_on
from producers.simulate.paths.placement import be_placed
from producers.simulate.paths.schooling import exclude
from producers.simulate.paths.social_work import be_protected
from producers.simulate.paths.together import work_together
from producers.simulate.sources import AP_REGISTER, CASEWORK, CLINIC, SCHOOLS, TRACKING
from schemas.catalogue import ENVELOPE

Telling: TypeAlias = Callable[[Life], None]
ASKED_TO_HELP_ON = date(2024, 10, 14)


def long_placement(life: Life) -> None:
    """Tell a year with a placement long enough for anything to go wrong in it."""
    live(life, be_placed(life, start=date(2024, 10, 7), end=date(2025, 4, 4)))


def until_summer(life: Life) -> None:
    """Tell a year with a placement that lasts to the end of Year 11."""
    live(life, be_placed(life, start=date(2024, 10, 7), end=date(2025, 6, 20)))


def leaver(life: Life) -> None:
    """Tell a year after which a college place is lost in autumn."""
    live(life)
    if not life.told("Post16Withdrawn"):
        life.tell(
            TRACKING,
            "Post16Withdrawn",
            provider=life.told("Post16OfferAccepted")[0].event.record["provider"],
            withdrawn_on=date(2025, 10, 24),
            reason_code="OTHER",
        )


def assessed(life: Life) -> None:
    """Tell an EHC assessment asked for in November, which leads to a plan."""
    ask_for_plan(life, date(2024, 11, 4))


def protected(discussed_on: date) -> Telling:
    """Return the telling of a protection plan that follows a discussion of this day."""

    def telling(life: Life) -> None:
        be_protected(life, discussed_on)

    return telling


def long_in_care(life: Life) -> None:
    """Tell a year in a placement of a child who has been looked after since last year."""
    period = be_looked_after(life, date(2023, 11, 6))
    placement = be_placed(life, start=date(2025, 1, 13), end=date(2025, 3, 28))
    began = {"SOCIAL_CARE": period.started_on, "EDUCATION": placement.start}
    work_together(life, began, placement)


def referred(on: date) -> Telling:
    """Return the telling of a year with a referral to the clinic on this day."""

    def telling(life: Life) -> None:
        be_treated(life, on)
        work_together(life, {"HEALTH": on})

    return telling


def student_referred(life: Life) -> None:
    """Tell a year of a student of 17 with a referral to the clinic in February."""
    stay_on(life)
    referred(date(2025, 2, 10))(life)


def sixteen_in_care(life: Life) -> None:
    """Tell Year 11 of a child who has been looked after since the year before last."""
    look_ahead(life, None)
    looked_after(date(2023, 3, 6))(life)


def before_school(life: Life) -> None:
    """Tell the year before school of a child whose plan names no school."""
    live(life)
    life.expect("EHC_PHASE_TRANSFER_OTHER")


def long_term(life: Life) -> None:
    """Tell a long-term involvement of health, and a plan for the move long after it was owed."""
    life.tell(CLINIC, "LongTermHealthInvolvementOpened", opened_on=date(2024, 9, 23))
    life.tell(CLINIC, "HealthTransitionPlanAgreed", agreed_on=date(2025, 2, 24))
    life.expect("HEALTH_TRANSITION_PLAN_Y9")


def planned_once(life: Life) -> None:
    """Tell a plan for the move to adult services in October."""
    life.tell(CLINIC, "HealthTransitionPlanAgreed", agreed_on=date(2024, 10, 14))


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
        **payload_of(plan),
    )
    life.expect("AP_EXIT_PLAN_MISSING")


def payload_of(record: Record) -> dict[str, Any]:
    """Return what a record says beside its envelope."""
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
    payload = {**payload_of(started), "max_end_on": date(2025, 2, 14)}
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
