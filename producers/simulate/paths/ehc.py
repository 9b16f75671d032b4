"""Education, health and care plans: asked for, decided, finalised and moved to post-16."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from producers.simulate.life import Life
from producers.simulate.population import YEAR_11, YEAR_12
from producers.simulate.school_year import HORIZON, OPENING, working_day_from, working_day_until
from producers.simulate.sources import SEND

PHASE_TRANSFER = date(2025, 3, 30)
PREPARED_FOR = ("EMPLOYMENT", "INDEPENDENT_LIVING", "COMMUNITY", "HEALTH")
CHANGING_PHASE = (6, 7)
"""The year groups, now or a year ago, that moved to secondary school."""
_TWENTY_WEEKS = timedelta(weeks=20)
_NEARLY_A_YEAR = timedelta(days=330)
_NEARLY_SIX_MONTHS = timedelta(days=170)
_A_YEAR, _SIX_MONTHS = timedelta(days=366), timedelta(days=184)
_PREPARED = "EHC_PFA_YEAR9_MISSING"
_FIVE_YEARS = timedelta(days=5 * 366)


def hold_plan(life: Life) -> date:
    """Tell a plan that was there before the year, and its transfer; return when it was made."""
    plan = f"EHCP-{life.child.number:04d}"
    moved_on_already = life.child.year_group == YEAR_12
    last = date(2024, 3, 15) if moved_on_already else date(2024, 6, 28)
    finalised_on = working_day_from(life.between(date(2023, 9, 4), last))
    _finalise(life, plan, finalised_on, post16=moved_on_already)
    _review(life, plan, finalised_on, timedelta(days=life.random.randint(300, 350)))
    if life.child.year_group == YEAR_11:
        _name_post16(life, plan)
    return finalised_on


def _review(life: Life, plan: str, finalised_on: date, every: timedelta) -> None:
    """Tell every review of a plan, sooner while the child is under five.

    Each covers all of preparing for adulthood.
    """
    five = life.child.birth + _FIVE_YEARS
    reviewed_on = finalised_on
    while True:
        soon = _NEARLY_SIX_MONTHS if reviewed_on < five else every
        duty = "EHC_REVIEW_UNDER_5" if reviewed_on < five else "EHC_ANNUAL_REVIEW_OVERDUE"
        in_time = working_day_until(reviewed_on + soon)
        if in_time > HORIZON:
            return
        due = reviewed_on + (_SIX_MONTHS if reviewed_on < five else _A_YEAR)
        held_on = life.met(duty, 0.0, in_time=in_time, due=due) if due > OPENING else in_time
        if held_on is None or held_on > HORIZON:
            return
        reviewed_on = working_day_from(held_on)
        covers_less = reviewed_on > OPENING and life.fails(_PREPARED)
        covered = PREPARED_FOR[:2] if covers_less else PREPARED_FOR
        life.tell(
            SEND,
            "EhcReviewCompleted",
            plan=plan,
            completed_on=reviewed_on,
            pfa_outcomes=list(covered),
            slack=4,
        )


def _finalise(life: Life, plan: str, on: date, *, post16: bool = False, request: str = "") -> None:
    asked: dict[str, Any] = {"request": request} if request else {}
    life.tell(
        SEND,
        "EhcPlanFinalised",
        plan=plan,
        finalised_on=on,
        post16_placement_named=post16,
        phase_placement_named=life.child.year_group in CHANGING_PHASE,
        section_i_establishment="Wexcombe College" if post16 else life.child.establishment,
        **asked,
    )


def _name_post16(life: Life, plan: str) -> None:
    in_time = working_day_until(life.between(date(2024, 11, 18), date(2025, 3, 21)))
    named_on = life.met("EHC_PHASE_TRANSFER_POST16", 0.1, in_time=in_time, due=PHASE_TRANSFER)
    if named_on is not None:
        _finalise(life, plan, named_on, post16=True)


def ask_for_plan(life: Life, received_on: date | None = None) -> None:
    """Tell a request for an assessment in the year and what became of it.

    received_on: the day of the request where a story says so; a plan always follows from it.
    """
    told = received_on is not None
    received_on = received_on or life.between(date(2024, 9, 5), date(2025, 5, 30))
    received_on = working_day_from(received_on)
    request = life.tell(
        SEND,
        "EhcNeedsAssessmentRequested",
        received_on=received_on,
        requested_by=life.random.choice(("SCHOOL", "PARENT")),
    )
    will_assess = life.random.random() > 0.2 or told
    life.tell(
        SEND,
        "EhcAssessmentDecisionIssued",
        request=request,
        decided_on=working_day_until(received_on + timedelta(days=life.random.randint(28, 41))),
        will_assess=will_assess,
    )
    if will_assess:
        _conclude(life, request, received_on, told)


def _conclude(life: Life, request: str, received_on: date, planned: bool) -> None:
    if life.random.random() < 0.12 and not planned:
        life.tell(
            SEND,
            "EhcNoPlanDecisionIssued",
            request=request,
            decided_on=working_day_until(
                received_on + timedelta(days=life.random.randint(90, 110))
            ),
        )
        return
    due = received_on + _TWENTY_WEEKS
    in_time = working_day_until(received_on + timedelta(days=life.random.randint(105, 137)))
    # About half of all new plans in England are late; here nearly a third.
    finalised_on = life.met("EHC_PLAN_20_WEEKS", 0.3, in_time=in_time, due=due)
    if finalised_on is not None:
        plan = f"EHCP-{life.child.number:04d}"
        finalised_on = working_day_from(finalised_on)
        _finalise(life, plan, finalised_on, request=request)
        _review(life, plan, finalised_on, _NEARLY_A_YEAR)
