"""How long it is remembered that a session was ended, and of how many."""

from __future__ import annotations

from dashboard.ended import Ended
from dashboard.people import Person


def has(ended: Ended, session: str) -> bool:
    return ended.has(session, Person(name="a.lead", la="999"), 0)


def test_a_session_that_ended_is_known_for_as_long_as_a_copy_of_it_could_last() -> None:
    now = [0.0]
    ended = Ended(10, clock=lambda: now[0])
    ended.end("first")
    now[0] = 10
    ended.end("second")
    assert has(ended, "first") and has(ended, "second") and not has(ended, "third")
    now[0] = 11
    ended.end("third")
    assert not has(ended, "first"), "no cookie of it is taken any more, by its own age"
    assert has(ended, "second") and has(ended, "third")


def test_no_more_are_remembered_than_there_is_room_for() -> None:
    ended = Ended(10, clock=lambda: 0.0, most=2)
    for one in ("first", "second", "third"):
        ended.end(one)
    assert [has(ended, one) for one in ("first", "second", "third")] == [False, True, True]
