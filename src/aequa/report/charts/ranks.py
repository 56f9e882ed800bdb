"""Ranks with their intervals, from the first to the last: how much of an order is one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from aequa.report.charts import apart, svg

SIZE = 380.0
DRAWN = 760.0
_LEFT = 0.05
"""Share of the width that the numbers of the ranks take."""


@dataclass(frozen=True)
class Ranked:
    """One country: its rank and the ranks between which it may stand."""

    label: str
    rank: float
    low: float
    high: float
    named: bool = False
    css: str = ""


def ranks(key: str, title: str, desc: str, rows: Sequence[Ranked]) -> Markup:
    """One upright line per row, in the order given; rank 1 is at the top."""
    last = max((row.high for row in rows), default=1.0)
    pieces = [*_axis(last), *_lines(rows, last), *_names(rows, last)]
    return svg.frame(key, title, desc, SIZE + 8, pieces)


def _down(rank: float, last: float) -> float:
    """Where a rank lies: the first at the top and the last at the bottom, in pixels."""
    return 14 + (SIZE - 24) * (rank - 1) / max(last - 1, 1)


def _across(place: int, rows: int) -> float:
    return _LEFT + (1 - _LEFT) * (place + 0.5) / max(rows, 1)


def _axis(last: float) -> Iterator[Markup]:
    step = next(size for size in (1, 5, 10, 25, 50, 100, 10**6) if last / size <= 6)
    for rank in (1, *range(step, int(last) + 1, step)):
        if rank == 1 or rank > step / 2:
            y = _down(rank, last)
            yield svg.line(svg.at(_LEFT), y, "100%", y, "grid")
            yield svg.text(svg.at(_LEFT - 0.01), y + 4, str(rank), "tick", "end")


def _lines(rows: Sequence[Ranked], last: float) -> Iterator[Markup]:
    for place, row in enumerate(rows):
        x, css = svg.at(_across(place, len(rows))), row.css
        told = f"{row.label}: {row.rank:g} ({row.low:g}–{row.high:g})"
        high, low = _down(row.low, last), _down(row.high, last)
        yield Markup('<g><title>{}</title>{}<circle cx="{}" cy="{}" r="2" class="{}"/></g>').format(
            told,
            svg.line(x, high, x, max(low, high + 1), f"range {css}".strip()),
            x,
            svg.px(_down(row.rank, last)),
            f"rank {css}".strip(),
        )


def _names(rows: Sequence[Ranked], last: float) -> Iterator[Markup]:
    """Names right of the upper end of their line, where the drawing is emptiest."""
    ends = [
        apart.Spot(_across(place, len(rows)) * DRAWN, _down(row.low, last) - 3, 2, row.label)
        for place, row in enumerate(rows)
        if row.named
    ]
    for name in apart.placed(ends, DRAWN, SIZE):
        yield svg.text(svg.at(name.x / DRAWN), name.y, name.text, "place")
