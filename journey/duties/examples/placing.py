"""Worked examples of the duties at the start of a placement in alternative provision."""

from __future__ import annotations

from journey.duties.examples.example import Example, given

PLACING_EXAMPLES: tuple[Example, ...] = (
    Example(
        duty="AP_PLACEMENT_PLAN_MISSING",
        title="Ten school days over half-term; a plan without a route back is not whole",
        given=(
            given("ApPlacementStarted", "2025-10-13", "P", provider="The Kiln"),
            given(
                "ApPersonalisedPlanAgreed",
                "2025-10-20",
                "A",
                placement="P",
                objectives=("ATTEND",),
                expected_end_on="2026-02-13",
            ),
        ),
        expected=("due 3 November 2025; not met",),
        then=(
            given(
                "ApPersonalisedPlanAgreed",
                "2025-11-03",
                "A",
                placement="P",
                objectives=("ATTEND",),
                expected_end_on="2026-02-13",
                reintegration_route="MAINSTREAM",
            ),
        ),
        expected_then=("due 3 November 2025; met 3 November 2025",),
    ),
    Example(
        duty="AP_PLACEMENT_PLAN_MISSING",
        title="A plan agreed before the start counts; a day late is late",
        given=(
            given("ApPlacementStarted", "2025-10-13", "P", provider="The Kiln"),
            given(
                "ApPersonalisedPlanAgreed",
                "2025-10-10",
                objectives=("ATTEND",),
                expected_end_on="2026-02-13",
                reintegration_route="MAINSTREAM",
            ),
            given("ApPlacementStarted", "2026-01-05", "Q", provider="Other"),
            given(
                "ApPersonalisedPlanAgreed",
                "2026-01-20",
                placement="Q",
                objectives=("ATTEND",),
                expected_end_on="2026-02-13",
                reintegration_route="MAINSTREAM",
            ),
        ),
        expected=(
            "due 3 November 2025; met 10 October 2025",
            "due 19 January 2026; met 20 January 2026, late",
        ),
    ),
    Example(
        duty="AP_MAX_PERIOD_NOT_AGREED",
        title="Agreed only by a correction, which holds from the first day",
        given=(
            given(
                "ApPlacementStarted",
                "2025-10-13",
                "P",
                provider="The Kiln",
                off_site_direction=True,
            ),
        ),
        expected=("due 13 October 2025; not met",),
        then=(
            given(
                "ApPlacementStarted",
                "2025-10-13",
                "P",
                max_end_on="2025-12-19",
                provider="The Kiln",
                off_site_direction=True,
            ),
        ),
        expected_then=("due 13 October 2025; met 13 October 2025",),
    ),
    Example(
        duty="AP_LA_NOT_INFORMED",
        title="Five school days, Good Friday and Easter not counted",
        given=(
            given(
                "ApPlacementStarted",
                "2026-03-25",
                "P",
                provider="The Kiln",
                commissioner_type="SCHOOL",
            ),
        ),
        expected=("due 15 April 2026; not met",),
        then=(given("LaNotifiedOfApPlacement", "2026-04-15", placement="P"),),
        expected_then=("due 15 April 2026; met 15 April 2026",),
    ),
    Example(
        duty="AP_LA_NOT_INFORMED",
        title="Told before the start; and not asked where the authority commissioned",
        given=(
            given("LaNotifiedOfApPlacement", "2025-10-06"),
            given(
                "ApPlacementStarted",
                "2025-10-13",
                "P",
                provider="The Kiln",
                commissioner_type="SCHOOL",
            ),
            given(
                "ApPlacementStarted", "2025-10-13", "Q", provider="Other", commissioner_type="LA"
            ),
        ),
        expected=("due 20 October 2025; met 6 October 2025",),
    ),
    Example(
        duty="AP_NAMED_CONTACT_MISSING",
        title="Both ends have to be named",
        given=(
            given("ApPlacementStarted", "2025-10-13", "P", provider="The Kiln"),
            given(
                "ApContactsNamed", "2025-10-14", placement="P", home_school_contact="HEAD_OF_YEAR"
            ),
        ),
        expected=("due 15 October 2025; not met",),
        then=(
            given(
                "ApContactsNamed",
                "2025-10-16",
                "N",
                placement="P",
                home_school_contact="HEAD_OF_YEAR",
                provider_contact="MANAGER",
            ),
        ),
        expected_then=("due 15 October 2025; met 16 October 2025, late",),
    ),
    Example(
        duty="AP_NAMED_CONTACT_MISSING",
        title="Named on the second school day, over a weekend",
        given=(
            given("ApPlacementStarted", "2025-10-10", "P", provider="The Kiln"),
            given(
                "ApContactsNamed",
                "2025-10-14",
                placement="P",
                home_school_contact="HEAD_OF_YEAR",
                provider_contact="MANAGER",
            ),
        ),
        expected=("due 14 October 2025; met 14 October 2025",),
    ),
    Example(
        duty="AP_SAFEGUARDING_CHECK_MISSING",
        title="Confirmed before the start, and again within a year that has a leap day",
        given=(
            given("ProviderSafeguardingConfirmed", "2023-02-28", provider="The Kiln"),
            given("ApPlacementStarted", "2023-09-11", "P", provider="the kiln"),
            given("ProviderSafeguardingConfirmed", "2024-02-29", provider="The Kiln"),
        ),
        expected=(
            "start: due 10 September 2023; met 28 February 2023",
            "1: due 28 February 2024; met 29 February 2024, late",
            "2: due 28 February 2025; not met",
        ),
    ),
    Example(
        duty="AP_SAFEGUARDING_CHECK_MISSING",
        title="Unregistered and not confirmed: critical at once; a correction of the provider",
        given=(
            given(
                "ApPlacementStarted",
                "2025-10-13",
                "P",
                provider="The Kiln",
                provider_registered=False,
            ),
            given("ProviderSafeguardingConfirmed", "2025-09-01", provider="Other"),
        ),
        expected=("start: due 12 October 2025, critical after 12 October 2025; not met",),
        then=(
            given(
                "ApPlacementStarted", "2025-10-13", "P", provider="Other", provider_registered=False
            ),
        ),
        expected_then=(
            "start: due 12 October 2025, critical after 12 October 2025; met 1 September 2025",
            "1: due 1 September 2026, critical after 1 September 2026; not met",
        ),
    ),
    Example(
        duty="AP_NEEDS_MISMATCH",
        title="Placed for a need that the provider has not; corrected",
        given=(
            given("EhcPlanFinalised", "2025-03-03", "F", plan="L", need_types=("ASD", "SEMH")),
            given(
                "ApPlacementStarted",
                "2025-10-13",
                "P",
                provider="The Kiln",
                provider_need_types=("SEMH",),
            ),
        ),
        expected=("due 13 October 2025; not met",),
        then=(
            given(
                "ApPlacementStarted",
                "2025-10-13",
                "P",
                provider="The Kiln",
                provider_need_types=("SEMH", "ASD"),
            ),
        ),
        expected_then=(),
    ),
    Example(
        duty="AP_NEEDS_MISMATCH",
        title="The placement ends",
        given=(
            given("EhcPlanFinalised", "2025-03-03", "F", plan="L", need_types=("ASD",)),
            given(
                "ApPlacementStarted",
                "2025-10-13",
                "P",
                provider="The Kiln",
                provider_need_types=("SEMH",),
            ),
            given("ApPlacementEnded", "2025-11-14", placement="P"),
        ),
        expected=("due 13 October 2025; ended 14 November 2025, late",),
    ),
    Example(
        duty="AP_ENTRY_NO_INDUCTION",
        title="Visited the week before; an emergency is not asked about",
        given=(
            given("PrePlacementVisit", "2025-10-08", provider="The Kiln"),
            given("ApPlacementStarted", "2025-10-13", "P", provider="The Kiln"),
            given("ApPlacementStarted", "2025-11-10", "Q", provider="Other", emergency=True),
        ),
        expected=("due 12 October 2025; met 8 October 2025",),
    ),
    Example(
        duty="AP_ENTRY_NO_INDUCTION",
        title="A visit on the first day is too late; the start is corrected to the day after",
        given=(
            given("ApPlacementStarted", "2025-10-13", "P", provider="The Kiln"),
            given("PrePlacementVisit", "2025-10-13", placement="P"),
        ),
        expected=("due 12 October 2025; met 13 October 2025, late",),
        then=(given("ApPlacementStarted", "2025-10-14", "P", provider="The Kiln"),),
        expected_then=("due 13 October 2025; met 13 October 2025",),
    ),
)
