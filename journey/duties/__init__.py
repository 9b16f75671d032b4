"""The duties: every rule of this version, listed by hand, and what each asks of a journey."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from journey.calendars import Calendars
from journey.child import Journey
from journey.duties import (
    ap_attendance_silent,
    ap_commissioner_unclear,
    ap_entry_no_induction,
    ap_exit_plan_missing,
    ap_home_school_no_visit,
    ap_la_not_informed,
    ap_max_period_exceeded,
    ap_max_period_not_agreed,
    ap_multiple_unregistered,
    ap_named_contact_missing,
    ap_needs_mismatch,
    ap_outcome_not_measured,
    ap_placement_plan_missing,
    ap_review_overdue,
    ap_roll_removed,
    ap_safeguarding_check_missing,
    ap_transition_decision_delayed,
    ap_unregistered_12_weeks,
    ap_unregistered_five_pupils,
    ap_unregistered_full_time,
    ap_unregistered_sessions_limit,
    ap_y11_no_post16_plan,
    ap_y11_stay_to_end,
    assessment_45_days,
    camhs_discharge_at_18,
    camhs_ed_routine_4_weeks,
    camhs_ed_urgent_1_week,
    camhs_wait_long,
    careers_ap_gap,
    careers_interview_by_16,
    cin_plan_missing,
    cin_review_overdue,
    college_visit_not_offered,
    core_group_agency_absent,
    core_group_first_10_days,
    core_group_repeat,
    cp_excluded_no_strategy_check,
    data_cin_plan_with_cp_plan,
    data_closed_with_open_work,
    data_conference_on_weekend,
    data_cp_start_not_conference,
    data_dated_in_future,
    data_ended_before_begun,
    data_review_before_cp_plan,
    data_two_cp_plans,
    data_two_open_assessments,
    data_two_open_enquiries,
    data_two_placements,
    ehc_advice_response,
    ehc_amended_final_8_weeks,
    ehc_annual_review_overdue,
    ehc_ap_section_i_mismatch,
    ehc_ceased_without_review,
    ehc_decision_to_assess,
    ehc_draft_comment_window,
    ehc_pfa_year9_missing,
    ehc_phase_transfer_other,
    ehc_phase_transfer_post16,
    ehc_plan_20_weeks,
    ehc_post16_to_post16,
    ehc_refuse_plan_notice,
    ehc_review_decision_4_weeks,
    ehc_review_papers_late,
    ehc_review_report_late,
    ehc_review_under_5,
    exclusion_day6_permanent,
    exclusion_day6_suspension,
    exclusion_la_notice_missing,
    exclusion_no_social_worker_notice,
    family_not_involved,
    health_absence_15_days,
    health_absent_from_ap_decision,
    health_named_worker_missing,
    health_transition_annual,
    health_transition_plan_y9,
    icpc_15_days,
    icpc_report_late,
    joint_plan_agency_silent,
    joint_plan_missing,
    lac_care_plan_10_days,
    lac_iha_20_days,
    lac_in_ap_no_vsh_consult,
    lac_review_first_20_days,
    lac_review_next_6_months,
    lac_review_second_3_months,
    lac_rha_overdue,
    lac_sdq_annual,
    lac_visit_overdue,
    neet_status_unknown,
    offsite_direction_notice_short,
    offsite_direction_review_request,
    pathway_needs_16y3m,
    pathway_plan_missing,
    pathway_review_6_months,
    pep_initiated_10_days,
    pep_ready_first_review,
    pep_termly,
    post16_information_not_transferred,
    post16_not_started,
    post16_not_sustained,
    post16_support_cliff_edge,
    rcpc_first_3_months,
    rcpc_next_6_months,
    referral_decision_1_day,
    rpa_leaver_notice,
    september_guarantee_offer,
    strategy_discussion_missing,
    suspension_total_45_days,
)
from journey.duties.duty import Case, Duty
from journey.duties.eras import judged
from journey.duties.stages import staged
from journey.duties.stops import stopped

__all__ = [
    "DUTIES",
    "GROUPS",
    "ON_BY_DEFAULT",
    "RULES_VERSION",
    "all_duties",
    "by_event_type",
    "cases_of",
]

RULES_VERSION = "2026-11"

GROUPS: Mapping[str, tuple[Duty, ...]] = MappingProxyType(
    {
        "Working together": (
            joint_plan_missing.DUTY,
            joint_plan_agency_silent.DUTY,
            family_not_involved.DUTY,
            health_absent_from_ap_decision.DUTY,
        ),
        "Alternative provision": (
            ap_commissioner_unclear.DUTY,
            ap_la_not_informed.DUTY,
            ap_named_contact_missing.DUTY,
            ap_safeguarding_check_missing.DUTY,
            ap_entry_no_induction.DUTY,
            ap_needs_mismatch.DUTY,
            ap_placement_plan_missing.DUTY,
            ap_exit_plan_missing.DUTY,
            ap_review_overdue.DUTY,
            ap_outcome_not_measured.DUTY,
            ap_home_school_no_visit.DUTY,
            ap_max_period_not_agreed.DUTY,
            ap_max_period_exceeded.DUTY,
            ap_transition_decision_delayed.DUTY,
            ap_attendance_silent.DUTY,
            ap_roll_removed.DUTY,
            ap_unregistered_full_time.DUTY,
            ap_unregistered_five_pupils.DUTY,
            ap_unregistered_sessions_limit.DUTY,
            ap_unregistered_12_weeks.DUTY,
            ap_multiple_unregistered.DUTY,
            health_absence_15_days.DUTY,
        ),
        "Exclusion and off-site direction": (
            exclusion_day6_permanent.DUTY,
            exclusion_day6_suspension.DUTY,
            exclusion_la_notice_missing.DUTY,
            exclusion_no_social_worker_notice.DUTY,
            suspension_total_45_days.DUTY,
            offsite_direction_notice_short.DUTY,
            offsite_direction_review_request.DUTY,
        ),
        "EHC plans": (
            ehc_decision_to_assess.DUTY,
            ehc_advice_response.DUTY,
            ehc_refuse_plan_notice.DUTY,
            ehc_draft_comment_window.DUTY,
            ehc_plan_20_weeks.DUTY,
            ehc_annual_review_overdue.DUTY,
            ehc_review_under_5.DUTY,
            ehc_review_papers_late.DUTY,
            ehc_review_report_late.DUTY,
            ehc_review_decision_4_weeks.DUTY,
            ehc_amended_final_8_weeks.DUTY,
            ehc_phase_transfer_post16.DUTY,
            ehc_phase_transfer_other.DUTY,
            ehc_post16_to_post16.DUTY,
            ehc_pfa_year9_missing.DUTY,
            ehc_ceased_without_review.DUTY,
            ehc_ap_section_i_mismatch.DUTY,
        ),
        "Children in need and child protection": (
            referral_decision_1_day.DUTY,
            assessment_45_days.DUTY,
            strategy_discussion_missing.DUTY,
            icpc_15_days.DUTY,
            icpc_report_late.DUTY,
            core_group_first_10_days.DUTY,
            core_group_repeat.DUTY,
            core_group_agency_absent.DUTY,
            rcpc_first_3_months.DUTY,
            rcpc_next_6_months.DUTY,
            cin_plan_missing.DUTY,
            cin_review_overdue.DUTY,
            cp_excluded_no_strategy_check.DUTY,
        ),
        "Looked after children and leaving care": (
            lac_care_plan_10_days.DUTY,
            lac_review_first_20_days.DUTY,
            lac_review_second_3_months.DUTY,
            lac_review_next_6_months.DUTY,
            lac_visit_overdue.DUTY,
            pep_initiated_10_days.DUTY,
            pep_ready_first_review.DUTY,
            pep_termly.DUTY,
            lac_iha_20_days.DUTY,
            lac_rha_overdue.DUTY,
            lac_sdq_annual.DUTY,
            lac_in_ap_no_vsh_consult.DUTY,
            pathway_needs_16y3m.DUTY,
            pathway_plan_missing.DUTY,
            pathway_review_6_months.DUTY,
        ),
        "Careers and the move to post-16": (
            ap_y11_no_post16_plan.DUTY,
            ap_y11_stay_to_end.DUTY,
            careers_interview_by_16.DUTY,
            careers_ap_gap.DUTY,
            college_visit_not_offered.DUTY,
            september_guarantee_offer.DUTY,
            post16_information_not_transferred.DUTY,
            post16_support_cliff_edge.DUTY,
            post16_not_started.DUTY,
            post16_not_sustained.DUTY,
            rpa_leaver_notice.DUTY,
            neet_status_unknown.DUTY,
        ),
        "Health": (
            camhs_ed_urgent_1_week.DUTY,
            camhs_ed_routine_4_weeks.DUTY,
            camhs_wait_long.DUTY,
            camhs_discharge_at_18.DUTY,
            health_transition_plan_y9.DUTY,
            health_named_worker_missing.DUTY,
            health_transition_annual.DUTY,
        ),
        "Checks that records agree": (
            data_cin_plan_with_cp_plan.DUTY,
            data_two_cp_plans.DUTY,
            data_two_open_assessments.DUTY,
            data_two_open_enquiries.DUTY,
            data_cp_start_not_conference.DUTY,
            data_review_before_cp_plan.DUTY,
            data_conference_on_weekend.DUTY,
            data_closed_with_open_work.DUTY,
            data_dated_in_future.DUTY,
            data_ended_before_begun.DUTY,
            data_two_placements.DUTY,
        ),
    }
)
"""The duties by what they are about."""

DUTIES: tuple[Duty, ...] = tuple(duty for group in GROUPS.values() for duty in group)

ON_BY_DEFAULT: tuple[Duty, ...] = tuple(duty for duty in DUTIES if duty.on)
"""What is asked where a local authority has switched nothing on or off."""


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
    if duty.eras:
        return judged(duty, journey, calendars)
    found = stopped(duty, journey, duty.cases(journey, duty.parameters, calendars))
    return tuple(staged(duty, case) for case in found) if duty.is_staged else found
