"""The page of the duties is what the duties say."""

from __future__ import annotations

from journey.duties import DUTIES, all_duties
from journey.duties.document import FINDINGS_PAGE, PAGE, findings_page, page
from journey.duties.findings import FINDINGS
from journey.duties.sources import SOURCES, marks


def test_the_page_of_duties_is_current() -> None:
    assert PAGE.read_text("utf-8") == page(), "run python -m journey.duties.document"


def test_every_source_that_a_duty_names_is_listed() -> None:
    named = {mark for duty in DUTIES for mark in marks(duty.source + duty.our_default)}

    assert named <= SOURCES.keys()


def test_every_duty_says_where_it_comes_from() -> None:
    assert all(marks(d.source) or "no source" in d.source for d in DUTIES)


def test_the_page_of_findings_is_current() -> None:
    assert FINDINGS_PAGE.read_text("utf-8") == findings_page()


def test_every_finding_of_the_review_is_watched_by_duties_that_exist() -> None:
    assert all(one.duties and all_duties().keys() >= set(one.duties) for one in FINDINGS)
    assert all(marks(one.sources) and set(marks(one.sources)) <= SOURCES.keys() for one in FINDINGS)


def test_what_is_off_says_so_on_the_page() -> None:
    off = [duty for duty in DUTIES if not duty.on]
    shown = page()

    assert shown.count("only where the local authority has switched it on") == len(off) > 0
    assert all(f"(#{duty.id.lower()}) (off)" in shown for duty in off)
