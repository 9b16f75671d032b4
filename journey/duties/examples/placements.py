"""Worked examples of the duties on placements in alternative provision, and on exclusion."""

from __future__ import annotations

from journey.duties.examples.example import Example, Given, given, taken_back

PLACED = given("ApPlacementStarted", "2025-09-08", "P", provider="The Kiln")
WHOLE = {"destination": "MAINSTREAM", "exit_on": "2026-02-13", "owner_role": "LINK", "support": "X"}
AUTUMN_2025 = given(
    "SchoolCalendarPublished",
    "2025-09-01",
    academic_year="2025/26",
    establishment="The Kiln",
    from_on="2025-09-01",
    to_on="2026-07-17",
    closed=(("2025-10-20", "2025-10-31"), ("2025-12-20", "2026-01-04")),
)


def _attended(on: str) -> Given:
    return given("SessionAttendanceRecorded", on, placement="P", session="AM", mark="PRESENT")


PLACEMENT_EXAMPLES: tuple[Example, ...] = (
    Example(
        duty="AP_EXIT_PLAN_MISSING",
        title="Seven weeks end in half-term: the next school day is the last in time",
        given=(PLACED,),
        expected=("due 3 November 2025; not met",),
        then=(given("ExitPlanAgreed", "2025-11-03", placement="P", **WHOLE),),
        expected_then=("due 3 November 2025; met 3 November 2025",),
    ),
    Example(
        duty="AP_EXIT_PLAN_MISSING",
        title="A plan without an owner is not yet an exit plan; a day too late is late",
        given=(
            PLACED,
            given("ExitPlanAgreed", "2025-10-01", "E", placement="P", destination="MAINSTREAM"),
        ),
        expected=("due 3 November 2025; not met",),
        then=(given("ExitPlanAgreed", "2025-11-04", "E", placement="P", **WHOLE),),
        expected_then=("due 3 November 2025; met 4 November 2025, late",),
    ),
    Example(
        duty="AP_EXIT_PLAN_MISSING",
        title="The placement ends before a plan was due",
        given=(PLACED, given("ApPlacementEnded", "2025-10-17", placement="P")),
        expected=("due 3 November 2025; ended 17 October 2025",),
    ),
    Example(
        duty="AP_EXIT_PLAN_MISSING",
        title="The start is corrected, and the limit moves with it",
        given=(PLACED,),
        expected=("due 3 November 2025; not met",),
        then=(given("ApPlacementStarted", "2025-09-15", "P", provider="The Kiln"),),
        expected_then=("due 3 November 2025; not met",),
    ),
    Example(
        duty="AP_REVIEW_OVERDUE",
        title="Each review starts the next seven weeks; the end of the placement ends them",
        given=(
            PLACED,
            given("ApReviewHeld", "2025-10-20", "R1", placement="P"),
            given("ApReviewHeld", "2025-12-09", "R2", placement="P"),
            given("ApPlacementEnded", "2026-01-16", placement="P"),
        ),
        expected=(
            "1: due 3 November 2025; met 20 October 2025",
            "2: due 8 December 2025; met 9 December 2025, late",
            "3: due 27 January 2026; ended 16 January 2026",
        ),
        then=(taken_back("ApReviewHeld", "2025-10-20", "R1"),),
        expected_then=(
            "1: due 3 November 2025; met 9 December 2025, late",
            "2: due 27 January 2026; ended 16 January 2026",
        ),
    ),
    Example(
        duty="AP_MAX_PERIOD_EXCEEDED",
        title="Extended on the last day, and then neither ended nor extended",
        given=(
            given(
                "ApPlacementStarted",
                "2025-09-08",
                "P",
                provider="The Kiln",
                max_end_on="2025-12-19",
            ),
            given("ApPlacementExtended", "2025-12-19", placement="P", new_end_on="2026-02-13"),
        ),
        expected=(
            "0: due 19 December 2025; met 19 December 2025",
            "1: due 13 February 2026; not met",
        ),
        then=(given("ApPlacementEnded", "2026-02-14", placement="P"),),
        expected_then=(
            "0: due 19 December 2025; met 19 December 2025",
            "1: due 13 February 2026; met 14 February 2026, late",
        ),
    ),
    Example(
        duty="AP_COMMISSIONER_UNCLEAR",
        title="A second source names another commissioner, then corrects itself",
        given=(
            given("ApPlacementStarted", "2025-09-08", "P", provider="The Kiln", commissioner="S1"),
            given("ApPlacementStarted", "2025-09-08", "Q", provider="THE KILN", commissioner="LA"),
        ),
        expected=("due 8 September 2025; not met",),
        then=(
            given("ApPlacementStarted", "2025-09-08", "Q", provider="THE KILN", commissioner="S1"),
        ),
        expected_then=("due 8 September 2025; met 8 September 2025",),
    ),
    Example(
        duty="AP_ATTENDANCE_SILENT",
        title="Silence over half-term: the holiday does not count",
        given=(PLACED, *(_attended(on) for on in ("2025-09-08", "2025-09-09", "2025-10-23"))),
        expected=(
            "2025-09-09: due 11 September 2025; met 23 October 2025, late",
            "2025-10-23: due 3 November 2025; not met",
        ),
        then=(_attended("2025-11-03"),),
        expected_then=(
            "2025-09-09: due 11 September 2025; met 23 October 2025, late",
            "2025-11-03: due 5 November 2025; not met",
        ),
    ),
    Example(
        duty="AP_ATTENDANCE_SILENT",
        title="Nothing was ever heard; the provider's own calendar has a longer half-term",
        given=(
            AUTUMN_2025,
            given("ApPlacementStarted", "2025-10-17", "P", provider="The Kiln"),
        ),
        expected=("start: due 3 November 2025; not met",),
    ),
    Example(
        duty="AP_ATTENDANCE_SILENT",
        title="Two sessions a week: four sessions of silence are two weeks",
        given=(
            given(
                "ApPlacementStarted",
                "2025-09-08",
                "P",
                provider="The Kiln",
                sessions_per_week=2,
            ),
            _attended("2025-09-09"),
            given("ApPlacementEnded", "2025-09-19", placement="P"),
        ),
        expected=("2025-09-09: due 23 September 2025; ended 19 September 2025",),
    ),
    Example(
        duty="AP_UNREGISTERED_FULL_TIME",
        title="Full-time from October, while an EHC plan is in force, until the hours are reduced",
        given=(
            given("EhcPlanFinalised", "2025-03-03", "F", plan="F"),
            given(
                "ApPlacementStarted",
                "2025-09-08",
                "P",
                provider="Fellside Farm",
                provider_registered=False,
                weekly_hours=12.0,
            ),
            given("ApTimetableSet", "2025-10-06", placement="P", weekly_hours=18.0),
        ),
        expected=("1: due 6 October 2025; not met",),
        then=(given("ApTimetableSet", "2025-11-10", placement="P", weekly_hours=17.5),),
        expected_then=("1: due 6 October 2025; met 10 November 2025, late",),
    ),
    Example(
        duty="AP_UNREGISTERED_FULL_TIME",
        title="Full-time hours and no plan or care: for this child alone the law asks nothing",
        given=(
            given(
                "ApPlacementStarted",
                "2025-09-08",
                "P",
                provider="Fellside Farm",
                provider_registered=False,
                full_time=True,
            ),
        ),
        expected=(),
        then=(
            given("BecameLookedAfter", "2025-11-20", "C"),
            given("CeasedLookedAfter", "2025-12-05", period="C"),
        ),
        expected_then=("1: due 20 November 2025; ended 5 December 2025, late",),
    ),
    Example(
        duty="AP_TRANSITION_DECISION_DELAYED",
        title="20 school days over half-term, and a decision on the last of them",
        given=(
            given("TransitionProposed", "2025-10-06", "T", to_kind="MAINSTREAM"),
            given("TransitionDecisionRecorded", "2025-11-10", transition="T", decision="REFUSED"),
        ),
        expected=("due 10 November 2025; met 10 November 2025",),
        then=(taken_back("TransitionDecisionRecorded", "2025-11-10", ""),),
        expected_then=("due 10 November 2025; not met",),
    ),
    Example(
        duty="FAMILY_NOT_INVOLVED",
        title="A view on the review, none on the exit plan; a view says what it is about",
        given=(
            given("ApReviewHeld", "2025-12-15", "R", placement="P"),
            given("ExitPlanAgreed", "2025-12-15", "E", placement="P"),
            given("FamilyViewRecorded", "2026-01-05", about="R"),
        ),
        expected=(
            "due 5 January 2026; not met",
            "due 5 January 2026; met 5 January 2026",
        ),
        then=(given("ChildViewRecorded", "2026-01-06", about="E"),),
        expected_then=(
            "due 5 January 2026; met 6 January 2026, late",
            "due 5 January 2026; met 5 January 2026",
        ),
    ),
    Example(
        duty="FAMILY_NOT_INVOLVED",
        title="A view that does not say what it is about counts by date, 14 days before at most",
        given=(
            given("ChildViewRecorded", "2025-09-08"),
            given("ApReviewHeld", "2025-09-22", "R"),
            given("ApReviewHeld", "2025-09-23", "S"),
        ),
        expected=(
            "due 29 September 2025; met 8 September 2025",
            "due 30 September 2025; not met",
        ),
    ),
    Example(
        duty="EXCLUSION_DAY6_PERMANENT",
        title="The sixth school day, with a May bank holiday between",
        given=(
            given("PermanentExclusionRecorded", "2026-04-29", "X", establishment="S1"),
            given("EducationProvisionStarted", "2026-05-07", full_time=True),
        ),
        expected=("due 7 May 2026; met 7 May 2026",),
        then=(
            given("EducationProvisionStarted", "2026-05-07", full_time=False),
            given("ApPlacementStarted", "2026-05-08", provider="PRU", full_time=True),
        ),
        expected_then=("due 7 May 2026; met 8 May 2026, late",),
    ),
    Example(
        duty="EXCLUSION_DAY6_PERMANENT",
        title="The school announces a training day while the days run: the sixth day moves",
        given=(given("PermanentExclusionRecorded", "2026-04-29", "X", establishment="S1"),),
        expected=("due 7 May 2026; not met",),
        then=(
            given(
                "SchoolCalendarPublished",
                "2026-05-01",
                academic_year="2025/26",
                establishment="S1",
                from_on="2025-09-03",
                to_on="2026-07-22",
                closed=(("2025-10-27", "2025-10-31"), ("2026-05-05", "2026-05-05")),
            ),
        ),
        expected_then=("due 8 May 2026; not met",),
    ),
    Example(
        duty="EXCLUSION_DAY6_PERMANENT",
        title="Excluded on the last day of term: the other five days follow the holiday",
        given=(given("PermanentExclusionRecorded", "2025-12-19", "X", establishment="S1"),),
        expected=("due 9 January 2026; not met",),
        then=(taken_back("PermanentExclusionRecorded", "2025-12-19", "X"),),
        expected_then=(),
    ),
)
