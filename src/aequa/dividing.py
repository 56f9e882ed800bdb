"""``aequa divide``: a panel to the intelligence gap: an index, imbalances, country profiles."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from aequa import __version__
from aequa.attended import attended, works_of
from aequa.core.panel import Panel
from aequa.core.results import Provenance, Table
from aequa.divide import attention, need, profile_tables
from aequa.divide.gap_spec import GapSpec
from aequa.divide.imbalances import imbalances, peopled
from aequa.divide.index import choices, index
from aequa.divide.index_tables import EXCLUDED
from aequa.divide.observe import Latest, latest
from aequa.divide.pooled import pooled
from aequa.divide.profiles import profiles
from aequa.divide.spec import Spec
from aequa.divide.structure import default_structure
from aequa.panels import Loaded, bundled, load, write_rejects
from aequa.progress import Tell
from aequa.results import write_all
from aequa.scores import engine as scores
from aequa.scores.spec import Spec as ScoreSpec

SUBJECTS = {
    "epoch:training_flop": ("Training compute of notable models", "FLOP"),
    "gapminder:aid_received": ("Development aid received", "$ (constant)"),
}
"""Amounts of the panel that no part of the index is: what they are called, and their unit."""
_STEPS = 4
_TITLES = {
    "index": "The intelligence-gap index: a score and rank of every country, with intervals",
    "pillars": "The score of each country in each pillar of the index",
    "indicators": "The values that the index is made of",
    "weights": "What each part of the index weighs",
    "steps": "How the index was made, step by step",
    "choices": "Which choice of method moves the ranks",
    "excluded": "What the index leaves out, and why",
    "pooled": "Values shared by more countries than chance explains: pooled, or on a coarse scale",
    "imbalances": "How unequal attention, data and technology are",
    "decomposition": "Inequality within and between groups of countries (Theil's T)",
    "contributions": "What each country adds to the inequality of a subject",
    "lorenz": "What share of a subject the least served share of people has",
    "coverage": "Data that countries have, of the series that apply to them",
    "attention_goals": "Each goal's share of attention, against its share of need",
    "attention_countries": "Each country's share of attention, against its share of need",
    "goal_scores": "The score of each country in each goal, and its people",
    "peers": "The countries that each country is compared with",
    "raises": "What would raise the rank of each country most",
    "data": "Data that each country has, of the series that apply to it",
}


class Divided(NamedTuple):
    """The tables of the gap by name, the profile of every country, and what was read."""

    tables: dict[str, Table]
    profiles: dict[str, dict[str, Any]]
    loaded: Loaded
    scores: pa.Table
    """What the countries score in the goals: ``divide.profile_tables.SCORES``."""


def divide(paths: Sequence[Path], tell: Tell, report: Path | None = None) -> Divided:
    """The gap of a panel; without paths of the bundled one.

    A panel of the user's own is added to the bundled one, which then only fills what it lacks.
    ``report`` is a folder that ``aequa report`` wrote: its works are set against need.

    Raises:
        InputError: a file cannot be read, or holds a negative amount.
    """
    tell("reading the panel", 0, _STEPS)
    loaded = load([*paths, bundled()] if paths else [])
    tell("ranking countries", 1, _STEPS)
    spec, gap, structure = Spec(), GapSpec(), default_structure()
    indexed = index(loaded.panel, structure, spec)
    tell("weighing choices", 2, _STEPS)
    moved = choices(indexed)
    tell("measuring imbalances", 3, _STEPS)
    scored = scores.score(loaded.panel)
    reached = need.goal_scores(scored.goals, gap.window)
    there = [name for name in SUBJECTS if name in loaded.panel.indicators["indicator"].to_pylist()]
    seen = latest(loaded.panel, there, gap.window, gap.until)
    held = _amounts(there, seen)
    if report is not None:
        works = attended(report)
        held = pa.concat_tables([attention.works_as_resources(works_of(works)), held])
        loaded.digests.update(works.digests)
    found = imbalances(loaded.panel, reached, held, structure, gap)
    parts = ("index", "pillars", "indicators", "weights", "steps", "excluded")
    data = {name: getattr(indexed, name) for name in parts} | {"choices": moved}
    data["excluded"] = pa.concat_tables([data["excluded"], _negative(there, seen)])
    data["pooled"] = _pooled(loaded.panel, indexed.structure.indicators, gap)
    specs = {"index": asdict(spec), "imbalances": asdict(gap), "scores": asdict(ScoreSpec())}
    about = Provenance("divide", specs, loaded.digests, spec.seed, __version__)
    tell("measuring imbalances", _STEPS, _STEPS)
    return Divided(
        {
            name: Table(name, _TITLES[name], rows, about)
            for name, rows in {**data, **found._asdict()}.items()
        },
        profiles(indexed),
        loaded,
        profile_tables.scores(scored.goals, gap.window, peopled(loaded.panel, gap)),
    )


def write(divided: Divided, directory: Path) -> None:
    """All tables as CSV, the profiles as ``country/ISO3.json``, and ``result.json``."""
    texts = {
        f"country/{iso3}.json": (json.dumps(one, ensure_ascii=False, indent=1) + "\n").encode()
        for iso3, one in divided.profiles.items()
    }
    write_all(directory, divided.tables.values(), texts, divided.loaded.counts)
    write_rejects(divided.loaded, directory)


def for_report(divided: Divided) -> list[Table]:
    """The tables that the report shows, with names of indicators; countries in the index only."""
    named = _named(divided)
    found = [replace(divided.tables["index"], name="gap_index")]
    for name in ("imbalances", "decomposition", "coverage"):
        table = divided.tables[name]
        rows = table.data
        if "subject" in rows.column_names:
            subjects = [named.get(one) or one for one in rows["subject"].to_pylist()]
            rows = rows.append_column("subject_name", pa.array(subjects, pa.string()))
        if name == "coverage":
            rows = rows.filter(pc.not_equal(rows["grouping"], "country"))
        found.append(replace(table, name=f"gap_{name}", data=rows))
    return [*found, *_of_countries(divided, named)]


def _of_countries(divided: Divided, named: Mapping[str, str]) -> list[Table]:
    """What the edition of a country shows of its gap, for all countries."""
    about = divided.tables["index"].provenance
    data = {
        "pillars": divided.tables["pillars"].data,
        "indicators": profile_tables.indicators(divided.tables["indicators"].data, named),
        "peers": profile_tables.peers(divided.profiles),
        "raises": profile_tables.raises(divided.profiles, named),
        "data": profile_tables.data(divided.tables["coverage"].data),
    }
    rules = next(iter(divided.profiles.values()), {})
    notes = {"peers": rules.get("peers_rule", ""), "raises": rules.get("raise_rule", "")}
    found = [
        Table(f"gap_{name}", _TITLES[name], rows, about, notes.get(name, ""))
        for name, rows in data.items()
    ]
    return [*found, Table("goal_scores", _TITLES["goal_scores"], divided.scores, about)]


def _named(divided: Divided) -> dict[str, str]:
    """The names of the panel's indicators by their codes."""
    about = divided.loaded.panel.indicators
    return dict(zip(about["indicator"].to_pylist(), about["name"].to_pylist(), strict=True))


