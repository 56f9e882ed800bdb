"""Small labelled corpora made by hand or drawn at random, and the room's tables of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import strategies as st

from aequa.core.results import Table
from aequa.core.works import LABELS, WORKS
from aequa.evidence.engine import evidence
from aequa.evidence.spec import Spec

Record = dict[str, Any]
Rows = list[Record]
Open = Callable[[Rows, Rows], duckdb.DuckDBPyConnection]

SIDES = {"DEU": "North", "USA": "North", "KEN": "South", "IND": "South", "ATA": "unclassified"}
INCOMES = {"DEU": "high", "USA": "high", "KEN": "lower-middle", "IND": "lower-middle"}


def _places(authors: list[str | None]) -> Record:
    """Full and fractional countries of authors with one affiliation each."""
    known = sorted({country for country in authors if country})
    shares = [
        {"country": country, "share": authors.count(country) / len(authors)}
        for country in [*known, None]
        if country in authors
    ]
    return {"countries": known, "country_shares": shares}


@pytest.fixture(scope="session")
def work() -> Callable[..., Record]:
    """A row of ``WORKS``: ``work("a", authors=["KEN", None], year=2020)``."""

    def make(name: str, authors: list[str | None] = [], **given: Any) -> Record:  # noqa: B006
        row = {"id": f"doi:10.1/{name}", "ids": [f"doi:10.1/{name}"], "title": f"Work {name}"}
        return {"abstract": "Text.", "sectors": [], **row, **_places(authors), **given}

    return make


@pytest.fixture(scope="session")
def label() -> Callable[..., Record]:
    """A row of ``LABELS``: ``label("a", goals={3: "supports"}, challenges=["bias"])``."""

    def make(name: str, goals: Any = (), challenges: Any = (), areas: Any = (), ai: Any = True):  # type: ignore[no-untyped-def]
        def scored(names: Any) -> Any:
            return None if names is None else [{"name": each, "score": 0.5} for each in names]

        judged = [
            {"goal": goal, "score": 0.75, "contribution": what, "evidence": [f"goal {goal}"]}
            for goal, what in dict(goals or {}).items()
        ]
        return {
            "id": f"doi:10.1/{name}",
            "ai": {"label": ai, "score": 0.5},
            "goals": None if goals is None else judged,
            "challenges": scored(challenges),
            "areas": scored(areas),
        }

    return make


@pytest.fixture(scope="session")
def opened() -> Open:
    """Rows as the connection that the pipeline prepares."""

    def connect(works: Rows, labels: Rows) -> duckdb.DuckDBPyConnection:
        con = duckdb.connect(config={"threads": 2})
        groups = [
            {"grouping": grouping, "group": group, "country": country}
            for grouping, groups in (("north_south", SIDES), ("income", INCOMES))
            for country, group in groups.items()
        ]
        con.register("works", pa.Table.from_pylist(works, WORKS))
        con.register("labels", pa.Table.from_pylist(labels, LABELS))
        con.register("groups", pa.Table.from_pylist(groups))
        con.register("countries", pa.table({"alpha3": list(SIDES), "name": list(SIDES)}))
        return con

    return connect


def read(table: Table) -> Table:
    """The table with its rows held, also the one that is streamed."""
    streamed = isinstance(table.data, pa.RecordBatchReader)
    return replace(table, data=table.data.read_all()) if streamed else table


@pytest.fixture(scope="session")
def tables(opened: Open) -> Callable[..., dict[str, Table]]:
    """All tables of a corpus by name."""

    def run(works: Rows, labels: Rows, spec: Spec | None = None) -> dict[str, Table]:
        with opened(works, labels) as con:
            made = evidence(con, spec or Spec(replicates=50), {"works": "sha256:0"})
            return {table.name: read(table) for table in made}

    return run


@pytest.fixture(scope="session")
def corpus(work: Callable[..., Record], label: Callable[..., Record]) -> tuple[Rows, Rows]:
    """Six works of which a–e are about AI; the tests count them by hand."""
    works = [
        work("a", ["KEN"], year=2020, top10=1.0, top1=0.0, cited_by=9, sectors=["academia"]),
        work(
            "b",
            ["USA", "KEN"],
            year=2020,
            top10=0.5,
            top1=0.0,
            cited_by=9,
            cell_small=True,
            sectors=["academia", "company"],
            venue="V",
        ),
        work("c", ["USA", None], year=2021, top10=0.0, top1=0.0, cited_by=1, abstract=None),
        work("d", ["DEU", "USA"], year=2021, sectors=["company"]),
        work("e", [None]),
        work("f", ["IND"], year=2020, top10=1.0, top1=1.0, language="sw"),
    ]
    labels = [
        label("a", {3: "supports", 10: "hinders"}, ["bias"], ["society"]),
        label("b", {3: "mixed"}, ["bias", "privacy"], ["society", "economy"]),
        label("c", {3: "hinders"}),
        label("d", {3: "neutral"}, areas=["economy"]),
        label("e"),
        label("f", {1: "supports"}, ai=False),
    ]
    return works, labels


@pytest.fixture(scope="session")
def drawn(
    work: Callable[..., Record], label: Callable[..., Record]
) -> st.SearchStrategy[tuple[Rows, Rows]]:
    """Random corpora of up to twelve works, with all that can be unknown unknown at times."""
    contributions = st.sampled_from(["supports", "hinders", "mixed", "neutral", None])
    names = {
        "challenges": st.lists(st.sampled_from(["bias", "energy"]), unique=True),
        "areas": st.lists(st.sampled_from(["economy", "science"]), unique=True),
        "goals": st.dictionaries(st.sampled_from([1, 3, 17]), contributions),
        "ai": st.sampled_from([True, True, True, False]),
    }
    weights = st.sampled_from([None, 0.0, 0.25, 1.0])
    facts = st.fixed_dictionaries(
        {
            "authors": st.lists(st.sampled_from([*SIDES, None]), max_size=4),
            "year": st.sampled_from([None, 2020, 2021]),
            "top10": weights,
            "top1": weights,
            "abstract": st.sampled_from([None, "Text."]),
            "cell_small": st.sampled_from([None, False, True]),
            "sectors": st.lists(st.sampled_from(["academia", "company", "other"]), unique=True),
        }
    )
    judgements = st.fixed_dictionaries({name: st.none() | given for name, given in names.items()})
    pairs = st.lists(st.tuples(facts, judgements), max_size=12)
    return pairs.map(
        lambda rows: (
            [work(f"{n:02}", **fact) for n, (fact, _) in enumerate(rows)],
            [label(f"{n:02}", **judged) for n, (_, judged) in enumerate(rows)],
        )
    )
