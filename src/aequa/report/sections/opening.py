"""The opening: two readings side by side, what stands against them, and one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from aequa.report import formats
from aequa.report.charts.points import Point, points
from aequa.report.figure import (
    SHARE_HEADS,
    Cell,
    Figure,
    Grid,
    Material,
    basis,
    estimate,
    share_cells,
    summary,
    unknown_share,
)
from aequa.report.names import name
from aequa.report.stored import Row

READINGS = ("explicit", "applied", "hinders")
SCOPES = ("all", "top10", "top1")


@dataclass(frozen=True)
class Card:
    """One reading: its share over all works, large, and a chart of the three scopes."""

    reading: str
    title: str
    meaning: str
    share: str
    interval: str
    basis: str
    href: str
    chart: Markup


def cards(material: Material) -> list[Card]:
    """One card per reading that the headline table has; the first two share one scale."""
    found = [(reading, rows) for reading in READINGS if (rows := _scopes(material, reading))]
    reach = [
        bound
        for reading, rows in found
        if reading != "hinders"
        for row in rows
        if (bound := formats.known(row.get("high"))) is not None
    ]
    shared = max(reach, default=None)
    return [
        _card(material, reading, rows, None if reading == "hinders" else shared)
        for reading, rows in found
    ]


def table(material: Material) -> Figure:
    """All numbers of the headline."""
    rows = [row for reading in READINGS for row in _scopes(material, reading)]
    lines = tuple(_line(material, row) for row in rows)
    heads = ("Reading", "Scope", *SHARE_HEADS, "Title only", "Small cells")
    return Figure(
        "headline",
        "The same in numbers",
        grid=Grid(heads, lines),
        basis=basis(rows),
        tables=("headline",),
        css="open",
    )


def sentence(material: Material) -> str:
    """One sentence per fact, written from the data; empty where there is no headline.

    A difference counts only where the two 95 % intervals do not overlap.
    """
    every = {
        reading: material.stored.row("headline", reading=reading, scope="all")
        for reading in READINGS
    }
    explicit, applied, hinders = (every[reading] for reading in READINGS)
    if formats.known(explicit.get("share")) is None:
        return ""
    text = (
        f"Of {formats.count(explicit.get('denominator'))} works on artificial intelligence, "
        f"{_with_interval(explicit)} give explicit ground that they support a goal"
    )
    if formats.known(applied.get("share")) is not None:
        text += f", and {_with_interval(applied)} name a field in which they are of use"
    if formats.known(hinders.get("share")) is not None:
        text += f"; {_with_interval(hinders)} give ground that they work against a goal"
    top = material.stored.row("headline", reading="explicit", scope="top10")
    return f"{text}. {_compared(explicit, top)}".strip()


def _compared(every: Row, top: Row) -> str:
    """How the most cited tenth differs from all works."""
    bounds = [formats.known(row.get(end)) for row in (every, top) for end in ("low", "high")]
    if any(bound is None for bound in bounds):
        return ""
    low, high, top_low, top_high = (bound or 0.0 for bound in bounds)
    share = _with_interval(top)
    if top_low > high:
        return f"Among the tenth cited most the explicit share is higher: {share}."
    if top_high < low:
        return f"Among the tenth cited most the explicit share is lower: {share}."
    return f"Among the tenth cited most the explicit share is not clearly different: {share}."


def _with_interval(row: Row) -> str:
    return (
        f"{formats.share(row.get('share'))} ({formats.interval(row.get('low'), row.get('high'))})"
    )


def _bounds(row: Row) -> str:
    return (
        f"({formats.interval(row.get('low'), row.get('high')).removesuffix(formats.SPACE + '%')})"
    )


def _scopes(material: Material, reading: str) -> list[Row]:
    rows = (material.stored.row("headline", reading=reading, scope=scope) for scope in SCOPES)
    return [row for row in rows if row]


def _card(material: Material, reading: str, rows: Sequence[Row], top: float | None) -> Card:
    first = rows[0]
    title = name("reading", reading)
    return Card(
        reading=reading,
        title=title,
        meaning=name("meaning", reading),
        share=formats.share(first.get("share")),
        interval=formats.interval(first.get("low"), first.get("high")),
        basis=f"n = {formats.count(first.get('denominator'))}, "
        f"unknown = {formats.share(unknown_share(first))}"
        + ("; note the finer scale" if reading == "hinders" else ""),
        href=material.works(f"headline-{reading}", "headline"),
        chart=_chart(reading, title, rows, top),
    )


def _chart(reading: str, title: str, rows: Sequence[Row], top: float | None) -> Markup:
    marks = [
        Point(
            name("scope", row["scope"]),
            f"{formats.share(row.get('share'))}  {_bounds(row)}",
            *estimate(row),
            css="hinders" if reading == "hinders" else "supports",
        )
        for row in rows
    ]
    desc = summary((name("scope", row["scope"]), row.get("share")) for row in rows)
    return points(f"headline-{reading}", f"{title}: share of works by scope", desc, marks, top)


def _line(material: Material, row: Row) -> tuple[Cell, ...]:
    reading = str(row["reading"])
    return (
        Cell(name("reading", reading), numeric=False),
        Cell(name("scope", row["scope"]), numeric=False),
        *share_cells(row, material.works(f"headline-{reading}", "headline")),
        Cell(formats.count(row.get("title_only"))),
        Cell(formats.count(row.get("small_cells"))),
    )
