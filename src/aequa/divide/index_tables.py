"""The tables of an index, one function and one schema each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from aequa.divide.aggregate import effective
from aequa.divide.ranks import Spread
from aequa.divide.robust import Setup, Uncertain
from aequa.divide.screen import Exclusion, Screened
from aequa.divide.spec import Spec
from aequa.divide.treat import Treatment

Floats = npt.NDArray[np.float64]

INDEX = pa.schema(
    [
        pa.field("iso3", pa.string(), nullable=False),
        pa.field("score", pa.float64(), nullable=False),
        pa.field("rank", pa.int32(), nullable=False),
        pa.field("rank_low", pa.int32()),
        pa.field("rank_high", pa.int32()),
        pa.field("rank_median", pa.float64()),
        pa.field("score_low", pa.float64()),
        pa.field("score_high", pa.float64()),
        pa.field("score_median", pa.float64()),
        pa.field("observed", pa.int32(), nullable=False),
        pa.field("assumed", pa.int32(), nullable=False),
        pa.field("missing", pa.int32(), nullable=False),
    ]
)
"""Best first. Ranks are 1 for the best; low and high bound the interval of the spec's level, null
without runs; the last three count the country's indicators."""

PILLARS = pa.schema(
    [
        pa.field("iso3", pa.string(), nullable=False),
        pa.field("pillar", pa.string(), nullable=False),
        pa.field("score", pa.float64()),
        pa.field("share", pa.float64(), nullable=False),
    ]
)
"""``share`` of the pillar's parts that the country has; the score is null where it has too few."""

INDICATORS = pa.schema(
    [
        pa.field("iso3", pa.string(), nullable=False),
        pa.field("indicator", pa.string(), nullable=False),
        pa.field("pillar", pa.string(), nullable=False),
        pa.field("value", pa.float64()),
        pa.field("year", pa.int16()),
        pa.field("score", pa.float64()),
        pa.field("how", pa.string(), nullable=False),
    ]
)
"""``how``: observed, assumed (absence stands for a value), imputed (the group's mean), missing."""

WEIGHTS = pa.schema(
    [
        pa.field("part", pa.string(), nullable=False),
        pa.field("pillar", pa.string(), nullable=False),
        pa.field("weight", pa.float64(), nullable=False),
        pa.field("effective", pa.float64()),
        pa.field("iso3", pa.string()),
    ]
)
"""``weight`` within the pillar (they sum to one), ``effective`` in the index, for indicators;
``iso3`` where a country has weights of its own: shares of its benefit-of-the-doubt score."""

STEPS = pa.schema(
    [
        pa.field("step", pa.int32(), nullable=False),
        pa.field("name", pa.string(), nullable=False),
        pa.field("part", pa.string()),
        pa.field("method", pa.string(), nullable=False),
        pa.field("detail", pa.string(), nullable=False),
        pa.field("count", pa.int32(), nullable=False),
    ]
)
"""``detail`` is JSON; ``count`` says how many values the step touched."""

EXCLUDED = pa.schema(
    [
        pa.field("iso3", pa.string()),
        pa.field("part", pa.string()),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("year", pa.int16()),
    ]
)
"""``iso3`` null: for every country; ``part`` null: the country altogether."""


def index(seen: Screened, scores: Floats, ranks: Floats, uncertain: Uncertain | None) -> pa.Table:
    """The table ``INDEX``, best first, ties by code."""
    nothing = np.full(len(scores), np.nan)
    none = Spread(nothing, nothing, nothing)
    placed, drawn = (uncertain.ranks, uncertain.scores) if uncertain else (none, none)
    there = ~np.isnan(seen.values)
    columns = [
        np.array(seen.countries),
        scores,
        *(ranks, placed.low, placed.high, placed.median),
        *(drawn.low, drawn.high, drawn.median),
        (there & ~seen.assumed).sum(axis=1),
        (there & seen.assumed).sum(axis=1),
        (~there).sum(axis=1),
    ]
    order = np.lexsort((columns[0], ranks))
    return _table([column[order] for column in columns], INDEX)


def pillars(seen: Screened, scores: Floats) -> pa.Table:
    """The table ``PILLARS``: country by country, pillars from the bottom up without the index."""
    names = seen.structure.pillars[:-1]
    country, node = _crossed(len(seen.countries), len(names))
    columns = [np.array(seen.countries)[country], np.array(names, object)[node]]
    return _table([*columns, scores[node, country], seen.shares[node, country]], PILLARS)


def indicators(seen: Screened, normalised: Floats) -> pa.Table:
    """The table ``INDICATORS``, country by country."""
    structure = seen.structure
    country, at = _crossed(*seen.values.shape)
    there, scored = ~np.isnan(seen.values), ~np.isnan(normalised)
    how = np.where(there, np.where(seen.assumed, "assumed", "observed"), "missing")
    how = np.where(~there & scored, "imputed", how)
    years = np.where(seen.years > 0, seen.years, np.nan)
    columns = [
        np.array(seen.countries)[country],
        np.array(structure.indicators)[at],
        np.array(structure.pillars)[structure.tree.leaf_parent[at]],
        *(array[country, at] for array in (seen.raw, years, normalised, how)),
    ]
    return _table(columns, INDICATORS)


