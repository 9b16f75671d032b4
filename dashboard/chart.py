"""Bars with parts, drawn by the server; a table beside each says the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

LABELS, WIDTH, ROW, TOP, VALUES = 250, 760, 26, 8, 130
"""Of the drawing, in its own units: the labels' column, all of it, one bar, what is left above,
and at the right for the value in words."""
_LABEL = 30
"""Characters of a label that fit; the table has all of it."""
MOST_BARS = 15


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a bar: of which series (0 is the first), and from where it is how wide."""

    series: int
    x: float
    width: float


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One bar, its label and its value in words."""

    label: str
    parts: tuple[Part, ...]
    value: str
    y: int
    value_x: float


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """The drawing: what it shows, in which series, bar by bar; left: how many more rows there are.

    name: by which the page refers to it.
    """

    name: str
    title: str
    series: tuple[str, ...]
    bars: tuple[Bar, ...]
    height: int
    left: int


Row = tuple[str, Sequence[float], str]
"""A label, the value of each series, and the whole in words."""


def chart_of(name: str, title: str, series: Sequence[str], rows: Iterable[Row]) -> Chart | None:
    """Return bars of these rows; None where there is nothing to draw."""
    listed = list(rows)
    drawn = listed[:MOST_BARS]
    longest = max((sum(values) for _label, values, _words in drawn), default=0)
    if longest <= 0:
        return None
    scale = (WIDTH - LABELS - VALUES) / longest
    bars = tuple(_bar(place, row, scale) for place, row in enumerate(drawn))
    return Chart(
        name=name,
        title=title,
        series=tuple(series),
        bars=bars,
        height=TOP + ROW * len(bars) + 4,
        left=len(listed) - len(drawn),
    )


def _bar(place: int, row: Row, scale: float) -> Bar:
    label, values, words = row
    parts, x = [], float(LABELS)
    for series, value in enumerate(values):
        width = round(value * scale, 1)
        if width > 0:
            parts.append(Part(series=series, x=round(x, 1), width=max(2.0, width)))
        x += width
    short = label if len(label) <= _LABEL else label[: _LABEL - 1] + "…"
    y = TOP + ROW * place
    return Bar(label=short, parts=tuple(parts), value=words, y=y, value_x=round(x + 6, 1))
