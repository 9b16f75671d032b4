"""Agencies working together: who is involved, the joint plan and what each contributes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from producers.simulate.life import Life, Placement
from producers.simulate.school_year import HORIZON, OPENING, plus_school_days, working_day_until
from producers.simulate.sources import AP_REGISTER, CASEWORK, CLINIC, SEND, Source

_SEVERAL = 2
_STANDS = timedelta(days=330)
"""A joint plan is made anew before it is a year old."""
_YEAR_8 = 8
_YEAR_9_BEGINS = date(2025, 9, 1)
SERVICES = {"EDUCATION": "LEARNING_SUPPORT", "HEALTH": "CAMHS", "SOCIAL_CARE": "FAMILY_SUPPORT"}
# Telephone numbers are among those that Ofcom keeps free for invented people.
LEADS: dict[str, dict[str, Any]] = {
    "EDUCATION": {
        "lead_role": "Special educational needs coordinator",
        "lead_team": "Learning support",
        "lead_contact": "01632 960140",
    },
    "HEALTH": {
        "lead_role": "Care coordinator",
        "lead_team": "Community team",
        "lead_contact": "01632 960151 ext 2",
    },
    "SOCIAL_CARE": {
        "lead_role": "Family support worker",
        "lead_team": "Family support",
        "lead_contact": "family.support@wexcombe.example",
    },
}


def work_together(
    life: Life, began: Mapping[str, date], placement: Placement | None = None
) -> dict[str, str]:
    """Tell each agency's involvement and the joint plans; return involvement ids by agency.

    began: the day on which each agency's work with the child began.
    """
    ids = {
        agency: life.tell(
            source_of(life, agency),
            "AgencyInvolvementStarted",
            started_on=on,
            agency=agency,
            service=SERVICES[agency],
            **LEADS[agency],
        )
        for agency, on in sorted(began.items())
    }
    _plan_together(life, began, placement)
    return ids


def _plan_together(life: Life, began: Mapping[str, date], placement: Placement | None) -> None:
    """Tell a plan for each day that makes one owed, until one is never made."""
    plans: list[date] = []
    for day in _days(life, began, placement):
        if _is_enough(plans, day, began):
            continue
        agreed_on = _agree(life, day, placement)
        if agreed_on is None:
            break
        plans.append(agreed_on)
    for agreed_on, replaced_on in pairwise([*plans, HORIZON]):
        _plan(life, agreed_on, sorted(_known(began, agreed_on)), _last_days(placement, replaced_on))


def _known(began: Mapping[str, date], day: date) -> set[str]:
    return {agency for agency, on in began.items() if on <= day}


def _is_enough(plans: list[date], day: date, began: Mapping[str, date]) -> bool:
    """Return whether the last plan stands and holds every agency, or no plan is owed."""
    known = _known(began, day)
    stands = bool(plans) and plans[-1] + _STANDS > day
    return len(known) < _SEVERAL or (stands and known <= _known(began, plans[-1]))


def _last_days(placement: Placement | None, replaced_on: date) -> dict[str, date]:
    """Return the day until which each agency owes what it agreed to contribute."""
    left_on = min(placement.end, replaced_on) if placement else replaced_on
    return {"EDUCATION": left_on, "HEALTH": replaced_on, "SOCIAL_CARE": replaced_on}


def _days(life: Life, began: Mapping[str, date], placement: Placement | None) -> list[date]:
    days = set(began.values())
    if placement is not None:
        days.add(placement.start)
    if life.child.year_group == _YEAR_8:
        days.add(_YEAR_9_BEGINS)
    return sorted(days)


def _agree(life: Life, day: date, placement: Placement | None) -> date | None:
    """Return when the plan that is owed since this day is agreed, None for never."""
    in_time = plus_school_days(day, life.random.randint(4, 14))
    due = plus_school_days(day, 20)
    if due <= OPENING or not _is_owed(life, day, due, placement):
        return in_time
    return life.met("JOINT_PLAN_MISSING", 0.06, in_time=in_time, due=due)


def _is_owed(life: Life, day: date, due: date, placement: Placement | None) -> bool:
    placed = placement is not None and placement.start <= day and due < placement.end
    return placed or life.child.year_group > _YEAR_8 or day >= _YEAR_9_BEGINS


def source_of(life: Life, agency: str) -> Source:
    """Return the system in which this agency records its work with the child."""
    education = AP_REGISTER if life.child.ap else SEND
    return {"EDUCATION": education, "HEALTH": CLINIC, "SOCIAL_CARE": CASEWORK}[agency]


def _plan(life: Life, agreed_on: date, contributors: list[str], until: Mapping[str, date]) -> None:
    plan = life.tell(CASEWORK, "JointPlanAgreed", agreed_on=agreed_on, contributors=contributors)
    for agency in contributors:
        contributed_on = _contributed_on(life, agreed_on, until[agency])
        if contributed_on is not None:
            _contribute(life, agency, plan, contributed_on)


def _contributed_on(life: Life, agreed_on: date, until: date) -> date | None:
    due = agreed_on + timedelta(weeks=6)
    in_time = max(
        working_day_until(agreed_on + timedelta(days=life.random.randint(6, 36))), agreed_on
    )
    if not OPENING < due < until - timedelta(days=14):
        return in_time
    return life.met("JOINT_PLAN_AGENCY_SILENT", 0.02, in_time=in_time, due=due)


def _contribute(life: Life, agency: str, plan: str, on: date) -> None:
    source = source_of(life, agency)
    # Only the system that wrote the plan knows the plan's number.
    known: dict[str, Any] = {"plan": plan} if source is CASEWORK else {}
    life.tell(source, "AgencyContributionRecorded", contributed_on=on, agency=agency, **known)
