"""How long it is remembered that a session was ended, and of how many."""

from __future__ import annotations

from dashboard.ended import Ended


def test_a_session_that_ended_is_known_for_as_long_as_a_copy_of_it_could_last() -> None:
    now = [0.0]
    ended = Ended(10, clock=lambda: now[0])
    ended.end("first")
    now[0] = 10
    ended.end("second")
    assert ended.has("first") and ended.has("second") and not ended.has("third")
    now[0] = 11
    ended.end("third")
    assert not ended.has("first"), "no cookie of it is taken any more, by its own age"
    assert ended.has("second") and ended.has("third")


def test_no_more_are_remembered_than_there_is_room_for() -> None:
    ended = Ended(10, clock=lambda: 0.0, most=2)
    for one in ("first", "second", "third"):
        ended.end(one)
    assert [ended.has(one) for one in ("first", "second", "third")] == [False, True, True]
