"""Worked examples of the checks that a fact can be as it is told."""

from __future__ import annotations

from journey.duties.examples.example import Example, given, known_on, taken_back

LIFECYCLE_EXAMPLES: tuple[Example, ...] = (
    Example(
        duty="DATA_DATED_IN_FUTURE",
        title="A review dated next month, then corrected",
        given=(known_on("2025-11-03", given("ApReviewHeld", "2025-12-01", "R")),),
        expected=("due 3 November 2025; not met",),
        then=(known_on("2025-11-05", given("ApReviewHeld", "2025-11-03", "R")),),
        expected_then=(),
    ),
    Example(
        duty="DATA_DATED_IN_FUTURE",
        title="A day ahead, and told late",
        given=(
            known_on("2025-11-03", given("ApReviewHeld", "2025-11-04", "R")),
            known_on("2025-12-01", given("LacVisitMade", "2025-11-03", "V")),
        ),
        expected=(),
    ),
    Example(
        duty="DATA_DATED_IN_FUTURE",
        title="An end that is announced is none of these facts",
        given=(known_on("2025-11-03", given("ApPlacementEnded", "2025-12-19", "E")),),
        expected=(),
    ),
    Example(
        duty="DATA_ENDED_BEFORE_BEGUN",
        title="A placement ended before it began, then corrected",
        given=(
            given("ApPlacementStarted", "2025-11-10", "P", provider="Oak"),
            given("ApPlacementEnded", "2025-11-03", "E", placement="P"),
        ),
        expected=("due 10 November 2025; not met",),
        then=(given("ApPlacementEnded", "2025-12-03", "E", placement="P"),),
        expected_then=(),
    ),
    Example(
        duty="DATA_ENDED_BEFORE_BEGUN",
        title="Ended on its first day",
        given=(
            given("CpPlanStarted", "2025-11-10", "P"),
            given("CpPlanEnded", "2025-11-10", "E", plan="P"),
        ),
        expected=(),
    ),
    Example(
        duty="DATA_TWO_PLACEMENTS",
        title="The second is taken back",
        given=(
            given("ApPlacementStarted", "2025-09-08", "P", provider="Oak"),
            given("ApPlacementStarted", "2025-11-10", "Q", provider="Elm"),
        ),
        expected=("due 10 November 2025; not met",),
        then=(taken_back("ApPlacementStarted", "2025-11-10", "Q"),),
        expected_then=(),
    ),
    Example(
        duty="DATA_TWO_PLACEMENTS",
        title="The first ended when the second began",
        given=(
            given("ApPlacementStarted", "2025-09-08", "P", provider="Oak"),
            given("ApPlacementEnded", "2025-11-10", "E", placement="P"),
            given("ApPlacementStarted", "2025-11-10", "Q", provider="Elm"),
        ),
        expected=(),
    ),
)
