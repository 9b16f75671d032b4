"""Stories of what nobody did: each child's papers are kept but for those that it names."""

from __future__ import annotations

from datetime import date

from producers.simulate import tellings
from producers.simulate.story import Story

LEFT_UNDONE = (
    Story(
        name="sent without a word",
        sentence="A child goes to a provider that nobody asked about its staff; it had not been "
        "there before, health and the council are not asked or told, and nobody is the contact.",
        year_group=9,
        traits=("ap", "health"),
        misses={
            "AP_LA_NOT_INFORMED": 20,
            "AP_NAMED_CONTACT_MISSING": None,
            "AP_SAFEGUARDING_CHECK_MISSING": 14,
            "AP_ENTRY_NO_INDUCTION": None,
            "HEALTH_ABSENT_FROM_AP_DECISION": None,
        },
        telling=tellings.long_placement,
    ),
    Story(
        name="a place without a purpose",
        sentence="A placement has no plan of its own, nothing is measured, the home school does "
        "not visit in one half-term, and a term goes by without a careers activity.",
        year_group=10,
        traits=("ap",),
        misses={
            "AP_PLACEMENT_PLAN_MISSING": None,
            "AP_OUTCOME_NOT_MEASURED": None,
            "AP_HOME_SCHOOL_NO_VISIT": None,
            "CAREERS_AP_GAP": None,
        },
        telling=tellings.long_placement,
    ),
    Story(
        name="nobody's placement",
        sentence="It is not said who commissioned a placement until weeks later, and a review of "
        "it is three weeks late.",
        year_group=9,
        traits=("ap",),
        misses={"AP_COMMISSIONER_UNCLEAR": 20, "AP_REVIEW_OVERDUE": 20},
        telling=tellings.long_placement,
    ),
    Story(
        name="year 11 without a next step",
        sentence="A Year 11 child in a placement has no guidance interview, no visit to a "
        "college, no plan for after it and no decision about its exit.",
        year_group=11,
        traits=("ap",),
        misses={
            "CAREERS_INTERVIEW_BY_16": None,
            "COLLEGE_VISIT_NOT_OFFERED": None,
            "AP_Y11_NO_POST16_PLAN": None,
            "AP_Y11_STAY_TO_END": None,
        },
        telling=tellings.until_summer,
    ),
    Story(
        name="place lost",
        sentence="A college is told nothing of a new student, who leaves in October; it tells the "
        "council two weeks too late.",
        year_group=11,
        traits=(),
        misses={
            "POST16_INFORMATION_NOT_TRANSFERRED": None,
            "POST16_NOT_SUSTAINED": None,
            "RPA_LEAVER_NOTICE": 12,
        },
        telling=tellings.leaver,
    ),
    Story(
        name="out of sight",
        sentence="A leaver is offered no place, and in October nobody knows what the young "
        "person does.",
        year_group=11,
        traits=(),
        misses={"SEPTEMBER_GUARANTEE_OFFER": None, "NEET_STATUS_UNKNOWN": None},
    ),
    Story(
        name="plan that is late",
        sentence="An EHC plan that was asked for is finalised six weeks too late.",
        year_group=4,
        traits=("request",),
        misses={"EHC_PLAN_20_WEEKS": 42},
        telling=tellings.assessed,
    ),
    Story(
        name="plan that nobody looks at",
        sentence="The yearly review of an EHC plan is two months late, and says nothing of work "
        "and health in adult life.",
        year_group=10,
        traits=("full_plan",),
        misses={"EHC_ANNUAL_REVIEW_OVERDUE": 60, "EHC_PFA_YEAR9_MISSING": None},
    ),
    Story(
        name="too young to wait",
        sentence="The plan of a child of four is not reviewed in its sixth month, and names no "
        "school before it starts there.",
        year_group=-1,
        traits=("full_plan",),
        misses={"EHC_REVIEW_UNDER_5": 40},
        raises=("EHC_PHASE_TRANSFER_OTHER",),
        telling=tellings.before_school,
    ),
    Story(
        name="core group without health",
        sentence="After a conference the core group meets three weeks late and never with health; "
        "both review conferences are late.",
        year_group=5,
        traits=("need", "protection"),
        misses={
            "CORE_GROUP_FIRST_10_DAYS": 21,
            "CORE_GROUP_AGENCY_ABSENT": None,
            "RCPC_FIRST_3_MONTHS": 20,
            "RCPC_NEXT_6_MONTHS": 30,
        },
        telling=tellings.protected(date(2024, 9, 16)),
    ),
    Story(
        name="new in care",
        sentence="A child comes into care in October; care plan, education plan and health "
        "assessment are a month late, and so is a visit.",
        year_group=7,
        traits=("care",),
        misses={
            "LAC_CARE_PLAN_10_DAYS": 32,
            "PEP_INITIATED_10_DAYS": 32,
            "PEP_READY_FIRST_REVIEW": 32,
            "LAC_IHA_20_DAYS": 32,
            "LAC_VISIT_OVERDUE": 20,
            "LAC_REVIEW_SECOND_3_MONTHS": 40,
        },
        telling=tellings.looked_after(date(2024, 10, 2)),
    ),
    Story(
        name="long in care",
        sentence="A child long in care goes to a provider and the virtual school is not asked; "
        "education plan, questionnaire, health assessment and a review fall behind.",
        year_group=8,
        traits=("ap", "care"),
        misses={
            "LAC_IN_AP_NO_VSH_CONSULT": None,
            "PEP_TERMLY": None,
            "LAC_SDQ_ANNUAL": 40,
            "LAC_RHA_OVERDUE": 40,
            "LAC_REVIEW_NEXT_6_MONTHS": 40,
        },
        telling=tellings.long_in_care,
    ),
    Story(
        name="sixteen in care",
        sentence="A looked after child turns 16; needs, plan and review for leaving care each "
        "come weeks too late.",
        year_group=11,
        traits=("care",),
        born=date(2008, 9, 10),
        misses={
            "PATHWAY_NEEDS_16Y3M": 20,
            "PATHWAY_PLAN_MISSING": 25,
            "PATHWAY_REVIEW_6_MONTHS": 30,
        },
        telling=tellings.sixteen_in_care,
    ),
    Story(
        name="a long wait",
        sentence="The clinic sees a child only weeks after it should have.",
        year_group=7,
        traits=("health",),
        misses={"CAMHS_WAIT_LONG": 20},
        telling=tellings.referred(date(2025, 1, 13)),
    ),
    Story(
        name="eighteen in October",
        sentence="A young person leaves the children's clinic by age, and nobody plans for it.",
        year_group=12,
        traits=("health",),
        born=date(2007, 10, 15),
        misses={"CAMHS_DISCHARGE_AT_18": None},
        telling=tellings.student_referred,
    ),
    Story(
        name="no way to adult services",
        sentence="A plan for the move to adult health services is two months late, nobody is "
        "named to see to it.",
        year_group=10,
        traits=(),
        misses={"HEALTH_NAMED_WORKER_MISSING": None},
        raises=("HEALTH_TRANSITION_PLAN_Y9",),
        telling=tellings.long_term,
    ),
    Story(
        name="plan put away",
        sentence="A plan for the move to adult health services is not looked at for a year.",
        year_group=9,
        traits=(),
        misses={"HEALTH_TRANSITION_ANNUAL": None},
        telling=tellings.planned_once,
    ),
)
