"""What the works of a report attend to: goals together, and each country's goals against need."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from aequa import __version__
from aequa.core.errors import InputError
from aequa.core.provenance import digest
from aequa.core.results import Provenance, Table
from aequa.divide import attention, need
from aequa.divide.attention import WORKS
from aequa.divide.gap_spec import GapSpec
from aequa.interlink.direction_spec import DirectionSpec
from aequa.interlink.direction_tables import LINKS
from aequa.interlink.literature_links import compared, literature

_FILES = ("works.parquet", "labels.parquet")
_BATCH = 10_000
ASKED = ("goal_sets", "country_attention")
"""Tables of a corpus that ``of_corpus`` needs."""
AGREEMENT = pa.schema(
    [
        pa.field("first", pa.string()),
        pa.field("second", pa.string()),
        pa.field("links_first", pa.int64()),
        pa.field("links_second", pa.int64()),
        pa.field("pairs", pa.int64()),
        pa.field("both", pa.int64()),
        *(
            pa.field(name, pa.float64())
            for name in ("both_expected", "both_p", "jaccard", "spearman", "spearman_p")
        ),
    ]
)
"""How far two networks of goals agree: ``interlink.agreement``."""
_TITLES = {
    "literature_links": "Goals that share AI works, against chance",
    "literature_agreement": "How far the links of goals in the panel and in AI works agree",
    "attention_goals": "Each goal's share of AI works, against its share of need",
    "attention_countries": "Each country's share of AI works, against its share of need",
}
_CHANCE = (
    "estimate: works that touch both goals over those expected if works kept their number of "
    "goals, and goals their number of works (a maximum-entropy null); low and high: 95 % interval "
    "for sampling of works; q: after Benjamini and Hochberg."
)
_AGREED = (
    "both: pairs linked in both; both_expected and p by relabelling the goals of one network "
    "(Krackhardt 1988); spearman: of the weights of all pairs known in both."
)
_NEED = (
    "share: of all works split over countries and goals; share_need: of the people affected "
    "(population × distance to the goal), or of the distance alone; ratio: share / share_need. "
    "subject works: all AI works; highly_cited: their part in the top 10 % cited."
)


class Attended(NamedTuple):
    """The AI works of one report."""

    goals: dict[str, list[int]]
    """The goals of each work, by its id; an empty list where it touches none"""
    folder: Path
    digests: dict[str, str]

    @property
    def sets(self) -> pa.Array:
        """One list of goals a work."""
        return pa.array(list(self.goals.values()), pa.list_(pa.int8()))


def attended(folder: Path) -> Attended:
    """The AI works of a folder that ``aequa report`` wrote.

    Raises:
        InputError: the folder does not hold a corpus and its labels, or no AI work.
    """
    missing = [name for name in _FILES if not (folder / name).is_file()]
    if missing:
        raise InputError(f"{folder}: lacks {', '.join(missing)}, expected what aequa report wrote")
    goals: dict[str, list[int]] = {}
    for row in _rows(folder / "labels.parquet", ["id", "ai", "goals"]):
        if (row["ai"] or {}).get("label"):
            goals[row["id"]] = sorted({one["goal"] for one in row["goals"] or ()})
    if not goals:
        raise InputError(f"{folder}: none of its works is about AI")
    return Attended(goals, folder, {name: digest(folder / name) for name in _FILES})


def works_of(seen: Attended) -> pa.Table:
    """``divide.attention.WORKS``: each work split over its countries and its goals.

    An author has an equal part of a work, a place an equal part of its author; a part of unknown
    country has none. Highly cited are the top tenth, ties shared, of works with a percentile.
    """
    sums: defaultdict[tuple[str | None, int | None], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in _rows(seen.folder / "works.parquet", ["id", "authorships", "top10"]):
        goals = seen.goals.get(row["id"])
        if goals is None:
            continue
        for country, part in shares(row["authorships"]).items():
            kept: list[int | None] = [*goals] or [None]
            for goal in kept:
                found = sums[country, goal]
                found[0] += part / len(kept)
                found[1] += part / len(kept) * (row["top10"] or 0.0)
    order = sorted(sums, key=lambda key: (key[0] or "", key[1] or 0))
    rows = [(*key, *sums[key]) for key in order]
    return pa.Table.from_pylist(
        [dict(zip(WORKS.names, row, strict=True)) for row in rows], schema=WORKS
    )


def shares(authorships: list[dict[str, Any]] | None) -> dict[str | None, float]:
    """The parts of a work by country; they add up to 1.

    >>> norway, unknown = {"country": "NOR"}, {"country": None}
    >>> shares([{"affiliations": [norway, unknown]}, {"affiliations": []}])
    {'NOR': 0.25, None: 0.75}
    """
    parts: defaultdict[str | None, float] = defaultdict(float)
    for author in authorships or [{"affiliations": []}]:
        places = author["affiliations"] or [{"country": None}]
        for place in places:
            parts[place["country"]] += 1 / len(places) / max(len(authorships or ()), 1)
    return dict(parts)


def beside_panel(
    sets: pa.Array | pa.ChunkedArray,
    links: pa.Table,
    spec: DirectionSpec,
    works: np.ndarray[Any, np.dtype[np.int64]] | None = None,
) -> tuple[pa.Table, pa.Table]:
    """The literature's links between goals, and a row on how far those of the panel agree.

    ``links`` are of ``interlink.direction_tables.LINKS``; ``works`` as in ``literature``.
    """
    found = literature(sets, spec, works=works)
    for end in ("source", "target"):
        names = pa.array([f"goal:{goal}" for goal in found[end].to_pylist()], pa.string())
        found = found.set_column(found.column_names.index(end), end, names)
    own = links
    for column, value in {"level": "goal", "group": "all", "method": "conservative"}.items():
        own = own.filter(pc.equal(own[column], value))
    row = {"first": "conservative", "second": "literature"}
    told = compared(own, found, spec)._asdict()
    agreed = {**row, "links_first": told.pop("first"), "links_second": told.pop("second"), **told}
    return found, pa.Table.from_pylist([agreed], schema=AGREEMENT)


def of_corpus(made: Mapping[str, Table], shipped: Mapping[str, Table]) -> list[Table]:
    """What the report says of its works against the bundled panel: links of goals, and need.

    ``made`` holds the corpus's tables ``goal_sets`` and ``country_attention``, ``shipped`` the
    panel's ``goal_links`` and ``goal_scores``. A corpus without a goal has tables without rows.
    """
    sets, spread = made["goal_sets"], made["country_attention"]
    links, scores = shipped["goal_links"], shipped["goal_scores"]
    return [*_linked(sets, links), *_against_need(spread, scores)]


def _linked(sets: Table, links: Table) -> list[Table]:
    spec = DirectionSpec()
    about = _made("interlink.literature", spec, sets, links)
    found, agreed = LINKS.empty_table(), AGREEMENT.empty_table()
    if sets.data.num_rows:
        counts = sets.data["works"].to_numpy().astype(np.int64)
        found, agreed = beside_panel(sets.data["goals"], links.data, spec, counts)
    return [
        Table("literature_links", _TITLES["literature_links"], found, about, _CHANCE),
        Table("literature_agreement", _TITLES["literature_agreement"], agreed, about, _AGREED),
    ]


def _against_need(spread: Table, scores: Table) -> list[Table]:
    spec = GapSpec()
    about = _made("divide.attention", spec, spread, scores)
    rows = scores.data.filter(pc.is_valid(scores.data["score"]))
    reached = rows.select(["iso3", "goal", "score"]).rename_columns(need.GOAL_SCORES.names)
    known = scores.data.filter(pc.is_valid(scores.data["population"]))
    people = dict(zip(known["iso3"].to_pylist(), known["population"].to_pylist(), strict=True))
    needed = need.need(reached.cast(need.GOAL_SCORES), people)
    held = attention.held(attention.works_as_resources(spread.data.cast(WORKS)))
    goals = [attention.goals_against_need(one, needed, spec) for one in held]
    countries = [attention.countries_against_need(one, needed, people) for one in held]
    data = {
        "attention_goals": pa.concat_tables([attention.ATTENTION_GOALS.empty_table(), *goals]),
        "attention_countries": pa.concat_tables(
            [attention.ATTENTION_COUNTRIES.empty_table(), *countries]
        ),
    }
    return [Table(name, _TITLES[name], rows, about, _NEED) for name, rows in data.items()]


def _made(step: str, spec: DirectionSpec | GapSpec, *sources: Table) -> Provenance:
    inputs = {name: one for table in sources for name, one in table.provenance.inputs.items()}
    return Provenance(step, asdict(spec), inputs, spec.seed, __version__)


def _rows(path: Path, columns: list[str]) -> Iterator[dict[str, Any]]:
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_BATCH, columns=columns):
                yield from batch.to_pylist()
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path}: not what aequa wrote ({error})") from error
