"""Terms and half-terms, found between the breaks of a calendar."""

from __future__ import annotations

from itertools import islice

from journey.calendars import Calendars
from journey.terms import terms_from, terms_of
from tests.builders import a_calendar, day

ASSUMED = Calendars.default().school(None)
PUBLISHED = (
    Calendars.default()
    .with_published(
        a_calendar(
            "2025-09-01",
            "2026-07-17",
            ("2025-10-20", "2025-10-31"),
            ("2025-12-20", "2026-01-04"),
            ("2026-02-16", "2026-02-20"),
            ("2026-03-28", "2026-04-12"),
            ("2026-05-25", "2026-05-29"),
        )
    )
    .school(None)
)


def test_a_school_year_has_three_terms_between_christmas_and_easter() -> None:
    found = terms_of(PUBLISHED, 2025, halves=False)

    assert ["2025/26 autumn", "2025/26 spring", "2025/26 summer"] == [t.name for t in found]
    assert [day("2025-12-19"), day("2026-03-27"), day("2026-07-17")] == [t.last for t in found]
    assert not any(term.assumed for term in found)


def test_a_term_is_halved_at_its_longest_break() -> None:
    found = terms_of(PUBLISHED, 2025, halves=True)

    assert ["2025-10-17", "2025-12-19", "2026-02-13", "2026-03-27", "2026-05-22", "2026-07-17"] == [
        term.last.isoformat() for term in found
    ]
    assert ("2025/26 autumn 1", "2025/26 summer 2") == (found[0].name, found[-1].name)


def test_no_school_day_is_lost_or_counted_twice() -> None:
    for school in (ASSUMED, PUBLISHED):
        for halves in (False, True):
            days = [one for term in terms_of(school, 2025, halves=halves) for one in term.days]
            assert tuple(days) == school.year(2025).days


def test_terms_go_on_from_the_one_in_which_a_day_lies_and_holidays_belong_to_the_next() -> None:
    first, second = islice(terms_from(PUBLISHED, day("2025-12-22"), halves=False), 2)

    assert ("2025/26 spring", day("2025-12-20")) == (first.name, first.since)
    assert ("2025/26 summer", day("2026-03-28")) == (second.name, second.since)


def test_the_summer_belongs_to_the_autumn_term_of_the_next_year() -> None:
    (autumn,) = islice(terms_from(PUBLISHED, day("2026-08-03"), halves=False), 1)

    assert ("2026/27 autumn", True) == (autumn.name, autumn.assumed)
    assert day("2026-07-18") == autumn.since


def test_days_left_of_a_term_are_school_days() -> None:
    (half,) = islice(terms_from(PUBLISHED, day("2025-10-13"), halves=True), 1)

    assert (5, 0) == (half.left_from(day("2025-10-13")), half.left_from(day("2025-10-18")))


def test_a_calendar_of_a_few_days_has_terms_too() -> None:
    short = Calendars.default().with_published(a_calendar("2025-09-01", "2025-09-02")).school(None)

    assert ["2025/26 autumn"] == [term.name for term in terms_of(short, 2025, halves=True)]