def weights(seen: Screened, setup: Setup, own: Floats | None) -> pa.Table:
    """The table ``WEIGHTS``: indicators, pillars, then countries' own."""
    structure, tree, top = seen.structure, seen.structure.tree, len(seen.structure.pillars) - 1
    total = np.bincount(tree.leaf_parent, setup.leaf_weights, top + 1)
    total += np.bincount(tree.node_parent[:-1], setup.node_weights[:-1], top + 1)
    whole = effective(setup.leaf_weights[None], setup.node_weights[None], tree, top)[0]
    leaf = zip(structure.indicators, tree.leaf_parent, setup.leaf_weights, whole, strict=True)
    node = zip(structure.pillars[:-1], tree.node_parent, setup.node_weights, strict=False)
    rows = [(name, structure.pillars[up], w / total[up], e, None) for name, up, w, e in leaf]
    rows += [(name, structure.pillars[up], w / total[up], None, None) for name, up, w in node]
    if own is not None:
        rows += _own(seen, own)
    return _table(list(zip(*rows, strict=True)), WEIGHTS)


def _own(seen: Screened, own: Floats) -> list[tuple[Any, ...]]:
    structure, top = seen.structure, len(seen.structure.pillars) - 1
    parts = [structure.pillars[at] for at in np.flatnonzero(structure.tree.node_parent == top)]
    parts += [structure.indicators[at] for at in np.flatnonzero(structure.tree.leaf_parent == top)]
    return [
        (parts[at], structure.pillars[top], own[row, at], None, seen.countries[row])
        for row, at in np.argwhere(~np.isnan(own)).tolist()
    ]


def steps(seen: Screened, done: list[Treatment], spec: Spec, normalised: Floats) -> pa.Table:
    """The table ``STEPS``: enough, with the panel and the structure, to make the index again."""
    names, values = seen.structure.indicators, seen.values
    log: list[tuple[str, str | None, str, Mapping[str, Any], int]] = []
    about = {"until": seen.until, "window": spec.window}
    log.append(("latest", None, "last value in the window", about, int((seen.years > 0).sum())))
    for at, name in enumerate(names):
        assumed = int(seen.assumed[:, at].sum())
        if assumed:
            value = float(seen.structure.absent[at])
            log.append(("absent", name, "absence stands for a value", {"value": value}, assumed))
        if seen.structure.transforms[at]:
            known = int((~np.isnan(values[:, at])).sum())
            log.append(("transform", name, seen.structure.transforms[at], {}, known))
    limits = {"pillar_share": spec.pillar_share, "index_share": spec.index_share}
    log.append(("limits", None, "share of parts", limits, len(seen.countries)))
    imputed = int((np.isnan(values) & ~np.isnan(normalised)).sum())
    log.append(("missing", None, spec.missing, {"grouping": spec.grouping}, imputed))
    for name, treatment in zip(names, done, strict=False):
        detail = {key: _plain(value) for key, value in treatment._asdict().items()}
        moved = treatment.high + treatment.low
        changed = treatment.transform != "none"
        method = treatment.transform if changed else "winsorise" if moved else "none"
        log.append(("treat", name, method, detail, len(values) if changed else moved))
    scored = int((~np.isnan(normalised)).sum())
    log.append(("normalise", None, spec.normalise, {}, scored))
    log.append(("weigh", None, spec.weights, {}, len(names)))
    log.append(("aggregate", None, spec.aggregate, {}, len(seen.countries)))
    log.append(("runs", None, "monte carlo", asdict(spec), spec.runs))
    rows = [
        (number, name, part, method, json.dumps(detail, sort_keys=True), count)
        for number, (name, part, method, detail, count) in enumerate(log, 1)
    ]
    return _table(list(zip(*rows, strict=True)), STEPS)


def excluded(seen: Screened) -> pa.Table:
    """The table ``EXCLUDED``."""
    rows: tuple[Exclusion, ...] = seen.excluded
    return _table(list(zip(*rows, strict=True)) or [[]] * len(EXCLUDED), EXCLUDED)


def _crossed(rows: int, columns: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    row, column = np.indices((rows, columns)).reshape(2, -1)
    return row, column


def _table(columns: Iterable[Any], schema: pa.Schema) -> pa.Table:
    """Columns to a table of the schema; NaN becomes null."""
    arrays = [
        pa.array(column, from_pandas=True).cast(field.type)
        for column, field in zip(columns, schema, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _plain(value: Any) -> Any:
    """A number for JSON: NaN becomes null."""
    return None if isinstance(value, float) and value != value else value
