"""A file of terms becomes a calendar, or is refused in a sentence."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from joinedup.commands.calendars_file import CalendarFile, CalendarUnreadable, read_calendar
from joinedup.commands.calendars_view import show_list, show_moves, show_terms, show_year
from journey.calendars import Calendars
from journey.calendars_compared import Shift
from journey.recounting import CALENDAR
from tests.builders import a_fact

PAGE = Path(__file__).parents[3] / "docs" / "calendars.md"
WHOLE = """
academic_year = "2026-27"
establishment = "Oak"
terms = [
  { first = 2026-09-03, last = 2026-12-18 },
  { first = 2027-01-04, last = 2027-07-21 },
]
closed = [{ first = 2026-11-27 }, { first = 2026-10-26, last = 2026-10-30 }]
"""


def read(tmp_path: Path, content: str = WHOLE) -> CalendarFile:
    """Return the calendar of a file with this content."""
    file = tmp_path / "terms.toml"
    file.write_text(content, "utf-8")
    return read_calendar(file)


def test_what_lies_between_the_terms_is_closed_and_so_is_what_is_named(tmp_path: Path) -> None:
    terms = read(tmp_path)
    assert terms.record_id == "calendar/Oak/2026-27"
    assert terms.payload == {
        "establishment": "Oak",
        "academic_year": "2026-27",
        "from_on": date(2026, 9, 3),
        "to_on": date(2027, 7, 21),
        "closed": [
            {"first": date(2026, 10, 26), "last": date(2026, 10, 30)},
            {"first": date(2026, 11, 27), "last": date(2026, 11, 27)},
            {"first": date(2026, 12, 19), "last": date(2027, 1, 3)},
        ],
        "counts_again": True,
    }
    days = Calendars.default().with_published(terms.payload).of("Oak")[2026].days
    assert date(2026, 12, 18) in days
    assert not {date(2026, 11, 27), date(2026, 12, 21), date(2027, 1, 1)} & set(days)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('"2026-27"', '"2026-28"', 'Give academic_year as "2026-27"'),
        ('"2026-27"', "2026", 'Give academic_year as "2026-27"'),
        ('"Oak"', '""', "Give establishment as a name"),
        ("closed =", "shut =", "A calendar has no shut; it has: academic_year, closed"),
        ("2026-09-03", '"2026-09-03"', "days without quotes"),
        ("last = 2026-12-18", "last = 2026-08-18", "days without quotes"),
        ("2027-07-21", "2028-07-21", "must lie between August 2026 and August 2027"),
        ("2027-01-04", "2026-12-01", "none beginning before the one before it has ended"),
        ("terms = [", "closed = 5\nterms = [", "is not TOML"),
        (WHOLE, 'academic_year = "2026-27"', "Give the terms of the year"),
        (WHOLE, 'academic_year = "2026-27"\nterms = 5', "Give terms as a list"),
    ],
)
def test_what_is_no_calendar_is_refused_in_a_sentence(
    tmp_path: Path, old: str, new: str, why: str
) -> None:
    with pytest.raises(CalendarUnreadable) as refused:
        read(tmp_path, WHOLE.replace(old, new))
    assert why in str(refused.value)


def test_the_example_of_the_page_is_a_calendar(tmp_path: Path) -> None:
    _, _, example = PAGE.read_text("utf-8").partition("```toml\n")
    terms = read(tmp_path, example.partition("```")[0])
    assert (terms.establishment, len(terms.terms)) == ("Oak Academy", 6)


def test_the_list_says_which_record_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    terms = read(tmp_path)
    shorter = {**terms.payload, "to_on": date(2027, 7, 14)}
    facts = [
        a_fact(CALENDAR, "2026-09-03", "one", **terms.payload),
        a_fact(CALENDAR, "2026-09-03", "two", **shorter),
        a_fact(CALENDAR, "2026-09-03", "three", retracted=True, **shorter),
    ]
    show_list(facts, Calendars.default().with_published(terms.payload), as_json=False)
    shown = capsys.readouterr().out
    assert "another record of this year counts" in shown
    assert "taken back" in shown
    show_list([], Calendars.default(), as_json=False)
    assert "No calendar was published" in capsys.readouterr().out


def test_a_year_that_a_school_did_not_publish_says_by_whose_is_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calendars = Calendars.default().with_published(read(tmp_path).payload)
    show_year(calendars, "Oak", 2026, as_json=False)
    assert "counted by the calendar of Oak" in capsys.readouterr().out
    show_year(calendars, "Elm", 2026, as_json=False)
    assert "assumed term dates" in capsys.readouterr().out


def test_moves_name_no_child_and_a_school_that_nobody_names_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shift = Shift("AP_PLACEMENT_PLAN_MISSING", date(2026, 9, 17), date(2026, 9, 18))
    show_terms(read(tmp_path), 0)
    show_moves({})
    shown = " ".join(capsys.readouterr().out.split())
    assert "No record names Oak" in shown
    assert "No open deadline moves." in shown
    show_moves({shift: 2})
    shown = " ".join(capsys.readouterr().out.split())
    assert "17 September 2026 18 September 2026 2" in shown
    assert "2 open deadlines move." in shown
