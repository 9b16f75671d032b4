"""The duties: every rule of this version, listed by hand, and what each asks of a journey."""

from __future__ import annotations

from collections.abc import Mapping

from journey.calendars import Calendars
from journey.child import Journey
from journey.duties import (
    ap_attendance_silent,
    ap_commissioner_unclear,
    ap_exit_plan_missing,
    ap_max_period_exceeded,
    ap_review_overdue,
    ap_transition_decision_delayed,
    ap_unregistered_full_time,
    ap_y11_no_post16_plan,
    ap_y11_stay_to_end,
    careers_interview_by_16,
    ehc_phase_transfer_post16,
    ehc_plan_20_weeks,
    exclusion_day6_permanent,
    family_not_involved,
    icpc_15_days,
    joint_plan_agency_silent,
    joint_plan_missing,
    lac_review_first_20_days,
    lac_review_next_6_months,
    lac_review_second_3_months,
    post16_not_started,
    post16_not_sustained,
    post16_support_cliff_edge,
    september_guarantee_offer,
)
from journey.duties.duty import Case, Duty
from journey.duties.stops import stopped

__all__ = ["DUTIES", "RULES_VERSION", "all_duties", "by_event_type", "cases_of"]

RULES_VERSION = "2026-09"

DUTIES: tuple[Duty, ...] = (
    joint_plan_missing.DUTY,
    joint_plan_agency_silent.DUTY,
    ap_transition_decision_delayed.DUTY,
    ap_exit_plan_missing.DUTY,
    family_not_involved.DUTY,
    ap_commissioner_unclear.DUTY,
    ap_review_overdue.DUTY,
    ap_max_period_exceeded.DUTY,
    ap_attendance_silent.DUTY,
    ap_unregistered_full_time.DUTY,
    ap_y11_no_post16_plan.DUTY,
    ap_y11_stay_to_end.DUTY,
    exclusion_day6_permanent.DUTY,
    ehc_plan_20_weeks.DUTY,
    ehc_phase_transfer_post16.DUTY,
    september_guarantee_offer.DUTY,
    careers_interview_by_16.DUTY,
    post16_support_cliff_edge.DUTY,
    post16_not_started.DUTY,
    post16_not_sustained.DUTY,
    lac_review_first_20_days.DUTY,
    lac_review_second_3_months.DUTY,
    lac_review_next_6_months.DUTY,
    icpc_15_days.DUTY,
)


def all_duties() -> Mapping[str, Duty]:
    """Return every duty by id."""
    return {duty.id: duty for duty in DUTIES}


def by_event_type() -> Mapping[str, tuple[Duty, ...]]:
    """Return by event type the duties whose cases it can change."""
    types = sorted({name for duty in DUTIES for name in duty.reads})
    return {name: tuple(duty for duty in DUTIES if name in duty.reads) for name in types}


def cases_of(duty: Duty, journey: Journey, calendars: Calendars) -> tuple[Case, ...]:
    """Return the cases of a duty on a journey, ended where the child died, left or came of age."""
    if journey.facts.keys().isdisjoint(duty.reads):
        return ()  # where nothing happened nothing is owed
    return stopped(duty, journey, duty.cases(journey, duty.parameters, calendars))
