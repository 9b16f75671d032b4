"""Stories of occasions that an ordinary year does not have, and of what they ask for too late."""

from __future__ import annotations

from producers.simulate import occasions
from producers.simulate.story import Story

OVERDUE = (
    Story(
        name="off the roll",
        sentence="A school takes a child off its roll in the middle of a placement, and the "
        "council did not agree.",
        year_group=9,
        traits=("ap",),
        raises=("AP_ROLL_REMOVED",),
        telling=occasions.off_the_roll,
    ),
    Story(
        name="needs not met",
        sentence="A child with autism goes to a provider that is not made for it, without an end; "
        "neither plan nor agreement say anything of it.",
        year_group=8,
        traits=("ap", "full_plan"),
        misses={"EHC_AP_SECTION_I_MISMATCH": None},
        raises=("AP_NEEDS_MISMATCH", "AP_MAX_PERIOD_NOT_AGREED"),
        telling=occasions.needs_not_met,
    ),
    Story(
        name="two places, no school",
        sentence="A child spends the whole week at two places that are no schools; in one "
        "half-term its home school visits only one of them.",
        year_group=10,
        traits=("ap",),
        raises=("AP_MULTIPLE_UNREGISTERED", "AP_HOME_SCHOOL_NO_VISIT"),
        telling=occasions.two_places,
    ),
    Story(
        name="away for its health",
        sentence="A child will be ill for a month, and education starts three weeks too late.",
        year_group=8,
        traits=(),
        raises=("HEALTH_ABSENCE_15_DAYS",),
        telling=occasions.ill,
    ),
    Story(
        name="suspended for weeks",
        sentence="A child with a protection plan is suspended for 16 days; no education is "
        "arranged, and council, social worker and core group are not told.",
        year_group=9,
        traits=("need", "protection"),
        misses={"EXCLUSION_LA_NOTICE_MISSING": None, "EXCLUSION_NO_SOCIAL_WORKER_NOTICE": None},
        raises=(
            "EXCLUSION_DAY6_SUSPENSION",
            "SUSPENSION_TOTAL_45_DAYS",
            "CP_EXCLUDED_NO_STRATEGY_CHECK",
        ),
        telling=occasions.suspended,
    ),
    Story(
        name="directed without notice",
        sentence="A pupil is directed off site; the notice comes after the first day, and the "
        "review that the parents ask for is not held.",
        year_group=9,
        traits=(),
        raises=("OFFSITE_DIRECTION_NOTICE_SHORT", "OFFSITE_DIRECTION_REVIEW_REQUEST"),
        telling=occasions.directed,
    ),
    Story(
        name="assessment that stalls",
        sentence="Decision, health's advice and draft of an EHC assessment are late; then the plan "
        "is made final a week after the draft, before the family answered.",
        year_group=3,
        traits=("request",),
        raises=(
            "EHC_DECISION_TO_ASSESS",
            "EHC_ADVICE_RESPONSE",
            "EHC_REFUSE_PLAN_NOTICE",
            "EHC_DRAFT_COMMENT_WINDOW",
        ),
        telling=occasions.stalled,
    ),
    Story(
        name="review that drags on",
        sentence="Papers, report and decision of a review meeting are late, and so is the plan "
        "that was to be changed.",
        year_group=8,
        traits=("full_plan",),
        raises=(
            "EHC_REVIEW_PAPERS_LATE",
            "EHC_REVIEW_REPORT_LATE",
            "EHC_REVIEW_DECISION_4_WEEKS",
            "EHC_AMENDED_FINAL_8_WEEKS",
        ),
        telling=occasions.dragged_on,
    ),
    Story(
        name="another college",
        sentence="A student with a plan is to move to another college, which the plan does not "
        "name in time.",
        year_group=12,
        traits=("full_plan",),
        raises=("EHC_POST16_TO_POST16",),
        telling=occasions.another_college,
    ),
    Story(
        name="plan ended unseen",
        sentence="An EHC plan ceases without any review of it.",
        year_group=5,
        traits=(),
        raises=("EHC_CEASED_WITHOUT_REVIEW",),
        telling=occasions.ceased,
    ),
    Story(
        name="referral unanswered",
        sentence="A referral is decided on after a week and assessed a month late; harm is "
        "suspected and not talked about for a week.",
        year_group=3,
        traits=(),
        misses={"REFERRAL_DECISION_1_DAY": 6},
        raises=("ASSESSMENT_45_DAYS", "STRATEGY_DISCUSSION_MISSING"),
        telling=occasions.unanswered,
    ),
    Story(
        name="eating disorder",
        sentence="A child is referred for an eating disorder, later again as urgent, and is "
        "treated too late both times.",
        year_group=9,
        traits=(),
        raises=("CAMHS_ED_ROUTINE_4_WEEKS", "CAMHS_ED_URGENT_1_WEEK"),
        telling=occasions.eating_disorder,
    ),
)
