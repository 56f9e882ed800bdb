"""What an index is made of: indicators in pillars, pillars in pillars, up to one index.

A structure is a table. Each row puts one part into a pillar: ``indicator``, ``pillar``, and
optionally ``weight`` (1), ``direction`` (1 more is better, −1 less is better; else the panel's),
``transform`` (``log``: ln(1 + x); ``per_million`` people; ``per_million_log``: both), ``absent``
(what stands for a country of which a source that lists all there is lists nothing), ``lower`` and
``upper`` (the goalposts: values, after the transform, that score 0 and 100). A row whose
``indicator`` is itself a pillar puts that pillar into another; pillars that no row puts anywhere
make the index.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from aequa.core.errors import SpecError

INDEX = "index"
"""Name of the top, where the table names none."""
STEPS = ("", "log", "per_million", "per_million_log")

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Tree(NamedTuple):
    """Who belongs to whom; nodes are numbered from the bottom up, the last one is the index."""

    leaf_parent: Ints
    """(indicators,): the node of each indicator"""
    node_parent: Ints
    """(nodes,): the node above, −1 for the index"""


@dataclass(frozen=True)
class Structure:
    """The parts of an index, checked."""

    indicators: tuple[str, ...]
    pillars: tuple[str, ...]
    """Names of the nodes, the index last."""
    tree: Tree
    leaf_weights: Floats
    """(indicators,)"""
    node_weights: Floats
    """(nodes,); that of the index is 1"""
    directions: tuple[int | None, ...]
    transforms: tuple[str, ...]
    absent: Floats
    """(indicators,): NaN where missing stays missing"""
    lower: Floats
    upper: Floats
    """(indicators,): goalposts, NaN where there are none"""

    def only(self, kept: Sequence[bool]) -> Structure:
        """Without the indicators not kept and the pillars that this leaves empty."""
        rows = [row for row in self.rows() if row["indicator"] in self._kept(kept)]
        return structure(rows)

    def _kept(self, kept: Sequence[bool]) -> set[str]:
        names = {name for name, keep in zip(self.indicators, kept, strict=True) if keep}
        parent = {row["indicator"]: row["pillar"] for row in self.rows()}
        for name in list(names):
            while (name := parent.get(name, "")) and name not in names:
                names.add(name)
        return names

    def rows(self) -> list[dict[str, Any]]:
        """The table the structure was made from, one dict per part."""
        parts = [
            {
                "indicator": name,
                "pillar": self.pillars[self.tree.leaf_parent[at]],
                "weight": float(self.leaf_weights[at]),
                "direction": self.directions[at],
                "transform": self.transforms[at],
                "absent": float(self.absent[at]),
                "lower": float(self.lower[at]),
                "upper": float(self.upper[at]),
            }
            for at, name in enumerate(self.indicators)
        ]
        above = self.tree.node_parent
        return parts + [
            {"indicator": name, "pillar": self.pillars[above[at]], "weight": self.node_weights[at]}
            for at, name in enumerate(self.pillars[:-1])
        ]


@cache
def default_structure() -> Structure:
    """The intelligence gap's own structure, of ``structure.tsv`` beside this file."""
    text = files("aequa.divide").joinpath("structure.tsv").read_text("utf-8")
    lines = [line.split("\t") for line in text.splitlines() if line and line[0] != "#"]
    return structure([dict(zip(lines[0], line, strict=True)) for line in lines[1:]])


