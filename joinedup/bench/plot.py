"""A picture of what was measured, as SVG: panels of lines, each with its own scale from nought."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

_WIDTH, _HEIGHT, _LEFT, _TOP, _GAP = 420, 180, 60, 34, 60
_COLOURS = ("#1d70b8", "#d4351c", "#00703c", "#f47738")


class Line(NamedTuple):
    """Points by what they are called together."""

    name: str
    points: Sequence[tuple[float, float]]


class Panel(NamedTuple):
    """Lines over one axis, in one unit."""

    title: str
    across: str
    lines: Sequence[Line]


def svg(panels: Sequence[Panel]) -> str:
    """Return the panels, one below the other; raises ValueError where a panel has no point."""
    height = len(panels) * (_HEIGHT + _TOP + _GAP)
    drawn = "".join(
        _panel(panel, number * (_HEIGHT + _TOP + _GAP)) for number, panel in enumerate(panels)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH + 2 * _LEFT} {height}" '
        f'font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="white"/>'
        f"{drawn}</svg>\n"
    )


def _panel(panel: Panel, down: int) -> str:
    points = [point for line in panel.lines for point in line.points]
    right, top = max(x for x, _ in points) or 1, 1.15 * max(y for _, y in points) or 1
    floor = down + _TOP + _HEIGHT

    def at(x: float, y: float) -> str:
        return f"{_LEFT + x / right * _WIDTH:.1f},{floor - y / top * _HEIGHT:.1f}"

    drawn = [
        _text(_LEFT, down + 18, panel.title, 'font-size="13" font-weight="bold"'),
        f'<path d="M{_LEFT},{down + _TOP} V{floor} h{_WIDTH}" fill="none" stroke="black"/>',
        _text(_LEFT - 6, down + _TOP + 8, f"{top:,.4g}", 'text-anchor="end"'),
        _text(_LEFT - 6, floor, "0", 'text-anchor="end"'),
        _text(_LEFT + _WIDTH, floor + 16, f"{right:,.0f} {panel.across}", 'text-anchor="end"'),
    ]
    for number, line in enumerate(panel.lines):
        colour = _COLOURS[number % len(_COLOURS)]
        drawn += [
            f'<polyline points="{" ".join(at(*one) for one in line.points)}" fill="none" '
            f'stroke="{colour}" stroke-width="2"/>',
            *(_dot(at(*one), colour) for one in line.points),
            _text(_LEFT + number * 140, floor + 32, line.name, f'fill="{colour}"'),
        ]
    return "".join(drawn)


def _dot(at: str, colour: str) -> str:
    x, y = at.split(",")
    return f'<circle cx="{x}" cy="{y}" r="2.5" fill="{colour}"/>'


def _text(x: float, y: float, words: str, how: str) -> str:
    return f'<text x="{x}" y="{y}" {how}>{escape(words)}</text>'
