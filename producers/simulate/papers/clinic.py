"""The papers of the mental health service: treatment, and the move to adult services."""

from __future__ import annotations

from datetime import date, timedelta

from producers.simulate.life import Life
from producers.simulate.population import YEAR_12
from producers.simulate.school_year import HORIZON, working_day_from, working_day_until
from producers.simulate.sources import CLINIC

_FOUR_WEEKS = timedelta(weeks=4)
_OF_AGE = 18
_LOOKS_AHEAD = timedelta(days=180)


def keep_clinic_papers(life: Life) -> None:
    """Tell when treatment of each referral starts, and who sees to the move to adult services."""
    referred = {one.id: one.on for one in life.messages if one.kind == "ServiceRequest"}
    for on in referred.values():
        life.file(
            "CAMHS_WAIT_LONG",
            CLINIC,
            "TreatmentStarted",
            in_time=working_day_from(on + timedelta(days=life.random.randint(7, 22))),
            due=on + _FOUR_WEEKS,
            category="CAMHS",
        )
    for plan in life.told("HealthTransitionPlanAgreed"):
        record = plan.event.record
        _move_on(life, record["source_record_id"], record["agreed_on"])
    if referred and life.child.year_group >= YEAR_12:
        _come_of_age(life)


def _move_on(life: Life, plan: str, agreed_on: date) -> None:
    life.file(
        "HEALTH_NAMED_WORKER_MISSING",
        CLINIC,
        "TransitionWorkerNamed",
        in_time=working_day_from(agreed_on + timedelta(days=life.random.randint(3, 20))),
        due=agreed_on + _FOUR_WEEKS,
        plan=plan,
    )
    if agreed_on + timedelta(days=365) < HORIZON:
        life.file(
            "HEALTH_TRANSITION_ANNUAL",
            CLINIC,
            "HealthTransitionReviewed",
            in_time=working_day_until(agreed_on + timedelta(days=350)),
            due=agreed_on + timedelta(days=365),
            plan=plan,
        )


def _come_of_age(life: Life) -> None:
    born = life.child.birth
    comes = date(born.year + _OF_AGE, born.month, min(born.day, 28))
    if comes < HORIZON:
        life.file(
            "CAMHS_DISCHARGE_AT_18",
            CLINIC,
            "DischargePlanAgreed",
            in_time=working_day_until(comes - timedelta(days=life.random.randint(30, 120))),
            due=comes,
        )
