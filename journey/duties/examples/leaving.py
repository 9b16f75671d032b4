"""Worked examples of the duties on year 11 and on the move to a post-16 place."""

from __future__ import annotations

from journey.duties.examples.example import Example, Given, given, taken_back

YEAR_11 = "2010-03-01"
"""Born then, a child is in year 11 in 2025/26."""
PLACED = given("ApPlacementStarted", "2025-09-08", "P", provider="The Kiln")
ON_ROLL = given("PupilJoinedRoll", "2021-09-01", "J", establishment="S1")
ACCEPTED = given(
    "Post16OfferAccepted", "2026-06-24", "A", provider="College", start_on="2026-09-07"
)


def _seen(on: str) -> Given:
    return given("Post16ParticipationConfirmed", on, provider="College")


LEAVING_EXAMPLES: tuple[Example, ...] = (
    Example(
        duty="AP_Y11_NO_POST16_PLAN",
        title="31 January is the last day; after 31 May it is critical",
        born=YEAR_11,
        given=(PLACED,),
        expected=("2025/26: due 31 January 2026, critical after 31 May 2026; not met",),
        then=(given("Post16PlanAgreed", "2026-01-31", provider="College", pathway="VOCATIONAL"),),
        expected_then=(
            "2025/26: due 31 January 2026, critical after 31 May 2026; met 31 January 2026",
        ),
    ),
    Example(
        duty="AP_Y11_NO_POST16_PLAN",
        title="Leaving in March ends it; leaving at the end of year 11 without a plan does not",
        born=YEAR_11,
        given=(PLACED, given("ApPlacementEnded", "2026-03-06", "L", placement="P")),
        expected=(
            "2025/26: due 31 January 2026, critical after 31 May 2026; ended 6 March 2026, late",
        ),
        then=(given("ApPlacementEnded", "2026-06-26", "L", placement="P"),),
        expected_then=("2025/26: due 31 January 2026, critical after 31 May 2026; not met",),
    ),
    Example(
        duty="AP_Y11_STAY_TO_END",
        title="A decision by the last day of the spring term of year 11",
        born=YEAR_11,
        given=(
            PLACED,
            given("ExitDecisionRecorded", "2026-03-27", placement="P", decision="STAY"),
        ),
        expected=("due 27 March 2026; met 27 March 2026",),
        then=(taken_back("ExitDecisionRecorded", "2026-03-27", ""),),
        expected_then=("due 27 March 2026; not met",),
    ),
    Example(
        duty="AP_Y11_STAY_TO_END",
        title="Placed in April of year 11: 20 school days",
        born=YEAR_11,
        given=(given("ApPlacementStarted", "2026-04-13", "P", provider="The Kiln"),),
        expected=("due 12 May 2026; not met",),
    ),
    Example(
        duty="SEPTEMBER_GUARANTEE_OFFER",
        title="An offer that is not suitable does not count; 30 September is in time",
        born=YEAR_11,
        given=(
            given("PupilJoinedRoll", "2021-09-01", "J", establishment="S1"),
            given("PupilRemovedFromRoll", "2026-06-26", establishment="S1"),
            given("Post16OfferRecorded", "2026-02-02", suitable=False),
        ),
        expected=("2025/26: due 30 September 2026; not met",),
        then=(given("Post16OfferRecorded", "2026-09-30", suitable=True),),
        expected_then=("2025/26: due 30 September 2026; met 30 September 2026",),
    ),
    Example(
        duty="SEPTEMBER_GUARANTEE_OFFER",
        title="A course of year 12 that still stands is a place for year 13; lost, one is owed",
        born="2009-03-01",
        given=(given("Post16Enrolled", "2025-09-08", provider="College"),),
        expected=("2025/26: due 30 September 2026; met 8 September 2025",),
        then=(given("Post16Withdrawn", "2026-03-02", provider="College"),),
        expected_then=("2025/26: due 30 September 2026; not met",),
    ),
    Example(
        duty="CAREERS_INTERVIEW_BY_16",
        title="On a school's roll: by the end of year 11; an adviser of level 4 does not count",
        born=YEAR_11,
        given=(ON_ROLL, given("CareersInterviewHeld", "2025-11-03", adviser_level=4)),
        expected=("2025/26: due 31 August 2026; not met",),
        then=(given("CareersInterviewHeld", "2026-05-11", adviser_level=6),),
        expected_then=("2025/26: due 31 August 2026; met 11 May 2026",),
    ),
    Example(
        duty="CAREERS_INTERVIEW_BY_16",
        title="In alternative provision: by the end of the autumn term",
        born=YEAR_11,
        given=(PLACED,),
        expected=("2025/26: due 19 December 2025; not met",),
        then=(given("CareersInterviewHeld", "2025-12-20", adviser_level=6),),
        expected_then=("2025/26: due 19 December 2025; met 20 December 2025, late",),
    ),
    Example(
        duty="POST16_NOT_STARTED",
        title="Ten school days after the start, whoever enrolled",
        given=(ACCEPTED, given("Post16Enrolled", "2026-09-07", provider="College")),
        expected=("due 21 September 2026; not met",),
        then=(_seen("2026-09-21"),),
        expected_then=("due 21 September 2026; met 21 September 2026",),
    ),
    Example(
        duty="POST16_NOT_STARTED",
        title="Another place is accepted instead",
        given=(
            ACCEPTED,
            given(
                "Post16OfferAccepted", "2026-08-21", "B", provider="Other", start_on="2026-09-02"
            ),
        ),
        expected=(
            "due 21 September 2026; ended 21 August 2026",
            "due 16 September 2026; not met",
        ),
    ),
    Example(
        duty="POST16_NOT_SUSTAINED",
        title="A missing month is one case, however long it lasts, until somebody is seen again",
        given=(
            given("Post16Enrolled", "2025-09-08", "N", provider="College"),
            _seen("2025-10-08"),
        ),
        expected=(
            "2025-10: due 14 November 2025; met 8 October 2025",
            "2025-11: due 14 December 2025; not met",
        ),
        then=(_seen("2026-01-12"),),
        expected_then=(
            "2025-10: due 14 November 2025; met 8 October 2025",
            "2025-11: due 14 December 2025; met 12 January 2026, late",
            "2026-02: due 14 March 2026; not met",
        ),
    ),
    Example(
        duty="POST16_SUPPORT_CLIFF_EDGE",
        title="The last of two supports ends in the window; the Christmas bank holidays pass",
        given=(
            given(
                "Post16OfferAccepted", "2025-06-24", "A", provider="College", start_on="2025-09-08"
            ),
            given("AgencyInvolvementStarted", "2025-01-06", "H", agency="HEALTH"),
            given("CinPlanAgreed", "2025-02-03", "C"),
            given("CinPlanEnded", "2025-09-12"),
            given("AgencyInvolvementEnded", "2025-12-19", involvement="H", agency="HEALTH"),
        ),
        expected=("H: due 7 January 2026; not met",),
        then=(given("HandoverAccepted", "2025-12-08", to_service="ADULT"),),
        expected_then=("H: due 7 January 2026; met 8 December 2025",),
    ),
    Example(
        duty="EHC_PHASE_TRANSFER_POST16",
        title="Before 31 March is exclusive: 30 March is in time, 31 March is late",
        born=YEAR_11,
        given=(
            given("EhcPlanFinalised", "2023-05-02", "F", plan="L"),
            given("EhcPlanFinalised", "2026-03-30", "G", plan="L", post16_placement_named=True),
        ),
        expected=("due 30 March 2026; met 30 March 2026",),
        then=(given("EhcPlanFinalised", "2026-03-31", "G", plan="L", post16_placement_named=True),),
        expected_then=("due 30 March 2026; met 31 March 2026, late",),
    ),
    Example(
        duty="EHC_PHASE_TRANSFER_POST16",
        title="The plan ceases before the day",
        born=YEAR_11,
        given=(
            given("EhcPlanFinalised", "2023-05-02", "F", plan="L"),
            given("EhcPlanCeased", "2026-02-02", plan="L"),
        ),
        expected=("due 30 March 2026; ended 2 February 2026",),
    ),
)
