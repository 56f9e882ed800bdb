"""``aequa interlink``: a panel to the network of its goals, as tables, a network and pictures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from aequa import __version__
from aequa.attended import attended, beside_panel
from aequa.core.goals import goals as all_goals
from aequa.core.panel import Panel
from aequa.core.results import Provenance, Table
from aequa.interlink import engine, network
from aequa.interlink.direction import Directed, direction
from aequa.interlink.direction_input import series
from aequa.interlink.direction_spec import DirectionSpec
from aequa.interlink.direction_tables import (
    CALIBRATION,
    CASCADE,
    CENTRALITY,
    EXCLUDED,
    LINKS,
    RESPONSES,
    STABILITY,
)
from aequa.interlink.spec import Spec
from aequa.panels import Loaded, load, write_rejects
from aequa.progress import Tell
from aequa.report.charts.network import pictures, standalone
from aequa.results import write_all
from aequa.scores import engine as scores
from aequa.scores.spec import Spec as ScoreSpec

OBSERVED = ScoreSpec(carry=0)
"""Changes are told from what was observed, so no earlier value stands in for a later one."""
SINCE = 2000
"""The first year used: the Millennium Goals' first, before which few series have a value a year."""
_STEPS = 4
_TITLES = {
    "links": "Links between indicators and between goals, by every method",
    "placebo": "How many links each method finds, and how many among unrelated series",
    "centrality": "How strongly each goal is tied into the network",
    "cascade": "What follows over all other goals when one improves by a point",
    "responses": "What follows in each goal when another improves by a point",
    "stability": "How often each direct link is found in halves of the countries",
    "calibration": "Directed links found, by the textbook and against a placebo",
    "agreement": "How far the network of the panel and that of the literature agree",
    "excluded": "What the links leave out, and why",
    "excluded_direction": "What the directions leave out, and why",
    "excluded_scores": "What the goal scores leave out, and why",
}


class Linked(NamedTuple):
    """The tables of the network by name, and what they were made from."""

    tables: dict[str, Table]
    loaded: Loaded


def interlink(paths: Sequence[Path], tell: Tell, report: Path | None = None) -> Linked:
    """The network of a panel's indicators and goals; without paths that of the bundled one.

    With ``report``, a folder that ``aequa report`` wrote, the goals that share its works too, and
    how far both networks agree.

    Raises:
        InputError: a file cannot be read, or holds too few countries, indicators or years.
    """
    tell("reading the panel", 0, _STEPS)
    loaded = load(paths)
    tell("scoring goals", 1, _STEPS)
    scored = scores.score(loaded.panel, OBSERVED)
    tell("linking indicators and goals", 2, _STEPS)
    spec, towards = Spec(), DirectionSpec()
    linked = engine.links(_since(scored.normalised), _several(_since(scored.goals)), spec)
    tell("telling directions", 3, _STEPS)
    directed = _directed(linked, towards)
    found = _standing(linked.links, spec.fdr)
    data = {
        "links": pa.concat_tables([found, directed.links]),
        "placebo": linked.placebo,
        "centrality": directed.centrality,
        "cascade": directed.cascade,
        "responses": directed.responses,
        "stability": directed.stability,
        "calibration": directed.calibration,
        "excluded": linked.excluded,
        "excluded_direction": directed.excluded,
        "excluded_scores": scored.exclusions,
    }
    if report is not None:
        seen = attended(report)
        loaded.digests.update(seen.digests)
        written, data["agreement"] = beside_panel(seen.sets, data["links"], towards)
        data["links"] = pa.concat_tables([data["links"], written.cast(data["links"].schema)])
    specs = {"scores": asdict(OBSERVED), "links": asdict(spec), "direction": asdict(towards)}
    about = Provenance("interlink", specs, loaded.digests, spec.seed, __version__)
    tell("telling directions", _STEPS, _STEPS)
    return Linked(
        {name: Table(name, _TITLES[name], rows, about) for name, rows in data.items()}, loaded
    )


