"""The network explorer: links between goals or indicators by method, size and sureness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from aequa.report import formats
from aequa.report.charts.chord import chord
from aequa.report.charts.network import described, goal_of
from aequa.report.charts.signed import signed_matrix
from aequa.report.names import name
from aequa.report.words import LANGUAGES, say
from aequa.web.problems import Problem
from aequa.web.replies import answer, reply
from aequa.web.site import Site

Row = Mapping[str, Any]
MOST = 200
"""Links of a page."""


class Asked(NamedTuple):
    """What is shown of the network."""

    method: str
    level: str
    group: str
    goal: int
    """Only links of this goal; 0 for all"""
    least: float
    """Only links at least this strong"""
    sure: bool
    """Only links that stand at the false discovery rate"""


def router(site: Site) -> APIRouter:
    """``/{language}/network`` and the same as GraphML."""
    made = APIRouter(include_in_schema=False)

    @made.api_route("/{language}/network", methods=["GET", "HEAD"])
    def network(request: Request, language: str) -> Response:
        return site.page(request, "network.html.j2", lambda: _page(site, request.query_params))

    @made.api_route("/{language}/network.graphml", methods=["GET", "HEAD"])
    def file(request: Request, language: str) -> Response:
        if language not in LANGUAGES:
            raise Problem(404, "No such file")
        sent = (("Content-Disposition", 'attachment; filename="network.graphml"'),)

        def made() -> Any:
            rows = links(site, asked(site, request.query_params))
            return reply(graphml(rows), "application/graphml+xml", sent)

        return answer(request, site.once(request, made))

    return made


def options(site: Site) -> dict[str, list[str]]:
    """The methods, levels and groups that the stored links have."""
    rows = site.material.stored.rows("goal_links")
    return {key: sorted({str(row[key]) for row in rows}) for key in ("method", "level", "group")}


def asked(site: Site, told: Mapping[str, str]) -> Asked:
    """The choices of a query, checked.

    Raises:
        Problem: a value is not among those there are.
    """
    there, usual = options(site), {"method": "conservative", "level": "goal", "group": "all"}
    found = {key: told.get(key) or usual[key] for key in usual}
    for key, value in found.items():
        if there[key] and value not in there[key]:
            raise Problem(400, f"{key} is not valid", f"expected one of {', '.join(there[key])}")
    goal, least = told.get("goal") or "0", told.get("least") or "0"
    if goal not in {str(one) for one in range(18)}:
        raise Problem(400, "goal is not valid", "expected 1 to 17")
    try:
        strength = float(least)
    except ValueError:
        strength = -1.0
    if not 0 <= strength <= 1:
        raise Problem(400, "least is not valid", "expected a number from 0 to 1")
    return Asked(**found, goal=int(goal), least=strength, sure=told.get("sure") in {"on", "yes"})


def links(site: Site, wanted: Asked) -> list[Row]:
    """The links that are asked for, the strongest first."""
    rows = site.material.stored.rows(
        "goal_links", method=wanted.method, level=wanted.level, group=wanted.group
    )
    node = f"goal:{wanted.goal}"
    found = [
        row
        for row in rows
        if (strength := formats.known(row.get("estimate"))) is not None
        and abs(strength) >= wanted.least
        and (row.get("holds") or not wanted.sure)
        and (not wanted.goal or node in {row["source"], row["target"]})
    ]
    return sorted(found, key=lambda row: -abs(row["estimate"]))


def _page(site: Site, told: Mapping[str, str]) -> Mapping[str, Any]:
    wanted, stored = asked(site, told), site.material.stored
    rows = links(site, wanted)
    between = [row for row in rows if wanted.level == "goal" and _is_goal(row)]
    return {
        "title": say("The network of goals"),
        "asked": wanted,
        "options": {
            key: [(one, name(key, one)) for one in values] for key, values in options(site).items()
        },
        "goal_names": [(one, f"{one} {name('goal', one)}") for one in range(1, 18)],
        "pictures": _pictures(between),
        "lines": [_line(row) for row in rows[:MOST]],
        "held": say(
            "{shown} of {all} links of this method, level and group.",
            shown=formats.count(len(rows)),
            all=formats.count(len(links(site, wanted._replace(goal=0, least=0.0, sure=False)))),
        ),
        "left": len(rows) - MOST,
        "placebo": _placebo(stored.row("goal_placebo", **_same(wanted))),
        "central": _central(stored.rows("goal_centrality", level="goal", group=wanted.group)),
        "query": "&".join(f"{key}={value}" for key, value in told.items() if key in Asked._fields),
    }


def _same(wanted: Asked) -> dict[str, object]:
    return {"method": wanted.method, "level": wanted.level, "group": wanted.group}


def _is_goal(row: Row) -> bool:
    return all(str(row[end]).startswith("goal:") for end in ("source", "target"))


def _pictures(rows: Sequence[Row]) -> list[Any]:
    """Matrix and chord diagram of the links between goals."""
    if not rows:
        return []
    cells = {(goal_of(row["source"]), goal_of(row["target"])): row["estimate"] for row in rows}
    sure = frozenset(
        pair
        for row in rows
        if row.get("holds")
        for ends in [(goal_of(row["source"]), goal_of(row["target"]))]
        for pair in (ends, ends[::-1])
    )
    both = {**cells, **{pair[::-1]: value for pair, value in cells.items()}}
    drawn = {(min(pair), max(pair)): value for pair, value in cells.items() if pair in sure}
    title, told = say("Links between goals"), described(drawn)
    return [
        signed_matrix("network-matrix", title, told, both, sure),
        chord("network-chord", title, told, drawn),
    ]


def _line(row: Row) -> tuple[str, str, str, str, str, bool]:
    low, high = (formats.decimal(row.get(end)) for end in ("low", "high"))
    return (
        node_name(row["source"]),
        node_name(row["target"]),
        formats.decimal(row.get("estimate")),
        f"{low} – {high}",
        formats.decimal(row.get("q"), 3),
        bool(row.get("holds")),
    )


def node_name(node: object) -> str:
    """The printed name of a goal's node; an indicator keeps its code."""
    return (
        f"{goal_of(node)} {name('goal', goal_of(node))}"
        if str(node).startswith("goal:")
        else str(node)
    )


