"""Bars that the server draws."""

from __future__ import annotations

from dashboard.chart import LABELS, MOST_BARS, VALUES, WIDTH, chart_of


def test_bars_are_as_long_as_their_values_and_within_the_drawing() -> None:
    found = chart_of("n", "Title", ("a", "b"), [("one", (1, 3), "4"), ("two", (2, 0), "2")])
    assert found is not None and found.left == 0
    (first, second) = found.bars
    whole = WIDTH - LABELS - VALUES
    assert sum(part.width for part in first.parts) == whole
    assert [(part.series, part.width) for part in second.parts] == [(0, whole / 2)]
    assert first.parts[1].x == LABELS + first.parts[0].width


def test_what_does_not_fit_is_counted_and_nothing_draws_nothing() -> None:
    found = chart_of("n", "Title", ("a",), [(f"row {n}" * 9, (1,), "") for n in range(20)])
    assert found is not None and (len(found.bars), found.left) == (MOST_BARS, 20 - MOST_BARS)
    assert all(len(bar.label) <= 30 for bar in found.bars)
    assert chart_of("n", "Title", ("a",), [("none", (0,), "0")]) is None