def structure(table: pa.Table | Sequence[Mapping[str, Any]]) -> Structure:
    """Check a table of parts and put it in order.

    Raises ``SpecError`` for a part without a pillar or in two, a pillar inside itself, weights that
    are negative, not finite or all zero in a pillar, and directions or transforms we do not know.

    >>> made = structure([{"indicator": "a", "pillar": "p"}, {"indicator": "b", "pillar": "q"}])
    >>> made.pillars, made.tree.node_parent.tolist()
    (('p', 'q', 'index'), [2, 2, -1])
    """
    rows = table.to_pylist() if isinstance(table, pa.Table) else list(table)
    parent, order = _parents(rows), [str(row.get("indicator")) for row in rows]
    by_name = dict(zip(order, rows, strict=True))
    pillars = _bottom_up(parent)
    place = {name: at for at, name in enumerate(pillars)}
    leaves = [name for name in order if name not in place]
    own = [by_name[name] for name in leaves]
    nodes = [by_name.get(name, {}) for name in pillars]
    tree = Tree(
        np.array([place[parent[name]] for name in leaves], np.int64),
        np.array([place.get(parent.get(name, ""), -1) for name in pillars], np.int64),
    )
    made = Structure(
        indicators=tuple(leaves),
        pillars=tuple(pillars),
        tree=tree,
        leaf_weights=np.array([_weight(row) for row in own]),
        node_weights=np.array([_weight(row) for row in nodes]),
        directions=tuple(_direction(row) for row in own),
        transforms=tuple(_transform(row) for row in own),
        absent=_numbers(own, "absent"),
        lower=_numbers(own, "lower"),
        upper=_numbers(own, "upper"),
    )
    _some_weight(made)
    return made


def _parents(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The pillar of each part; tops that are not one are put under ``index``."""
    parent: dict[str, str] = {}
    for number, row in enumerate(rows, 1):
        name, pillar = row.get("indicator"), row.get("pillar")
        if not name or not pillar:
            raise SpecError(f"structure, row {number}: expected an indicator and its pillar")
        if name in parent:
            raise SpecError(f"structure, row {number}: {name!r} is in two pillars")
        parent[str(name)] = str(pillar)
    if not parent:
        raise SpecError("structure: found no row, expected indicators and their pillars")
    tops = [pillar for pillar in dict.fromkeys(parent.values()) if pillar not in parent]
    if len(tops) > 1:
        parent |= {top: INDEX for top in tops if top != INDEX}
    return parent


def _bottom_up(parent: Mapping[str, str]) -> list[str]:
    """The pillars so that each stands after all inside it."""
    height = dict.fromkeys(parent.values(), 0)
    for name in parent:
        steps, seen, at = 0, {name}, name
        while (at := parent.get(at, "")) != "":
            if at in seen:
                raise SpecError(f"structure: pillar {at!r} lies inside itself")
            seen.add(at)
            height[at] = max(height[at], steps)
            steps += 1
    return sorted(height, key=lambda name: height[name])


def _number(row: Mapping[str, Any], field: str) -> float:
    value = row.get(field)
    if value is None or value == "":
        return float("nan")
    try:
        return float(value)
    except (TypeError, ValueError):
        name = row.get("indicator")
        raise SpecError(f"structure, {name!r}, {field}: found {value!r}, not a number") from None


def _numbers(rows: Sequence[Mapping[str, Any]], field: str) -> Floats:
    return np.array([_number(row, field) for row in rows], np.float64)


def _weight(row: Mapping[str, Any]) -> float:
    weight = _number(row, "weight")
    weight = 1.0 if row.get("weight") in (None, "") else weight
    if not 0 <= weight < float("inf"):
        name = row.get("indicator")
        raise SpecError(f"structure, {name!r}: found weight {weight:g}, expected 0 or more")
    return weight


def _direction(row: Mapping[str, Any]) -> int | None:
    value = _number(row, "direction")
    if value != value:
        return None
    if value not in (1, -1):
        name = row.get("indicator")
        raise SpecError(f"structure, {name!r}: found direction {value:g}, expected 1 or -1")
    return int(value)


def _transform(row: Mapping[str, Any]) -> str:
    value = str(row.get("transform") or "")
    if value not in STEPS:
        name, known = row.get("indicator"), ", ".join(STEPS[1:])
        raise SpecError(f"structure, {name!r}: found transform {value!r}, expected {known} or none")
    return value


def _some_weight(made: Structure) -> None:
    """Raise where all parts of a pillar weigh nothing."""
    total = np.bincount(made.tree.leaf_parent, made.leaf_weights, len(made.pillars))
    inside = made.tree.node_parent[:-1]
    total += np.bincount(inside, made.node_weights[:-1], len(made.pillars))
    for name, weight in zip(made.pillars, total, strict=True):
        if weight <= 0:
            raise SpecError(f"structure, pillar {name!r}: all weights are 0")