def _placebo(row: Row) -> str:
    """What the method finds, beside what it finds among series that cannot be linked."""
    if formats.known(row.get("share_synergy")) is None:
        return say("No placebo was made for this choice.")
    return say(
        "This method calls {found} of the pairs synergies; among series of different countries, "
        "which cannot be linked, {chance}.",
        found=formats.share(row.get("share_synergy")),
        chance=formats.share(row.get("placebo_synergy")),
    )


def _central(rows: Sequence[Row]) -> list[tuple[str, str, str]]:
    """Strength of each goal in the network, with its interval."""
    held = [row for row in rows if row["measure"] == "strength"]
    held.sort(key=lambda row: -(formats.known(row["value"]) or 0.0))
    return [
        (
            node_name(row["goal"]),
            formats.decimal(row["value"]),
            f"{formats.decimal(row['low'])} – {formats.decimal(row['high'])}",
        )
        for row in held
    ]


def graphml(rows: Sequence[Row]) -> bytes:
    """The links as GraphML, with estimate, interval and q on each edge."""
    root = ET.Element("graphml", xmlns="http://graphml.graphdrawing.org/xmlns")
    keys = ("estimate", "low", "high", "q")
    for key in keys:
        ET.SubElement(
            root, "key", {"id": key, "for": "edge", "attr.name": key, "attr.type": "double"}
        )
    graph = ET.SubElement(root, "graph", id="network", edgedefault="undirected")
    for node in sorted({str(row[end]) for row in rows for end in ("source", "target")}):
        ET.SubElement(graph, "node", id=node)
    for row in rows:
        edge = ET.SubElement(graph, "edge", source=str(row["source"]), target=str(row["target"]))
        for key in keys:
            if (value := formats.known(row.get(key))) is not None:
                ET.SubElement(edge, "data", key=key).text = repr(value)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))
