"""Goals that share works, against chance, and where the panel says the same."""

from __future__ import annotations

import math
from collections.abc import Sequence

from aequa.report import formats
from aequa.report.charts.network import goal_of, is_drawn
from aequa.report.charts.points import Point, described
from aequa.report.figure import Cell, Figure, Grid, Material
from aequa.report.names import name
from aequa.report.stored import Row
from aequa.report.words import say, say_n

SHOWN = 12
"""Pairs drawn; the table has all that stand."""


def figures(material: Material) -> tuple[Figure, ...]:
    """The network of goals as the works draw it, beside that of the panel."""
    return (shared(material),)


def shared(material: Material) -> Figure:
    """Pairs of goals that share more works than chance would give, or fewer."""
    key, title = "literature-links", say("The same goals in one work")
    rows = [row for row in material.stored.rows("literature_links", group="all") if row["holds"]]
    order = sorted(rows, key=lambda row: -(formats.known(row["low"]) or 0.0))
    moving = _moving(material)
    shown = [row for row in order if row["sign"] > 0][:SHOWN]
    marks = [
        Point(
            _pair(row),
            say("{ratio} times", ratio=formats.decimal(row["estimate"], 1)),
            _power(row["estimate"]),
            _power(row["low"]),
            _power(row["high"]),
            "supports" if _ends(row) in moving else "neutral",
        )
        for row in shown
    ]
    return Figure(
        key=key,
        title=title,
        lead=_lead(material, rows, order),
        charts=described(key, title, marks, mark=_times),
        grid=Grid(
            (
                say("Goals"),
                say("Times chance"),
                say("95% interval"),
                say("q"),
                say("Linked in the panel"),
            ),
            tuple(_line(row, moving) for row in order),
        ),
        basis=_basis(material),
        tables=("literature_links", "literature_agreement", "goal_sets"),
        legend=(
            ("supports", say("Linked in the panel too")),
            ("neutral", say("In the works alone")),
        )
        if shown
        else (),
    )


def _lead(material: Material, rows: Sequence[Row], order: Sequence[Row]) -> str:
    works = max((row["observations"] or 0 for row in order), default=0)
    if not works:
        return say("No pair of goals shares more or fewer works than chance would give.")
    more = sum(row["sign"] > 0 for row in rows)
    told = say_n(
        "Of the {works} works with a goal, {n} pair of goals shares more than chance would give, "
        "had each work kept its number of goals and each goal its number of works.",
        "Of the {works} works with a goal, {n} pairs of goals share more than chance would give, "
        "had each work kept its number of goals and each goal its number of works.",
        more,
        works=formats.count(works),
        n=formats.count(more),
    )
    return f"{told} {_agreed(material)}".strip()


def _agreed(material: Material) -> str:
    """How far the works and the panel link the same goals; empty where it was not compared."""
    row = material.stored.row("literature_agreement")
    expected = formats.known(row.get("both_expected"))
    if expected is None:
        return ""
    return say_n(
        "{n} pair is linked in the panel too, where chance would give {expected} (p = {p}): "
        "research that joins goals is one thing, goals that move together another.",
        "{n} pairs are linked in the panel too, where chance would give {expected} (p = {p}): "
        "research that joins goals is one thing, goals that move together another.",
        row["both"],
        n=formats.count(row["both"]),
        expected=formats.decimal(expected, 1),
        p=formats.decimal(row.get("both_p")),
    )


def _basis(material: Material) -> str:
    pairs = len(material.stored.rows("literature_links", group="all"))
    return say(
        "{pairs} pairs tested, false discovery rate 5%; 95% interval for sampling of works, not "
        "for label errors. Drawn on a scale of ratios: the pairs surest to share most.",
        pairs=formats.count(pairs),
    )


def _power(ratio: float | None) -> float | None:
    """Where a ratio stands on a scale of ratios that begins at 1."""
    return math.log10(max(ratio, 1.0)) if ratio else None


def _times(power: float) -> str:
    """The ratio at a place of that scale.

    >>> _times(2.0), _times(0.5)
    ('100×', '3.2×')
    """
    ratio = 10**power
    return f"{formats.count(ratio) if ratio >= 9.95 else formats.decimal(ratio, 1)}×"


def _moving(material: Material) -> frozenset[tuple[int, int]]:
    """Pairs of goals that improve together in the panel."""
    rows = (row for row in material.stored.rows("goal_links", group="all") if is_drawn(row))
    return frozenset(_ends(row) for row in rows if row["holds"] and row["sign"] > 0)


def _ends(row: Row) -> tuple[int, int]:
    one, other = sorted(goal_of(row[end]) for end in ("source", "target"))
    return one, other


def _pair(row: Row) -> str:
    one, other = (name("goal", goal) for goal in _ends(row))
    return say("{one} and {other}", one=one, other=other)


def _line(row: Row, moving: frozenset[tuple[int, int]]) -> tuple[Cell, ...]:
    low, high = (formats.decimal(row.get(end)) for end in ("low", "high"))
    return (
        Cell(_pair(row), numeric=False),
        Cell(formats.decimal(row.get("estimate"))),
        Cell(say("{low} to {high}", low=low, high=high)),
        Cell(formats.decimal(row.get("q"), 3)),
        Cell(say("yes") if _ends(row) in moving else say("no"), numeric=False),
    )
