"""A relay that stands by takes over only where nothing goes on although there is work."""

from __future__ import annotations

from consumers.relay.standstill import Seen, Standstill

NOTHING_NOTED = Seen(ahead={1: 40}, marks={})
NOTED = Seen(ahead={1: 40}, marks={1: (20, 20)})
ALL_PUBLISHED = Seen(ahead={}, marks={1: (40, 40)})


def test_nothing_published_for_the_whole_patience_is_a_standstill() -> None:
    standstill = Standstill(patience=15.0)
    assert [standstill.lasts(NOTHING_NOTED, now) for now in (100.0, 114.9, 115.0)] == [
        False,
        False,
        True,
    ]


def test_whatever_goes_on_begins_the_patience_anew() -> None:
    standstill = Standstill(patience=15.0)
    assert not standstill.lasts(NOTHING_NOTED, 100.0)
    assert not standstill.lasts(NOTED, 114.0)
    assert not standstill.lasts(NOTED, 128.0)
    assert standstill.lasts(NOTED, 129.0)


def test_where_there_is_nothing_to_publish_nobody_stands_still() -> None:
    standstill = Standstill(patience=15.0)
    assert not any(standstill.lasts(ALL_PUBLISHED, float(now)) for now in range(0, 600, 10))
    assert not standstill.lasts(NOTED, 600.0)
