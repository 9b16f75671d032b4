"""The picture of a journey: what lasts, what was agreed, what was missed and what is ahead."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from jinja2 import Environment, PackageLoader
from lxml import html

from dashboard.alerts import line_of
from dashboard.picture import LABELS, WIDTH, Mark, Picture, picture_of
from tests.unit.dashboard.alerts import a_moment, an_alert

TODAY = date(2025, 3, 25)
START = date(2024, 9, 3)
MISSED = line_of(an_alert(due="2025-03-12"), TODAY)


def placed(*ends: date) -> Picture:
    """Return the picture of a placement with these ends, a joint plan and a missed deadline."""
    moments = [
        a_moment("start", START, "ApPlacementStarted"),
        a_moment("plan", START + timedelta(days=30), "JointPlanAgreed"),
        *(a_moment(f"end{n}", day, "ApPlacementEnded") for n, day in enumerate(ends)),
    ]
    found = picture_of(moments, [MISSED], [], TODAY)
    assert found is not None
    return found


def spell_of(picture: Picture) -> Mark:
    (found,) = (mark for mark in picture.marks if mark.kind == "spell")
    return found


def test_what_has_no_end_lasts_up_to_the_day_that_is_known() -> None:
    spell = spell_of(placed())
    assert (spell.first, spell.last, spell.is_open) == (START, TODAY, True)
    assert "has not ended, as far as is known" in spell.words


def test_what_has_an_end_lasts_to_it() -> None:
    spell = spell_of(placed(date(2025, 1, 10)))
    assert (spell.last, spell.is_open) == (date(2025, 1, 10), False)
    assert spell.words == "Alternative provision from 3 September 2024 to 10 January 2025"


def test_one_that_begins_while_another_lasts_follows_it() -> None:
    starts = [a_moment(f"s{n}", START + timedelta(days=40 * n), "EhcPlanFinalised") for n in (0, 1)]
    found = picture_of(starts, [], [], TODAY)
    assert found is not None
    first, second = found.marks
    assert first.last == second.first and "when the next began" in first.words
    assert (first.is_open, second.is_open) == (False, True)


def test_what_was_taken_back_or_replaced_is_not_drawn() -> None:
    start = a_moment("start", START, "ApPlacementStarted")
    for standing in ("retracted", "replaced", "retraction"):
        gone = msgspec.structs.replace(start, standing=standing)
        assert picture_of([gone], [], [], TODAY) is None


def test_nothing_to_draw_is_no_picture() -> None:
    assert picture_of([a_moment("a", START)], [], [], TODAY) is None


def test_days_stand_along_the_axis_in_their_order_and_on_the_drawing() -> None:
    picture = placed(date(2025, 1, 10))
    by_day = sorted(picture.marks, key=lambda mark: mark.first)
    assert [mark.x for mark in by_day] == sorted(mark.x for mark in by_day)
    assert all(LABELS <= mark.x <= mark.x + mark.width <= WIDTH for mark in picture.marks)
    assert picture.years == (("2025", pytest.approx(picture.years[0][1])),)
    assert by_day[0].x < picture.years[0][1] < picture.today_x <= WIDTH


def test_the_drawing_says_what_it_shows_and_the_table_says_all_of_it() -> None:
    picture = placed()
    pages = Environment(loader=PackageLoader("dashboard"), autoescape=True)
    page = pages.from_string('{% from "picture.html" import journey %}{{ journey(shown) }}')
    drawn = html.fromstring(f"<main>{page.render(shown=picture)}</main>")
    (svg,) = drawn.xpath("//svg[@role='img']")
    named = [drawn.get_element_by_id(name).text for name in svg.get("aria-labelledby").split()]
    assert picture.description in named and len(named) == 2
    told = [cell.text_content() for cell in drawn.xpath("//table//td")]
    assert told == [mark.words for mark in picture.marks]
    shapes = drawn.xpath("//svg/rect | //svg/circle | //svg/path")
    assert len(shapes) == len(picture.marks)
