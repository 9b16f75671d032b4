"""Bars with parts, drawn by the server; a table beside each says the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

TOP = 8
"""Of a drawing, in its own units: what is left above."""
_LABEL = 30
"""Characters of a label that fit; the table has all of it."""


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """Of a drawing, in its own units: the labels' column, all of it, one bar with what is around.

    above: how high a label stands over its bar, where it has no column. values: what is left at
    the right for the value in words.
    """

    labels: int
    width: int
    row: int
    values: int
    above: int = 0


WIDE = Frame(labels=250, width=760, row=26, values=130)
NARROW = Frame(labels=0, width=350, row=48, values=110, above=20)
"""For a phone: the label of each bar stands above it, so that nothing has to be scrolled."""
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
    label_y: int
    y: int
    value_x: float


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """One drawing of a chart, bar by bar."""

    name: str
    frame: Frame
    bars: tuple[Bar, ...]
    height: int


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """What it shows, in which series, drawn for a desk and for a phone.

    name: by which the page refers to it. left: how many more rows there are.
    """

    name: str
    title: str
    series: tuple[str, ...]
    drawings: tuple[Drawing, ...]
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
    return Chart(
        name=name,
        title=title,
        series=tuple(series),
        drawings=tuple(
            Drawing(
                name=shape,
                frame=frame,
                bars=tuple(_bar(frame, place, row, longest) for place, row in enumerate(drawn)),
                height=TOP + frame.row * len(drawn) + 4,
            )
            for shape, frame in (("wide", WIDE), ("narrow", NARROW))
        ),
        left=len(listed) - len(drawn),
    )


def _bar(frame: Frame, place: int, row: Row, longest: float) -> Bar:
    label, values, words = row
    scale = (frame.width - frame.labels - frame.values) / longest
    parts, x = [], float(frame.labels)
    for series, value in enumerate(values):
        width = round(value * scale, 1)
        if width > 0:
            parts.append(Part(series=series, x=round(x, 1), width=max(2.0, width)))
        x += width
    short = label if len(label) <= _LABEL else label[: _LABEL - 1] + "…"
    y = TOP + frame.row * place
    return Bar(
        label=short,
        parts=tuple(parts),
        value=words,
        label_y=y + 15,
        y=y + frame.above,
        value_x=round(x + 6, 1),
    )
