"""The picture of a journey: what lasts, what was agreed, what was missed and what is ahead."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from jinja2 import Environment, PackageLoader
from lxml import html

from dashboard.alerts import line_of
from dashboard.picture import YEAR_AHEAD, Drawing, Mark, Picture, picture_of
from dashboard.reasons import Because
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


def a_reason(due: date) -> Because:
    """Return the answer of a duty that is due by a day and not told."""
    texts = dict.fromkeys(("heading", "said", "clock", "when", "basis", "our_default"), "")
    return Because(
        duty="AP_REVIEW_OVERDUE",
        answer="not yet due",
        meaning="A review.",
        due=due,
        because=(),
        by=(),
        looked_at=1,
        alert_id="",
        alert="",
        **texts,
    )


def spell_of(picture: Picture) -> Mark:
    (found,) = (mark for mark in picture.drawings[0].marks if mark.kind == "spell")
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
    first, second = found.drawings[0].marks
    assert first.last == second.first and "when the next began" in first.words
    assert (first.is_open, second.is_open) == (False, True)


def test_what_was_taken_back_or_replaced_is_not_drawn() -> None:
    start = a_moment("start", START, "ApPlacementStarted")
    for standing in ("retracted", "replaced", "retraction"):
        gone = msgspec.structs.replace(start, standing=standing)
        assert picture_of([gone], [], [], TODAY) is None


def test_nothing_to_draw_is_no_picture() -> None:
    assert picture_of([a_moment("a", START)], [], [], TODAY) is None


@pytest.mark.parametrize("drawing", placed(date(2025, 1, 10)).drawings, ids=lambda one: one.name)
def test_days_stand_along_the_axis_in_their_order_and_on_the_drawing(drawing: Drawing) -> None:
    by_day, frame = sorted(drawing.marks, key=lambda mark: mark.first), drawing.frame
    assert [mark.x for mark in by_day] == sorted(mark.x for mark in by_day)
    assert all(frame.labels <= one.x <= one.x + one.width <= frame.width for one in by_day)
    ((year, x),) = drawing.years
    assert year == "2025" and by_day[0].x < x < drawing.today_x <= frame.width
    middles = [(drawing.label_y(lane), drawing.y(lane)) for lane in drawing.lanes]
    assert middles == sorted(middles) and middles[-1][1] < drawing.height


def test_a_deadline_far_ahead_is_told_and_does_not_press_the_rest_into_a_corner() -> None:
    near, far = (TODAY + timedelta(days=days) for days in (YEAR_AHEAD, YEAR_AHEAD + 1))
    start = a_moment("start", START, "ApPlacementStarted")
    found = picture_of([start], [], [a_reason(near), a_reason(far)], TODAY)
    assert found is not None and found.left == "1 deadline after 26 March 2026, not drawn"
    assert [mark.first for mark in found.drawings[0].marks] == [START, near]
    assert [lane for lane, _words in found.words].count("Deadlines ahead") == 2
    assert picture_of([], [], [a_reason(far)], TODAY) is None


def test_the_drawing_says_what_it_shows_and_the_table_says_all_of_it() -> None:
    picture = placed()
    pages = Environment(loader=PackageLoader("dashboard"), autoescape=True)
    page = pages.from_string('{% from "picture.html" import journey %}{{ journey(shown) }}')
    drawn = html.fromstring(f"<main>{page.render(shown=picture)}</main>")
    told = [cell.text_content() for cell in drawn.xpath("//table//td")]
    assert told == [words for _lane, words in picture.words]
    for svg, drawing in zip(drawn.xpath("//svg[@role='img']"), picture.drawings, strict=True):
        named = [drawn.get_element_by_id(name).text for name in svg.get("aria-labelledby").split()]
        assert picture.description in named and len(named) == 2
        assert len(svg.xpath("rect | circle | path")) == len(drawing.marks) == len(told)
