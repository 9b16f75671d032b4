"""Garbage is looked for seldom, and never so long that anybody would notice."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from consumers.garbage import OBJECTS_BETWEEN_LOOKS, collect_rarely, rarely_collected

MOST_AT_ONCE = 200_000
"""Objects that were made since the last look: 250,000 take about an eighth of a second."""


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def test_what_is_there_already_is_never_looked_at_again() -> None:
    collect_rarely()
    assert gc.get_freeze_count() > 10_000


def test_a_look_at_what_outlived_the_last_ones_is_bounded() -> None:
    collect_rarely()
    newest, larger, _ = gc.get_threshold()
    assert newest == OBJECTS_BETWEEN_LOOKS
    assert newest * (larger + 1) <= MOST_AT_ONCE


def test_the_whole_is_looked_at_as_seldom_as_python_would() -> None:
    _, larger, whole = gc.get_threshold()
    with rarely_collected():
        _, larger_now, whole_now = gc.get_threshold()
    assert larger_now * whole_now >= larger * whole
