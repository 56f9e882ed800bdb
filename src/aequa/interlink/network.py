"""The network of links as GraphML and as JSON; as CSV the table of links is the network."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

import pyarrow as pa

from aequa.core.errors import one_line

GRAPHML = "http://graphml.graphdrawing.org/xmlns"
DIRECTED = ("granger", "projection")
"""Methods whose links run from source to target; all others have no direction."""
EDGE_KEYS = (
    ("level", "string"),
    ("method", "string"),
    ("group", "string"),
    ("sign", "int"),
    ("weight", "double"),
    ("low", "double"),
    ("high", "double"),
    ("p", "double"),
    ("q", "double"),
    ("observations", "long"),
    ("countries", "long"),
)
_COLUMNS = {"weight": "estimate"}


def as_json(links: pa.Table, labels: Mapping[str, str]) -> dict[str, Any]:
    """``{"nodes": [{"id", "label"}], "edges": [{"source", "target", "directed", …}]}``.

    ``links`` has the columns of ``LINKS``; ``labels`` names the nodes, and those without any link
    are in too. A number that is unknown is null. Nodes are sorted, edges stand as in the table.
    """
    rows = links.to_pylist()
    ends = {row[end] for row in rows for end in ("source", "target")}
    nodes = [{"id": name, "label": labels.get(name, name)} for name in sorted(ends | {*labels})]
    edges = [
        {
            "source": row["source"],
            "target": row["target"],
            "directed": row["method"] in DIRECTED,
            **{key: _known(row.get(_COLUMNS.get(key, key))) for key, _ in EDGE_KEYS},
        }
        for row in rows
    ]
    return {"nodes": nodes, "edges": edges}


def _known(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def graphml(links: pa.Table, labels: Mapping[str, str]) -> bytes:
    """The network as GraphML (Brandes et al. 2002) with typed attributes; unknown ones left out."""
    ET.register_namespace("", GRAPHML)
    root = ET.Element(_tag("graphml"))
    _declare(root, "node", "label", "string")
    for key, kind in EDGE_KEYS:
        _declare(root, "edge", key, kind)
    graph = ET.SubElement(root, _tag("graph"), {"id": "goals", "edgedefault": "directed"})
    network = as_json(links, labels)
    for node in network["nodes"]:
        element = ET.SubElement(graph, _tag("node"), {"id": one_line(node["id"])})
        _data(element, "node", {"label": node["label"]})
    for place, edge in enumerate(network["edges"]):
        ends = {end: one_line(edge.pop(end)) for end in ("source", "target")}
        directed = "true" if edge.pop("directed") else "false"
        about = {"id": f"e{place}", **ends, "directed": directed}
        _data(ET.SubElement(graph, _tag("edge"), about), "edge", edge)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _tag(name: str) -> str:
    return f"{{{GRAPHML}}}{name}"


def _declare(root: ET.Element, owner: str, name: str, kind: str) -> None:
    about = {"id": f"{owner}_{name}", "for": owner, "attr.name": name, "attr.type": kind}
    ET.SubElement(root, _tag("key"), about)


def _data(element: ET.Element, owner: str, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if value is not None:
            data = ET.SubElement(element, _tag("data"), {"key": f"{owner}_{name}"})
            data.text = one_line(value) if isinstance(value, str) else repr(value)
