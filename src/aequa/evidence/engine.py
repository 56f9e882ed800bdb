"""The evidence room: a labelled corpus in, all tables of the report out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import duckdb
import pyarrow as pa

from aequa.core.results import Table
from aequa.evidence import (
    attention,
    corrected,
    coverage,
    development,
    examples,
    issues,
    nations,
    progress,
    stakeholders,
)
from aequa.evidence.flat import Corpus, build, drop
from aequa.evidence.known import Known
from aequa.evidence.spec import Spec

__all__ = ["TABLES", "Spec", "evidence"]

TABLES: tuple[Callable[[Corpus], Table], ...] = (
    progress.headline,
    corrected.corrected,
    progress.progress,
    development.goals,
    development.areas,
    development.countries,
    development.groups,
    development.group_goals,
    development.country_goals,
    development.sectors,
    development.sector_goals,
    issues.challenges,
    issues.challenge_years,
    issues.challenge_goals,
    issues.hindered,
    stakeholders.collaboration,
    stakeholders.collaboration_years,
    attention.attention,
    attention.concentration,
    attention.lorenz_points,
    nations.country_contributions,
    nations.country_challenges,
    nations.group_challenges,
    nations.country_attention,
    nations.goal_sets,
    coverage.coverage,
    coverage.languages,
    coverage.impact_cells,
    coverage.impact_origins,
    examples.examples,
    examples.works,
)
"""Every table, in the order of the report."""


def evidence(
    con: duckdb.DuckDBPyConnection,
    spec: Spec,
    inputs: Mapping[str, str],
    known: Known | None = None,
) -> Iterator[Table]:
    """All tables of the labelled corpus that ``con`` holds, with their provenance, one at a time.

    ``con`` has the relations ``works`` (``core.works.WORKS``), ``labels`` (``core.works.LABELS``),
    ``groups`` (grouping, group, country: each country once in each grouping) and ``countries``
    (alpha3, name). ``inputs`` names the corpus's files and their digests, ``known`` says what is
    known of the labels' errors. A table that is streamed must be read before the next is asked
    for. Temporary tables are made in the connection and removed again.
    """
    corpus = Corpus(con, spec, inputs, known or Known())
    try:
        build(con)
        for table in TABLES:  # the last ones are large: none is held while the next is made
            made = table(corpus)
            try:
                yield made
            finally:
                if isinstance(made.data, pa.RecordBatchReader):
                    made.data.close()  # the connection is free again, read or not
    finally:
        drop(con)
