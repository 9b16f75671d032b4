"""How the stories are told that need an occasion which an ordinary year does not have."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from producers.simulate.life import Life, Record
from producers.simulate.paths.course import live
from producers.simulate.paths.ehc import hold_plan
from producers.simulate.paths.placement import be_placed
from producers.simulate.paths.schooling import provide
from producers.simulate.paths.social_work import be_protected
from producers.simulate.sources import CASEWORK, CLINIC, SCHOOLS, SEND
from producers.simulate.tellings import payload_of


def _expect(life: Life, *duties: str) -> None:
    for duty in duties:
        life.expect(duty)


def retell(life: Life, record: Record, **changes: Any) -> None:
    """Put what a record says otherwise, as if it had been told so."""
    life.records.remove(record)
    told = {**payload_of(record), **changes}
    life.tell(
        record.source, record.event.type, record=record.event.record["source_record_id"], **told
    )


def off_the_roll(life: Life) -> None:
    """Tell a removal from the roll in the middle of a placement."""
    live(life, be_placed(life, start=date(2024, 10, 7), end=date(2025, 4, 4)))
    life.tell(
        SCHOOLS,
        "PupilRemovedFromRoll",
        establishment=life.child.establishment,
        left_on=date(2025, 2, 10),
        reason="MOVED",
    )
    _expect(life, "AP_ROLL_REMOVED")


def needs_not_met(life: Life) -> None:
    """Tell a placement without an end, at a provider that lacks what the plan asks for."""
    live(life, be_placed(life, start=date(2025, 1, 13), end=date(2025, 3, 28)))
    for plan in life.told("EhcPlanFinalised"):
        retell(life, plan, need_types=["ASD"])
    for placed in life.told("ApPlacementStarted"):
        retell(life, placed, provider_need_types=["SEMH"], off_site_direction=True, max_end_on=None)
    _expect(life, "AP_NEEDS_MISMATCH", "AP_MAX_PERIOD_NOT_AGREED")


def two_places(life: Life) -> None:
    """Tell two placements of half a week each at places that are no schools."""
    until = date(2025, 4, 4)
    first = be_placed(life, start=date(2024, 10, 7), end=until, unregistered_hours=12.5)
    second = be_placed(life, start=date(2024, 11, 18), end=until, unregistered_hours=12.5)
    providers = {first.id: "Fellside Farm", second.id: "Second Gear Motors"}
    for placed in life.told("ApPlacementStarted"):
        retell(life, placed, provider=providers[placed.event.record["source_record_id"]])
    _expect(life, "AP_MULTIPLE_UNREGISTERED", "AP_HOME_SCHOOL_NO_VISIT")


def ill(life: Life) -> None:
    """Tell a long absence for health, known beforehand."""
    on = date(2025, 1, 13)
    life.tell(SCHOOLS, "HealthAbsenceDeclared", declared_on=on, from_on=on, school_days=20)
    provide(life, date(2025, 2, 10))
    _expect(life, "HEALTH_ABSENCE_15_DAYS")


def suspended(life: Life) -> None:
    """Tell a protection plan, and a suspension of more than three weeks."""
    be_protected(life, date(2024, 9, 23))
    life.tell(
        SCHOOLS,
        "SuspensionStarted",
        establishment=life.child.establishment,
        start_on=date(2025, 1, 22),
        sessions=32,
        reason="DB",
    )
    _expect(
        life,
        "EXCLUSION_DAY6_SUSPENSION",
        "SUSPENSION_TOTAL_45_DAYS",
        "CP_EXCLUDED_NO_STRATEGY_CHECK",
    )


def directed(life: Life) -> None:
    """Tell a direction off site, a notice that comes too late, and a review not held."""
    direction = life.tell(
        SCHOOLS,
        "OffSiteDirectionDetermined",
        determined_on=date(2025, 1, 13),
        first_day_on=date(2025, 1, 15),
    )
    life.tell(
        SCHOOLS,
        "OffSiteNoticeServed",
        direction=direction,
        served_on=date(2025, 1, 20),
        address_given=True,
        report_to_given=True,
        number_of_days_given=True,
        reasons_given=True,
        session_times_given=True,
    )
    life.tell(
        SCHOOLS,
        "OffSiteReviewRequested",
        direction=direction,
        requested_on=date(2025, 2, 24),
        requested_by="PARENT",
    )
    _expect(life, "OFFSITE_DIRECTION_NOTICE_SHORT", "OFFSITE_DIRECTION_REVIEW_REQUEST")


def stalled(life: Life) -> None:
    """Tell an assessment of which every step is late, and a plan made final too soon."""
    request = life.tell(
        SEND,
        "EhcNeedsAssessmentRequested",
        received_on=date(2024, 9, 16),
        requested_by="PARENT",
    )
    life.tell(
        SEND,
        "EhcAssessmentDecisionIssued",
        request=request,
        decided_on=date(2024, 11, 11),
        will_assess=True,
    )
    advice = life.tell(
        SEND,
        "EhcAdviceRequested",
        request=request,
        requested_on=date(2024, 11, 12),
        body="HEALTH",
    )
    life.tell(
        SEND, "EhcAdviceReceived", advice=advice, received_on=date(2025, 1, 21), body="HEALTH"
    )
    life.tell(SEND, "EhcDraftPlanServed", request=request, served_on=date(2025, 1, 24))
    life.tell(
        SEND,
        "EhcPlanFinalised",
        request=request,
        plan=f"EHCP-{life.child.number:04d}",
        finalised_on=date(2025, 1, 31),
        section_i_establishment=life.child.establishment,
    )
    _expect(
        life,
        "EHC_DECISION_TO_ASSESS",
        "EHC_ADVICE_RESPONSE",
        "EHC_REFUSE_PLAN_NOTICE",
        "EHC_DRAFT_COMMENT_WINDOW",
    )


def dragged_on(life: Life) -> None:
    """Tell a review meeting of which everything comes late."""
    hold_plan(life)
    plan = f"EHCP-{life.child.number:04d}"
    meeting = life.tell(
        SEND,
        "EhcReviewMeetingScheduled",
        plan=plan,
        scheduled_on=date(2025, 1, 6),
        meeting_on=date(2025, 2, 10),
    )
    life.tell(SEND, "EhcReviewPapersCirculated", meeting=meeting, circulated_on=date(2025, 2, 3))
    held = life.tell(SEND, "EhcReviewMeetingHeld", plan=plan, held_on=date(2025, 2, 10))
    life.tell(SEND, "EhcReviewReportSubmitted", meeting=held, submitted_on=date(2025, 3, 10))
    life.tell(SEND, "EhcAmendmentNoticeServed", meeting=held, served_on=date(2025, 3, 24))
    life.tell(
        SEND,
        "EhcPlanFinalised",
        plan=plan,
        finalised_on=date(2025, 6, 2),
        section_i_establishment=life.child.establishment,
    )
    _expect(
        life,
        "EHC_REVIEW_PAPERS_LATE",
        "EHC_REVIEW_REPORT_LATE",
        "EHC_REVIEW_DECISION_4_WEEKS",
        "EHC_AMENDED_FINAL_8_WEEKS",
    )


def another_college(life: Life) -> None:
    """Tell that a student will move to another college in September."""
    live(life)
    life.tell(
        SEND,
        "Post16TransferPlanned",
        plan=f"EHCP-{life.child.number:04d}",
        planned_on=date(2025, 1, 20),
        transfer_on=date(2025, 9, 8),
    )
    _expect(life, "EHC_POST16_TO_POST16")


def ceased(life: Life) -> None:
    """Tell a plan that ceases before anybody reviewed it."""
    plan = f"EHCP-{life.child.number:04d}"
    life.tell(
        SEND,
        "EhcPlanFinalised",
        plan=plan,
        finalised_on=date(2024, 6, 10),
        section_i_establishment=life.child.establishment,
    )
    life.tell(SEND, "EhcPlanCeased", plan=plan, ceased_on=date(2025, 4, 10), reason_code="OTHER")
    _expect(life, "EHC_CEASED_WITHOUT_REVIEW")


def unanswered(life: Life) -> None:
    """Tell a referral that is assessed late, and a harm that is talked about late."""
    referral = life.tell(
        CASEWORK,
        "ReferralReceived",
        received_on=date(2025, 1, 13),
        source_code="1A",
        need_code="N1",
    )
    life.tell(
        CASEWORK, "SignificantHarmSuspected", referral=referral, suspected_on=date(2025, 1, 20)
    )
    life.tell(
        CASEWORK, "StrategyDiscussionHeld", held_on=date(2025, 1, 29), section47_started=False
    )
    life.tell(
        CASEWORK,
        "AssessmentAuthorised",
        referral=referral,
        authorised_on=date(2025, 4, 14),
        outcome="NFA",
    )
    _expect(life, "ASSESSMENT_45_DAYS", "STRATEGY_DISCUSSION_MISSING")


def eating_disorder(life: Life) -> None:
    """Tell two referrals for an eating disorder, each treated too late."""
    for received_on, urgency, weeks in (
        (date(2024, 10, 7), "ROUTINE", 8),
        (date(2025, 3, 3), "URGENT", 3),
    ):
        referral = life.tell(
            CLINIC,
            "HealthReferralReceived",
            received_on=received_on,
            category="CAMHS",
            camhs_pathway="EATING_DISORDER",
            urgency=urgency,
        )
        life.tell(
            CLINIC,
            "TreatmentStarted",
            referral=referral,
            started_on=received_on + timedelta(weeks=weeks),
            category="CAMHS",
        )
    _expect(life, "CAMHS_ED_ROUTINE_4_WEEKS", "CAMHS_ED_URGENT_1_WEEK")


def typed_twice(life: Life) -> None:
    """Tell an assessment, an enquiry and a plan each twice, and a referral closed over them."""
    referral = life.tell(
        CASEWORK,
        "ReferralReceived",
        received_on=date(2025, 1, 13),
        source_code="1A",
        need_code="N1",
    )
    for on in (date(2025, 1, 14), date(2025, 1, 15)):
        life.tell(CASEWORK, "AssessmentStarted", referral=referral, started_on=on)
        life.tell(CASEWORK, "Section47Started", started_on=on)
    life.tell(CASEWORK, "IcpcHeld", held_on=date(2025, 1, 27), outcome="PLAN")
    plans = [
        life.tell(CASEWORK, "CpPlanStarted", started_on=date(2025, 1, 27), category="NEG"),
        life.tell(CASEWORK, "CpPlanStarted", started_on=date(2025, 2, 3), category="NEG"),
    ]
    life.tell(
        CASEWORK,
        "ReferralClosed",
        referral=referral,
        closed_on=date(2025, 2, 10),
        reason_code="RC8",
    )
    for on in (date(2025, 2, 5), date(2025, 2, 17)):
        life.tell(
            CASEWORK, "AssessmentAuthorised", referral=referral, authorised_on=on, outcome="CP"
        )
    life.tell(CASEWORK, "CpPlanEnded", plan=plans[1], ended_on=date(2025, 2, 17))
    _expect(
        life,
        "DATA_TWO_OPEN_ASSESSMENTS",
        "DATA_TWO_OPEN_ENQUIRIES",
        "DATA_TWO_CP_PLANS",
        "DATA_CP_START_NOT_CONFERENCE",
        "DATA_CLOSED_WITH_OPEN_WORK",
    )


def days_that_disagree(life: Life) -> None:
    """Tell a conference, a plan and a review on days that cannot be."""
    life.tell(CASEWORK, "CinPlanAgreed", agreed_on=date(2024, 10, 1))
    life.tell(CASEWORK, "IcpcHeld", held_on=date(2025, 1, 11), outcome="PLAN")
    plan = life.tell(CASEWORK, "CpPlanStarted", started_on=date(2025, 1, 13), category="NEG")
    life.tell(CASEWORK, "ReviewConferenceHeld", plan=plan, held_on=date(2025, 1, 13))
    life.tell(CASEWORK, "CinPlanEnded", ended_on=date(2025, 2, 10))
    _expect(
        life,
        "DATA_CONFERENCE_ON_WEEKEND",
        "DATA_CP_START_NOT_CONFERENCE",
        "DATA_REVIEW_BEFORE_CP_PLAN",
        "DATA_CIN_PLAN_WITH_CP_PLAN",
    )
