"""Bars that the server draws."""

from __future__ import annotations

import pytest

from dashboard.chart import MOST_BARS, NARROW, WIDE, Frame, chart_of


@pytest.mark.parametrize("frame", [WIDE, NARROW])
def test_bars_are_as_long_as_their_values_and_within_the_drawing(frame: Frame) -> None:
    found = chart_of("n", "Title", ("a", "b"), [("one", (1, 3), "4"), ("two", (2, 0), "2")])
    assert found is not None and found.left == 0
    (drawing,) = (one for one in found.drawings if one.frame == frame)
    (first, second) = drawing.bars
    whole = frame.width - frame.labels - frame.values
    assert sum(part.width for part in first.parts) == whole
    assert [(part.series, part.width) for part in second.parts] == [(0, whole / 2)]
    assert first.parts[1].x == frame.labels + first.parts[0].width
    assert first.y + 20 < second.label_y < drawing.height


def test_what_does_not_fit_is_counted_and_nothing_draws_nothing() -> None:
    found = chart_of("n", "Title", ("a",), [(f"row {n}" * 9, (1,), "") for n in range(20)])
    assert found is not None and found.left == 20 - MOST_BARS
    for drawing in found.drawings:
        assert len(drawing.bars) == MOST_BARS
        assert all(len(bar.label) <= 30 for bar in drawing.bars)
    assert chart_of("n", "Title", ("a",), [("none", (0,), "0")]) is None
