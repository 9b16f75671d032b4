"""Who is erased by a schedule: alone or with those to whom they are tied, or not yet."""

from __future__ import annotations

from datetime import date, timedelta

from joinedup.commands.retention_view import ACTIVE_DAYS, Line, about_to_go, due_together
from journey.retention import Kept

TODAY = date(2026, 11, 2)
LONG_AGO = TODAY - timedelta(days=ACTIVE_DAYS * 3)
OVER, LATER = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


def a_line(child: str, *tied: str, until: date = OVER, held: bool = False) -> Line:
    kept = Kept(by="education-record", until=until, without_end="")
    return Line(child=child, kept=kept, heard=LONG_AGO, held=held, tied=tied, waiting=False)


def due(*lines: Line) -> list[list[str]]:
    return [[one.child for one in group] for group in due_together(lines, TODAY)]


def test_whoever_is_tied_to_nobody_goes_alone() -> None:
    assert due(a_line("a"), a_line("b", until=LATER), a_line("c")) == [["a"], ["c"]]


def test_those_who_are_tied_go_together_and_once() -> None:
    assert due(a_line("a", "b"), a_line("c"), a_line("b", "a")) == [["a", "b"], ["c"]]


def test_nobody_goes_who_is_tied_to_somebody_that_is_to_be_kept() -> None:
    assert due(a_line("a", "b"), a_line("b", "a", until=LATER)) == []
    assert due(a_line("a", "b"), a_line("b", "a", held=True)) == []


def test_nobody_goes_who_is_tied_to_somebody_of_whom_nothing_is_known() -> None:
    assert due(a_line("a", "b")) == []


def test_a_run_that_erases_nobody_says_who_knows_why() -> None:
    assert "retention report" not in about_to_go(2, 2, 0)
    said = about_to_go(0, 0, 0)
    assert said.startswith("Nobody is to be erased now.")
    assert "`joinedup retention report`" in said
