"""Worked examples of the duties on providers that are not registered as schools."""

from __future__ import annotations

from datetime import date

from journey.duties.examples.example import Example, given, known_on

UNREGISTERED_EXAMPLES: tuple[Example, ...] = (
    Example(
        duty="AP_UNREGISTERED_FIVE_PUPILS",
        title="Five from a leap day on; a sixth comes, and then there are fewer",
        given=(
            given("ProviderPupilsCounted", "2024-02-29", "C", provider="Fellside Farm", pupils=5),
        ),
        expected=("due 29 February 2024; not met",),
        then=(
            known_on(
                "2024-04-02",
                given(
                    "ProviderPupilsCounted",
                    "2024-02-29",
                    "C",
                    provider="Fellside Farm",
                    pupils=6,
                    ended_on=date(2024, 4, 2),
                ),
            ),
        ),
        expected_then=("due 29 February 2024; met 2 April 2024, late",),
    ),
    Example(
        duty="AP_UNREGISTERED_FIVE_PUPILS",
        title="Four are not so many",
        given=(
            given("ProviderPupilsCounted", "2025-10-13", "C", provider="Fellside Farm", pupils=4),
        ),
        expected=(),
    ),
    Example(
        duty="AP_UNREGISTERED_SESSIONS_LIMIT",
        title="Six sessions, reduced to four",
        given=(
            given(
                "ApPlacementStarted",
                "2025-10-13",
                "P",
                sessions_per_week=4,
                provider="The Kiln",
                provider_registered=False,
            ),
            given(
                "ApTimetableSet",
                "2025-11-10",
                "T",
                placement="P",
                sessions_per_week=6,
                weekly_hours=15.0,
            ),
        ),
        expected=("1: due 10 November 2025; not met",),
        then=(
            given(
                "ApTimetableSet",
                "2026-01-05",
                "V",
                placement="P",
                sessions_per_week=4,
                weekly_hours=10.0,
            ),
        ),
        expected_then=("1: due 10 November 2025; met 5 January 2026, late",),
    ),
    Example(
        duty="AP_UNREGISTERED_SESSIONS_LIMIT",
        title="Four sessions are within it",
        given=(
            given(
                "ApPlacementStarted",
                "2025-10-13",
                "P",
                sessions_per_week=4,
                provider="The Kiln",
                provider_registered=False,
            ),
        ),
        expected=(),
    ),
    Example(
        duty="AP_UNREGISTERED_12_WEEKS",
        title="Twelve weeks from a leap day; registered after all by a correction",
        given=(
            given(
                "ApPlacementStarted",
                "2024-02-29",
                "P",
                provider="The Kiln",
                provider_registered=False,
            ),
            given("ApPlacementEnded", "2024-05-24", placement="P"),
        ),
        expected=("due 23 May 2024; met 24 May 2024, late",),
        then=(
            given(
                "ApPlacementStarted",
                "2024-02-29",
                "P",
                provider="The Kiln",
                provider_registered=True,
            ),
        ),
        expected_then=(),
    ),
    Example(
        duty="AP_UNREGISTERED_12_WEEKS",
        title="Ended on the last day",
        given=(
            given(
                "ApPlacementStarted",
                "2025-10-13",
                "P",
                provider="The Kiln",
                provider_registered=False,
            ),
            given("ApPlacementEnded", "2026-01-05", placement="P"),
        ),
        expected=("due 5 January 2026; met 5 January 2026",),
    ),
    Example(
        duty="AP_MULTIPLE_UNREGISTERED",
        title="A second one leaves a session in ten; a joint review meets it",
        given=(
            given(
                "ApPlacementStarted",
                "2025-10-13",
                "P",
                sessions_per_week=5,
                provider="The Kiln",
                provider_registered=False,
            ),
            given(
                "ApPlacementStarted",
                "2025-11-10",
                "Q",
                provider="Other",
                provider_registered=False,
                sessions_per_week=4,
            ),
        ),
        expected=("1: due 10 November 2025; not met",),
        then=(given("JointReviewHeld", "2025-11-21"),),
        expected_then=("1: due 10 November 2025; met 21 November 2025, late",),
    ),
    Example(
        duty="AP_MULTIPLE_UNREGISTERED",
        title="One of the two ends; with more sessions left there is no case",
        given=(
            given(
                "ApPlacementStarted",
                "2025-10-13",
                "P",
                sessions_per_week=5,
                provider="The Kiln",
                provider_registered=False,
            ),
            given(
                "ApPlacementStarted",
                "2025-11-10",
                "Q",
                provider="Other",
                provider_registered=False,
                sessions_per_week=5,
            ),
            given("ApPlacementEnded", "2025-12-19", placement="P"),
        ),
        expected=("1: due 10 November 2025; met 19 December 2025, late",),
        then=(
            given(
                "ApPlacementStarted",
                "2025-11-10",
                "Q",
                provider="Other",
                provider_registered=False,
                sessions_per_week=2,
            ),
        ),
        expected_then=(),
    ),
)