def _directed(linked: engine.Linked, spec: DirectionSpec) -> Directed:
    """Directions between goals; empty tables for a panel of fewer than two goals."""
    if "goal" not in linked.levels:
        schemas = (LINKS, RESPONSES, CENTRALITY, CASCADE, STABILITY, CALIBRATION, EXCLUDED)
        return Directed(*(schema.empty_table() for schema in schemas))
    seen, shocks = linked.levels["goal"]
    return direction(series(seen.countries, seen.indicators, seen.values, shocks), spec)


def _several(goals: Panel) -> Panel:
    """The goals, or none of them where there is but one to link."""
    if len(pc.unique(goals.cells["indicator"])) > 1:
        return goals
    return Panel(goals.cells.slice(0, 0), goals.indicators.slice(0, 0))


def _since(panel: Panel) -> Panel:
    """Only the indicators of a goal, from ``SINCE`` on: people are no part of a goal's network.

    A panel that names no goals is linked as it is.
    """
    known = panel.indicators.filter(pc.is_valid(panel.indicators["goal"]))
    kept = panel.of(known["indicator"].to_pylist()) if known.num_rows else panel
    return Panel(kept.cells.filter(pc.greater_equal(kept.cells["year"], SINCE)), kept.indicators)


def _standing(links: pa.Table, fdr: float) -> pa.Table:
    """The links with ``holds``, as the tables of direction have it."""
    sure = pc.and_(pc.less_equal(links["q"], fdr), pc.not_equal(links["sign"], 0))
    classical = pc.and_(pc.is_null(links["q"]), pc.not_equal(links["sign"], 0))
    holds = pc.or_(sure.combine_chunks().fill_null(False), classical.combine_chunks())
    return links.append_column("holds", holds).select(LINKS.names).cast(LINKS)


def write(linked: Linked, directory: Path) -> None:
    """All tables as CSV, the links that stand as GraphML and JSON, pictures, and result.json."""
    links = linked.tables["links"].data
    standing = links.filter(links["holds"])
    labels = _labels(linked.loaded.panel)
    used = {*standing["source"].to_pylist(), *standing["target"].to_pylist()}
    named = {name: label for name, label in labels.items() if name in used or name[:5] == "goal:"}
    texts: dict[str, bytes] = {
        "network.graphml": network.graphml(standing, named),
        "network.json": json.dumps(network.as_json(standing, named)).encode(),
        **{f"{name}.svg": standalone(drawn) for name, drawn in pictures(links.to_pylist()).items()},
    }
    write_all(directory, linked.tables.values(), texts, linked.loaded.counts)
    write_rejects(linked.loaded, directory)


def for_report(linked: Linked) -> list[Table]:
    """The tables that the report shows: what is about goals, not single indicators."""
    links = linked.tables["links"]
    goals = replace(links, data=links.data.filter(pc.equal(links.data["level"], "goal")))
    parts = {"links": goals} | {
        name: linked.tables[name] for name in ("placebo", "calibration", "centrality", "cascade")
    }
    return [replace(table, name=f"goal_{name}") for name, table in parts.items()]


def told(linked: Linked) -> list[str]:
    """What was found, in a few lines for people: every count beside its placebo."""
    lines = [
        f"{row['level']}s, {row['method']}: {row['share_synergy']:.1%} synergies and"
        f" {row['share_tradeoff']:.1%} trade-offs; among unrelated series"
        f" {row['placebo_synergy']:.1%} and {row['placebo_tradeoff']:.1%}"
        for row in linked.tables["placebo"].data.to_pylist()
        if row["group"] == "all" and row["pairs"] and row["placebo_synergy"] is not None
    ]
    return lines + [
        f"{row['method']}: {row['naive']} of {row['tested']} by the textbook,"
        f" {row['placebo']:.0f} of a placebo, {row['calibrated']} left against it"
        for row in linked.tables["calibration"].data.to_pylist()
        if row["placebo"] is not None
    ]


def _labels(panel: Panel) -> dict[str, str]:
    named = {f"goal:{goal.goal}": f"{goal.goal} {goal.name}" for goal in all_goals()}
    about: list[dict[str, Any]] = panel.indicators.select(["indicator", "name"]).to_pylist()
    return named | {row["indicator"]: row["name"] or row["indicator"] for row in about}
