"""The goals' network as pictures: a matrix and a chord diagram, in the page or as files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup

from aequa.report.charts.chord import chord
from aequa.report.charts.signed import Pair, signed_matrix
from aequa.report.charts.standalone import Caption
from aequa.report.charts.standalone import svg as document
from aequa.report.formats import decimal, known
from aequa.report.names import name
from aequa.report.words import say

METHOD = "conservative"
"""The method whose links are drawn; the others stand in the tables."""


def pictures(links: Iterable[Mapping[str, Any]], prefix: str = "") -> dict[str, Markup]:
    """``matrix`` and ``chord`` of the links between goals (rows of the table ``links``)."""
    rows = [row for row in links if is_drawn(row)]
    cells: dict[Pair, float | None] = {}
    for row in rows:
        one, other = goal_of(row["source"]), goal_of(row["target"])
        cells[one, other] = cells[other, one] = known(row["estimate"])
    sure = frozenset(
        pair
        for row in rows
        if row["holds"]
        for ends in [(goal_of(row["source"]), goal_of(row["target"]))]
        for pair in (ends, ends[::-1])
    )
    held = {
        pair: value
        for pair, value in cells.items()
        if pair in sure and pair[0] < pair[1] and value is not None
    }
    told = described(held)
    title = say("Links between goals")
    return {
        "matrix": signed_matrix(f"{prefix}matrix", title, told, cells, sure),
        "chord": chord(f"{prefix}chord", title, told, held),
    }


def is_drawn(row: Mapping[str, Any]) -> bool:
    """Whether a row is about two goals, all countries, and the method that is drawn."""
    return (row["level"], row["group"], row["method"]) == ("goal", "all", METHOD)


def goal_of(indicator: object) -> int:
    """The number of a goal's indicator.

    >>> goal_of("goal:13")
    13
    """
    return int(str(indicator).rpartition(":")[2])


def described(links: Mapping[Pair, float]) -> str:
    """The links in words, the strongest first.

    >>> described({(1, 2): 0.25, (3, 4): -0.5})
    'Good health and Quality education: -0.50; No poverty and Zero hunger: 0.25.'
    """
    order = sorted(links.items(), key=lambda link: -abs(link[1]))
    words = [
        say(
            "{one} and {other}: {link}", one=name("goal", a), other=name("goal", b), link=decimal(v)
        )
        for (a, b), v in order
    ]
    return "; ".join(words) + "." if words else say("No link is sure.")


def standalone(drawn: Markup) -> bytes:
    """The picture as a file of its own, in the page's light colours."""
    return document(drawn, Caption(say("Links between goals"))).encode()
