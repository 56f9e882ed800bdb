"""benchmarks/scaling.svg: what steps cost against the size of the corpus, both on log scales."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import NamedTuple

COLOURS = ("#1b6ca8", "#d1495b", "#2a9d5c", "#8a5fbf", "#c98a00", "#555555")
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 430, 300, 60, 34, 40
LEGEND = 18
"""Height of one line of the legend."""

Points = Sequence[tuple[float, float]]


class Panel(NamedTuple):
    """One chart: its title, and the points (works, value) of each line."""

    title: str
    lines: Mapping[str, Points]


class Scale(NamedTuple):
    """From the logarithm of a value to a place."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        part = (math.log10(value) - self.low) / max(self.high - self.low, 1e-9)
        return self.start + part * (self.end - self.start)


def draw(panels: Sequence[Panel]) -> str:
    """The panels side by side, one legend below; a line has the same colour in each."""
    names = list(dict.fromkeys(name for panel in panels for name in panel.lines))
    paint = {name: COLOURS[at % len(COLOURS)] for at, name in enumerate(names)}
    body = "".join(_panel(panel, at * WIDTH, paint) for at, panel in enumerate(panels))
    legend = "".join(
        f'<rect x="{LEFT}" y="{HEIGHT + at * LEGEND}" width="14" height="4" fill="{paint[name]}"/>'
        f'<text x="{LEFT + 22}" y="{HEIGHT + at * LEGEND + 6}">{escape(name)}</text>'
        for at, name in enumerate(names)
    )
    width, height = WIDTH * len(panels), HEIGHT + len(names) * LEGEND + 6
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}" font-family="sans-serif" font-size="12" fill="#333" role="img">'
        f"<title>{escape('; '.join(panel.title for panel in panels))}</title>"
        f'<rect width="100%" height="100%" fill="#fff"/>{body}{legend}</svg>\n'
    )


def _panel(panel: Panel, left: float, paint: Mapping[str, str]) -> str:
    points = [point for line in panel.lines.values() for point in line]
    if not points:
        return ""
    across = _scale((x for x, _ in points), left + LEFT, left + WIDTH - 16)
    up = _scale((y for _, y in points), HEIGHT - BOTTOM, TOP)
    parts = [f'<text x="{left + LEFT}" y="18" font-weight="bold">{escape(panel.title)}</text>']
    for power in range(math.ceil(up.low), math.floor(up.high) + 1):
        y = up(10.0**power)
        parts.append(_rule(left + LEFT, y, left + WIDTH - 16, y))
        parts.append(f'<text x="{left + LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">')
        parts.append(f"{10.0**power:,g}</text>")
    for value in sorted({x for x, _ in points}):
        x = across(value)
        parts.append(_rule(x, TOP, x, HEIGHT - BOTTOM))
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">')
        parts.append(f"{_short(value)}</text>")
    for name, line in panel.lines.items():
        places = [(across(x), up(y)) for x, y in line]
        parts.append(_line(places, paint[name]))
    return "".join(parts)


def _line(places: Sequence[tuple[float, float]], colour: str) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}'


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="#ddd"/>'


def _scale(values: Iterable[float], start: float, end: float) -> Scale:
    logs = [math.log10(value) for value in values]
    return Scale(min(logs) - 0.1, max(logs) + 0.1, start, end)


def _short(works: float) -> str:
    """A number of works for an axis.

    >>> [_short(works) for works in (2000, 94344, 943440, 2e6)]
    ['2k', '94k', '943k', '2M']
    """
    return f"{works / 1e6:g}M" if works >= 1e6 else f"{works / 1e3:.0f}k"
