"""One share over the years as a line with its 95% band: the piece of a small multiple."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from statistics import median

from markupsafe import Markup

from aequa.core.goals import goals
from aequa.report.charts import svg
from aequa.report.formats import tick

Year = tuple[int, float | None, float | None, float | None]
"""Year, share, low, high."""

HEIGHT = 72.0
TOP = 36.0
"""Where the plane starts: below the label and the mark of its upper end."""


def trend(
    key: str, title: str, desc: str, years: Sequence[Year], *, label: str, goal: int | None = None
) -> Markup:
    """The line of one share, on its own scale from zero; a year without a share breaks it."""
    years = sorted(years)
    top = _top(years)
    first, last = (years[0][0], years[-1][0]) if years else (0, 1)
    colour = goals()[goal - 1].colour if goal else ""
    curves = [_curve(part, first, max(last - first, 1), top, colour) for part in _unbroken(years)]
    pieces = [
        svg.heading(goal, label, 0),
        svg.text("100%", TOP - 4, tick(top), "tick", "end"),
        svg.line(0, TOP, "100%", TOP, "grid"),
        svg.plane(TOP, HEIGHT, Markup("").join(curves)),
        svg.line(0, TOP + HEIGHT, "100%", TOP + HEIGHT, "base"),
        svg.text(0, TOP + HEIGHT + 14, str(first), "tick"),
        svg.text("100%", TOP + HEIGHT + 14, str(last), "tick", "end"),
    ]
    return svg.frame(key, title, desc, TOP + HEIGHT + 20, pieces)


def _top(years: Sequence[Year]) -> float:
    """Upper end of the scale: above the line and above most of the band.

    The band of a year with few works may be far wider than the line is high; where it reaches
    beyond half again the middle band, it is cut at the panel's edge.
    """
    highs = [high for *_, high in years if high is not None]
    shares = [share for _, share, _, _ in years if share is not None]
    usual = [min(1.5 * median(highs), max(highs))] if highs else []
    return svg.scale([*shares, *usual])[0]


def _unbroken(years: Sequence[Year]) -> list[list[Year]]:
    """Runs of years that all have a share."""
    return [list(run) for has, run in groupby(years, lambda year: year[1] is not None) if has]


def _curve(years: list[Year], first: int, span: int, top: float, colour: str) -> Markup:
    across = [(year - first) / span * 1000 for year, *_ in years]
    middle = [_up(share, top) for _, share, _, _ in years]
    lower = [_up(share if low is None else low, top) for _, share, low, _ in years]
    upper = [_up(share if high is None else high, top) for _, share, _, high in years]
    band = [*zip(across, upper, strict=True), *reversed(list(zip(across, lower, strict=True)))]
    paint = Markup(' fill="{}"').format(colour) if colour else ""
    ends = list(zip(across, middle, strict=True))
    if len(ends) == 1:
        ends = [(max(across[0] - 8, 0), middle[0]), (min(across[0] + 8, 1000), middle[0])]
    area = [(ends[0][0], 1000.0), *ends, (ends[-1][0], 1000.0)]
    return Markup(
        '<polygon class="area" points="{}"{}/><polygon class="band" points="{}"{}/>'
        '<polyline class="curve" points="{}"/>'
    ).format(_path(area), paint, _path(band), paint, _path(ends))


def _up(share: float | None, top: float) -> float:
    """Height on the plane, whose y runs downwards."""
    return 1000 - min(max((share or 0) / top, 0), 1) * 1000


def _path(ends: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.0f},{y:.0f}" for x, y in ends)
