"""The papers of a referral and of a protection plan: decisions, core groups, conferences."""

from __future__ import annotations

from datetime import date, timedelta

from producers.simulate.life import Life
from producers.simulate.school_year import (
    HORIZON,
    plus_working_days,
    working_day_from,
    working_day_until,
)
from producers.simulate.sources import CASEWORK

_EVERYBODY = ("EDUCATION", "HEALTH", "SOCIAL_CARE")
_NOT_HEALTH = ("EDUCATION", "SOCIAL_CARE")
_FIRST_REVIEW = timedelta(days=85)
_LATER_REVIEW = timedelta(days=170)


def keep_protection_papers(life: Life) -> None:
    """Tell what is decided of each referral, and who meets while a protection plan lasts."""
    for referral in life.told("ReferralReceived"):
        record = referral.event.record
        life.file(
            "REFERRAL_DECISION_1_DAY",
            CASEWORK,
            "ReferralDecisionRecorded",
            in_time=record["received_on"],
            due=plus_working_days(record["received_on"], 1),
            referral=record["source_record_id"],
            outcome="ASSESS",
        )
    for enquiry in life.told("Section47Started"):
        record = enquiry.event.record
        life.tell(
            CASEWORK,
            "Section47Ended",
            enquiry=record["source_record_id"],
            ended_on=plus_working_days(record["started_on"], 7),
        )
    for plan in life.told("CpPlanStarted"):
        record = plan.event.record
        id = record["source_record_id"]
        _meet(life, id, record["started_on"], _until(life, id))


def _until(life: Life, plan: str) -> date:
    ended = [record.event.record for record in life.told("CpPlanEnded")]
    days: list[date] = [one["ended_on"] for one in ended if one["plan"] == plan]
    return min([*days, HORIZON])


def _meet(life: Life, plan: str, started_on: date, until: date) -> None:
    due = plus_working_days(started_on, 10)
    in_time = plus_working_days(started_on, life.random.randint(5, 9))
    first = life.met("CORE_GROUP_FIRST_10_DAYS", 0.0, in_time=in_time, due=due)
    came = _NOT_HEALTH if life.fails("CORE_GROUP_AGENCY_ABSENT") else _EVERYBODY
    held_on = in_time if first is None else working_day_from(first)
    while first is not None and held_on < until:
        life.tell(CASEWORK, "CoreGroupHeld", plan=plan, held_on=held_on, attended=list(came))
        held_on = working_day_from(held_on + timedelta(days=life.random.randint(26, 40)))
    _confer(life, plan, started_on, until)


def _confer(life: Life, plan: str, started_on: date, until: date) -> None:
    last, duty, every = started_on, "RCPC_FIRST_3_MONTHS", _FIRST_REVIEW
    while last + every < until:
        in_time = working_day_until(last + every - timedelta(days=life.random.randint(0, 9)))
        held_on = life.met(duty, 0.0, in_time=in_time, due=last + every + timedelta(days=14))
        if held_on is None:
            return
        last = working_day_from(held_on)
        life.tell(CASEWORK, "ReviewConferenceHeld", plan=plan, held_on=last)
        duty, every = "RCPC_NEXT_6_MONTHS", _LATER_REVIEW
