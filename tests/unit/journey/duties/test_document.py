"""The page of the duties is what the duties say."""

from __future__ import annotations

from journey.duties import DUTIES
from journey.duties.document import PAGE, page
from journey.duties.sources import SOURCES, marks


def test_the_page_of_duties_is_current() -> None:
    assert PAGE.read_text("utf-8") == page(), "run python -m journey.duties.document"


def test_every_source_that_a_duty_names_is_listed() -> None:
    named = {mark for duty in DUTIES for mark in marks(duty.source + duty.our_default)}

    assert named <= SOURCES.keys()


def test_every_duty_says_where_it_comes_from() -> None:
    assert all(marks(d.source) or "no source" in d.source for d in DUTIES)
