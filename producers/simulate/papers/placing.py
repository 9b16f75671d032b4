"""The papers of a placement: who was told and asked, what it is to achieve, who visits."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from producers.simulate.life import Life, Placement
from producers.simulate.population import YEAR_11
from producers.simulate.school_year import (
    halves,
    plus_school_days,
    school_day_until,
    school_days,
    terms,
)
from producers.simulate.sources import AP_REGISTER, SCHOOLS, SEND

_COUNTS_FROM = 15
"""School days of a half-term from which the home school owes a visit."""
_TERM_COUNTS_FROM = 20
_CAREERS_FROM = 8
_VISITS_BY = date(2025, 5, 31)


def keep_placement_papers(life: Life) -> None:
    """Tell what each placement of the child asks of school, provider and council."""
    for placement in life.placements:
        _before(life, placement)
        _at_the_start(life, placement)
        _measure(life, placement)
        _visit(life, placement)
        _look_ahead(life, placement)


def _before(life: Life, one: Placement) -> None:
    eve, known = one.start - timedelta(days=1), _known(one)
    visited = school_day_until(one.start - timedelta(days=life.random.randint(3, 12)))
    confirmed = school_day_until(one.start - timedelta(days=life.random.randint(2, 20)))
    file = life.file
    file("AP_ENTRY_NO_INDUCTION", SCHOOLS, "PrePlacementVisit", in_time=visited, due=eve)
    file(
        "AP_SAFEGUARDING_CHECK_MISSING",
        AP_REGISTER,
        "ProviderSafeguardingConfirmed",
        in_time=confirmed,
        due=eve,
        **known,
        **({} if one.id else {"provider": one.provider}),
    )
    if life.child.care:
        file(
            "LAC_IN_AP_NO_VSH_CONSULT",
            AP_REGISTER,
            "VirtualSchoolHeadConsulted",
            in_time=visited,
            due=eve,
            **known,
        )
    if life.child.health:
        file(
            "HEALTH_ABSENT_FROM_AP_DECISION",
            AP_REGISTER,
            "HealthConsulted",
            in_time=visited,
            due=plus_school_days(one.start, 10),
            **({"about": one.id} if one.id else {}),
        )


def _at_the_start(life: Life, one: Placement) -> None:
    start, known, file = one.start, _known(one), life.file
    file(
        "AP_LA_NOT_INFORMED",
        SCHOOLS,
        "LaNotifiedOfApPlacement",
        in_time=start,
        due=plus_school_days(start, 5),
    )
    file(
        "AP_NAMED_CONTACT_MISSING",
        AP_REGISTER,
        "ApContactsNamed",
        in_time=start,
        due=plus_school_days(start, 2),
        home_school_contact="LINK_TEACHER",
        provider_contact="KEY_WORKER",
        **known,
    )
    file(
        "AP_PLACEMENT_PLAN_MISSING",
        AP_REGISTER,
        "ApPersonalisedPlanAgreed",
        in_time=plus_school_days(start, life.random.randint(1, 8)),
        due=plus_school_days(start, 10),
        objectives=["ATTENDANCE", "BEHAVIOUR"],
        expected_end_on=one.end,
        reintegration_route="POST16" if life.child.year_group == YEAR_11 else "MAINSTREAM",
        **known,
    )
    if life.child.full_plan:
        file(
            "EHC_AP_SECTION_I_MISMATCH",
            SEND,
            "EotasAgreed",
            in_time=plus_school_days(start, life.random.randint(3, 15)),
            due=plus_school_days(start, 20),
            plan=f"EHCP-{life.child.number:04d}",
        )


def _measure(life: Life, one: Placement) -> None:
    reviews = [record.event.record for record in life.told("ApReviewHeld")]
    held = [review["held_on"] for review in reviews if review.get("placement") == one.id]
    if not held or life.fails("AP_OUTCOME_NOT_MEASURED"):
        return
    for day in held:
        life.tell(
            AP_REGISTER,
            "OutcomeMeasured",
            measured_on=day,
            objective="ATTENDANCE",
            **_known(one),
        )


def _visit(life: Life, one: Placement) -> None:
    for first, last in halves(one.start, one.end):
        days = school_days(first, last)
        if len(days) >= _COUNTS_FROM:
            life.file(
                "AP_HOME_SCHOOL_NO_VISIT",
                SCHOOLS,
                "HomeSchoolVisitRecorded",
                in_time=life.random.choice(days[5:]),
                due=last,
            )


def _look_ahead(life: Life, one: Placement) -> None:
    if life.child.year_group >= _CAREERS_FROM:
        for first, last in terms(one.start, one.end):
            days = school_days(first, last)
            if len(days) >= _TERM_COUNTS_FROM:
                life.file(
                    "CAREERS_AP_GAP",
                    SCHOOLS,
                    "CareersActivityRecorded",
                    in_time=life.random.choice(days[3:]),
                    due=last,
                )
    if life.child.year_group == YEAR_11:
        life.file(
            "COLLEGE_VISIT_NOT_OFFERED",
            AP_REGISTER,
            "TransitionVisitOffered",
            in_time=min(plus_school_days(one.start, life.random.randint(10, 40)), _VISITS_BY),
            due=_VISITS_BY,
            provider="Wexcombe College",
        )


def _known(one: Placement) -> dict[str, Any]:
    return {"placement": one.id} if one.id else {}
