"""Children in need and child protection: referral, assessment, conference and plans."""

from __future__ import annotations

from datetime import date, timedelta

from producers.simulate.life import Life
from producers.simulate.school_year import plus_working_days, working_day_from
from producers.simulate.sources import CASEWORK

_NEEDS = ("N1", "N1", "N2", "N4", "N5", "N6")
_SOURCES = ("1A", "2B", "3A", "5A", "6", "10")


def be_in_need(life: Life, referred_on: date | None = None) -> date:
    """Tell a referral, assessment and plan for a child in need; return when it was referred."""
    if referred_on is None:
        history = life.random.random() < 0.6
        first, last = (
            (date(2024, 1, 8), date(2024, 6, 14))
            if history
            else (date(2024, 9, 9), date(2025, 5, 16))
        )
        referred_on = life.between(first, last)
    referred_on = working_day_from(referred_on)
    referral = life.tell(
        CASEWORK,
        "ReferralReceived",
        received_on=referred_on,
        source_code=life.random.choice(_SOURCES),
        need_code=life.random.choice(_NEEDS),
    )
    life.tell(
        CASEWORK,
        "AssessmentAuthorised",
        referral=referral,
        authorised_on=plus_working_days(referred_on, life.random.randint(20, 43)),
        outcome="CIN",
        slack=4,
    )
    life.tell(
        CASEWORK,
        "CinPlanAgreed",
        agreed_on=plus_working_days(referred_on, life.random.randint(45, 52)),
        slack=4,
    )
    return referred_on


def be_protected(life: Life, discussed_on: date | None = None) -> None:
    """Tell a strategy discussion, the enquiry and what the conference decided.

    discussed_on: the day of the discussion where a story says so; a plan always follows from it.
    """
    told = discussed_on is not None
    discussed_on = discussed_on or life.between(date(2024, 9, 16), date(2025, 6, 27))
    discussed_on = working_day_from(discussed_on)
    life.tell(CASEWORK, "StrategyDiscussionHeld", held_on=discussed_on, section47_started=True)
    life.tell(CASEWORK, "Section47Started", started_on=discussed_on)
    in_time = plus_working_days(discussed_on, life.random.randint(8, 13))
    due = plus_working_days(discussed_on, 15)
    concluded_on = life.met("ICPC_15_DAYS", 0.12, in_time=in_time, due=due)
    if concluded_on is not None:
        _conclude(life, working_day_from(concluded_on), told)


def _conclude(life: Life, on: date, planned: bool) -> None:
    if life.random.random() < 0.2 and not planned:
        life.tell(CASEWORK, "IcpcNotRequired", decided_on=on)
        return
    life.tell(CASEWORK, "IcpcHeld", held_on=on, outcome="PLAN")
    for need in life.told("CinPlanAgreed"):
        life.tell(CASEWORK, "CinPlanEnded", ended_on=max(on, need.event.record["agreed_on"]))
    plan = life.tell(
        CASEWORK,
        "CpPlanStarted",
        started_on=on,
        category=life.random.choice(("NEG", "NEG", "PHY", "EMO", "EMO", "SAB")),
    )
    if life.random.random() < 0.3 and not planned:
        life.tell(
            CASEWORK,
            "CpPlanEnded",
            plan=plan,
            ended_on=working_day_from(on + timedelta(days=life.random.randint(170, 260))),
            slack=5,
        )
