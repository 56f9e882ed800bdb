"""A map of symbols: coastlines, and one round mark per country, so that small islands show too.

It draws no border and so takes no position on the status of any territory. Areas on it are true
to the earth's (``globe.py``).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from aequa.report.charts import apart, svg
from aequa.report.charts.globe import HEIGHT, WIDTH, Place, centres, land

SIZE = 352.0
"""Height where the width is ``DRAWN``; the style sheet keeps the proportion at other widths."""
DRAWN = 760.0
NARROW = 460.0
"""A width at which the names that always show must have room too."""
SEEN = 0.95
"""How much of the plane's height is drawn, from the north: the rest is Antarctica."""
LARGEST, LEAST = 4.4, 0.36
"""Radii in per cent of the chart's diagonal over the root of two, as SVG counts them."""


_PIXELS = math.hypot(DRAWN, SIZE) / math.sqrt(2) / 100
"""Pixels in a per cent of a radius, at the width ``DRAWN``."""


@dataclass(frozen=True)
class Spot:
    """One country: ``size`` in [0, 1] is the area of its mark as a share of the largest."""

    code: str
    label: str
    value: str
    size: float
    css: str = "supports"


@dataclass(frozen=True)
class Key:
    """One line of the legend, of which there are three at most, or five of one size."""

    text: str
    size: float
    css: str = "supports"


def atlas(
    key: str,
    title: str,
    desc: str,
    spots: Sequence[Spot],
    legend: Sequence[Key] = (),
    names: int = 8,
) -> Markup:
    """Marks at the countries' centres, the largest below; codes without a place are left out.

    ``names``: how many of the first spots may have their name beside the mark.
    """
    held = [spot for spot in spots if spot.code in centres()]
    order = sorted(held, key=lambda spot: -spot.size)
    pieces = [
        _coast(),
        *(_mark(spot) for spot in order),
        *_named(held, names),
        *_legend(legend),
    ]
    return svg.frame(key, title, desc, SIZE, pieces, "map")


def _coast() -> Markup:
    return Markup(
        '<svg x="0" y="0" width="100%" height="100%" viewBox="0 0 {} {}" '
        'preserveAspectRatio="none"><path class="land" d="{}"/></svg>'
    ).format(svg.px(WIDTH), svg.px(HEIGHT * SEEN), land())


def radius(size: float) -> float:
    """The radius whose area is ``size`` of the largest one's; never so small that it is lost.

    >>> radius(1.0), radius(0.25), radius(0.0)
    (4.4, 2.2, 0.36)
    """
    return max(LARGEST * math.sqrt(min(max(size, 0.0), 1.0)), LEAST)


def _where(code: str) -> Place:
    place = centres()[code]
    return Place(place.x, place.y / SEEN)


def _mark(spot: Spot) -> Markup:
    x, y = _where(spot.code)
    return svg.disc(x, y, f"{radius(spot.size):.2f}%", f"spot {spot.css}", _told(spot))


def _told(spot: Spot) -> str:
    return f"{spot.label}: {spot.value}"


def _named(spots: Sequence[Spot], names: int) -> Iterator[Markup]:
    """Names beside the marks of the first spots; on a narrow drawing only those with room there."""
    near = {name.text for name in _placed(spots, min(names, 6), NARROW)}
    for name in _placed(spots, names, DRAWN):
        css = "place" if name.text in near else "place far"
        yield svg.text(svg.at(name.x / DRAWN), f"{name.y / SIZE * 100:.2f}%", name.text, css)


def _placed(spots: Sequence[Spot], names: int, drawn: float) -> list[apart.Name]:
    scale = drawn / DRAWN
    marks = []
    for place, spot in enumerate(spots):
        x, y = _where(spot.code)
        reach, name = radius(spot.size) * _PIXELS * scale, spot.label if place < names else ""
        marks.append(apart.Spot(x * drawn, y * SIZE * scale, reach, name))
    return apart.placed(marks, drawn, SIZE * scale)


def _legend(keys: Sequence[Key]) -> Iterator[Markup]:
    """Sizes below one another in the South Pacific, where there is room; colours in a row."""
    row = len({key.size for key in keys}) == 1
    for place, each in enumerate(keys):
        x = 0.02 + 0.14 * place if row else 0.045
        y = 0.965 if row else (0.785, 0.88, 0.965)[place]
        yield Markup('<circle cx="{}" cy="{}" r="{}" class="{}"/>').format(
            svg.at(x), svg.at(y), f"{radius(each.size):.2f}%", f"spot {each.css}"
        )
        words = x + (0.022 if row else 0.055)
        yield svg.text(svg.at(words), f"{y * 100 + 1.1:.2f}%", each.text, "tick")