def told(divided: Divided) -> list[str]:
    """What was found, in a few lines for people."""
    ranked = divided.tables["index"].data
    first = ", ".join(
        f"{row['iso3']} (rank {row['rank_low']}–{row['rank_high']})"
        for row in ranked.slice(0, 3).to_pylist()
    )
    lines = [
        f"{row['subject']}: Gini {row['value']:.2f} ({row['low']:.2f}–{row['high']:.2f})"
        for row in divided.tables["imbalances"].data.to_pylist()
        if (row["measure"], row["group"], row["goal"]) == ("gini", "world", None)
        and row["imbalance"] == "attention"
        and None not in (row["value"], row["low"], row["high"])
    ]
    return [f"{ranked.num_rows} countries ranked; first {first}", *lines]


def _pooled(panel: Panel, indicators: Sequence[str], spec: GapSpec) -> pa.Table:
    """Shared values in the latest ones of each indicator; ``bound`` ones are ends of a scale."""
    seen = latest(panel, indicators, spec.window, spec.until)
    parts = [pooled(seen.countries, column) for column in seen.values.T]
    named = [
        part.add_column(0, "indicator", pa.array([name] * part.num_rows, pa.string()))
        for name, part in zip(indicators, parts, strict=True)
    ]
    return pa.concat_tables(named)


def _negative(there: Sequence[str], seen: Latest) -> pa.Table:
    """Exclusions: countries that gave back more of one of ``SUBJECTS`` than they got."""
    rows = [
        {
            "iso3": seen.countries[row],
            "part": there[at],
            "reason": "negative: more given back than received, expected 0 or more",
            "year": int(seen.years[row, at]),
        }
        for row, at in np.argwhere(seen.values < 0).tolist()
    ]
    return pa.Table.from_pylist(rows, schema=EXCLUDED)


def _amounts(there: Sequence[str], seen: Latest) -> pa.Table:
    """What countries hold of each of ``SUBJECTS``, the latest of the window."""
    parts = [attention.RESOURCES.empty_table()]
    for at, name in enumerate(there):
        known = np.flatnonzero(seen.values[:, at] >= 0)  # the others are told by ``_negative``
        subject, unit = SUBJECTS[name]
        size = len(known)
        columns = [
            [subject] * size,
            [unit] * size,
            [seen.countries[row] for row in known],
            pa.nulls(size, pa.int8()),
            seen.values[known, at],
        ]
        parts.append(pa.table(columns, schema=attention.RESOURCES))
    return pa.concat_tables(parts)
