"""Stories of records that do not agree with each other, of which the checks tell."""

from __future__ import annotations

from producers.simulate import occasions
from producers.simulate.story import Story

CONTRADICTORY = (
    Story(
        name="typed twice",
        sentence="Assessment, enquiry and protection plan of a child are each opened twice, and "
        "the referral is closed over them.",
        year_group=6,
        traits=(),
        raises=(
            "DATA_TWO_OPEN_ASSESSMENTS",
            "DATA_TWO_OPEN_ENQUIRIES",
            "DATA_TWO_CP_PLANS",
            "DATA_CP_START_NOT_CONFERENCE",
            "DATA_CLOSED_WITH_OPEN_WORK",
        ),
        telling=occasions.typed_twice,
    ),
    Story(
        name="days that disagree",
        sentence="A conference is dated on a Saturday, its plan on the Monday, its review on that "
        "day too, and the plan for a child in need goes on.",
        year_group=4,
        traits=(),
        raises=(
            "DATA_CONFERENCE_ON_WEEKEND",
            "DATA_CP_START_NOT_CONFERENCE",
            "DATA_REVIEW_BEFORE_CP_PLAN",
            "DATA_CIN_PLAN_WITH_CP_PLAN",
        ),
        telling=occasions.days_that_disagree,
    ),
)
