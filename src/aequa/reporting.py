"""A labelled corpus to tables and a page: counted by DuckDB within a bound, whatever its size."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from aequa import __version__, bundled
from aequa.classify import engine as classifier
from aequa.classify import models
from aequa.core import countries, groups
from aequa.core.errors import AequaError, InputError
from aequa.core.provenance import digest
from aequa.core.results import read_parquet, write_parquet
from aequa.core.works import LABELS, WORKS
from aequa.corpus.store import Counts
from aequa.evidence import engine as evidence
from aequa.evidence.known import Audited, Known, label_of, rates_of
from aequa.labelling import Labelled
from aequa.ledger import FileTally
from aequa.progress import Tell
from aequa.report import page
from aequa.report.edition import WORLD, Edition
from aequa.sources.read import expand, name_of
from aequa.steps import Steps, code

AUDIT = "audit.parquet"
"""What ``aequa audit estimate`` leaves beside the corpus."""
MEMORY = "400MB"
"""What DuckDB may hold before it spills to disk."""


class Basis(NamedTuple):
    """A labelled corpus, and how it came about."""

    works: Sequence[Path]
    """Parquet files of the schema ``WORKS``."""
    labels: Sequence[Path]
    """Parquet files of the schema ``LABELS``; a work without a row here is in no table."""
    digests: dict[str, str]
    """Of the files that it was made from."""
    tallies: Sequence[FileTally]
    counts: Counts
    labelled: Labelled
    sample: str | None = None
    """What to call the file, when it is the bundled sample."""


def write(
    directory: Path,
    basis: Basis,
    spec: classifier.Spec,
    tell: Tell,
    edition: Edition = WORLD,
    steps: Steps | None = None,
) -> None:
    """All tables, in place of those of an earlier run, and the page that shows them.

    With the record of the directory's ``steps``, tables of an earlier run that would come out the
    same are kept.
    """
    tell("counting", 0, None)
    if steps is None:
        _, audit = count(directory, basis, spec)
    else:
        audit = count_once(directory, basis, spec, steps, tell)
    tell("writing the page", 0, None)
    page.write(directory, _about(basis, spec) | {"audit": audit}, edition)


def count_once(
    directory: Path, basis: Basis, spec: classifier.Spec, steps: Steps, tell: Tell
) -> str | None:
    """An audit's use; the tables are made unless an earlier run made them of the same.

    The same are corpus, labels, audit, parameters and code; a table that is missing, changed or
    not of that run means making all again.
    """
    folder, audit = directory / "tables", directory / AUDIT
    key = [
        code(),
        dict(basis.digests),
        [digest(path) for path in (*basis.works, *basis.labels)],
        [asdict(spec), asdict(evidence.Spec())],
        digest(audit) if audit.exists() else None,
    ]
    known = steps.finished("count", key)
    if known is not None and {path.stem for path in folder.glob("*.parquet")} == {*known["names"]}:
        tell("counting: done by an earlier run", len(known["names"]), len(known["names"]))
        return str(known["audit"]) if known["audit"] else None
    names, use = count(directory, basis, spec)
    wrote = [folder / f"{name}.parquet" for name in names]
    steps.enter("count", key, wrote, {"names": names, "audit": use})
    return use


def count(directory: Path, basis: Basis, spec: classifier.Spec) -> tuple[list[str], str | None]:
    """All tables, in place of those of an earlier run: their names, and an audit's use.

    Raises:
        AequaError: the corpus cannot be counted.
    """
    known, audit = _known(directory, basis, spec)
    try:
        return _tables(directory, basis, known), audit
    except duckdb.Error as error:
        raise AequaError(
            f"{directory}: cannot be counted ({str(error).splitlines()[0]})"
        ) from error


def stored(works: Sequence[str], labels: Sequence[str]) -> Basis:
    """A corpus and its labels that lie in Parquet files, folders or patterns.

    Raises:
        InputError: a file is missing or no Parquet file of works, or of labels.
    """
    papers, answers = _parquet(works, WORKS, "ingest"), _parquet(labels, LABELS, "classify")
    with duckdb.connect(config={"memory_limit": MEMORY}) as con:
        con.read_parquet(list(map(str, papers))).create_view("works")
        con.read_parquet(list(map(str, answers))).create_view("labels")
        tallies = _tallies(con)
        read = dict(_rows(con, "SELECT second_reading, count(*) FROM labels GROUP BY ALL"))
    sums = [sum(getattr(one, name) for one in tallies) for name in Counts._fields]
    told = Labelled(sums[1], read.get("agreed", 0) + read.get("changed", 0), read.get("changed", 0))
    digests = {name_of(path): digest(path) for path in [*papers, *answers]}
    return Basis(papers, answers, digests, tallies, Counts(*sums), told)


def _parquet(names: Sequence[str], schema: pa.Schema, command: str) -> list[Path]:
    """The Parquet files that names stand for, each with all columns of the schema."""
    paths = [path for path in expand(names) if path.suffix == ".parquet"]
    if not paths:
        raise InputError(
            f"{', '.join(names)}: holds no Parquet file, expected what {command} wrote"
        )
    for path in paths:
        try:
            lacking = set(schema.names) - set(pq.read_schema(path).names)
        except (pa.ArrowException, OSError) as error:
            raise InputError(f"{path}: is not Parquet that can be read ({error})") from error
        if lacking:
            raise InputError(
                f"{path}: lacks the columns {', '.join(sorted(lacking))}, expected a file that"
                f" aequa {command} wrote"
            )
    return paths


def _tallies(con: duckdb.DuckDBPyConnection) -> list[FileTally]:
    """The books as the corpus tells them; what was rejected before it was made is not in it."""
    merged = dict(
        _rows(
            con,
            "SELECT regexp_replace(one, '#[0-9]+$', ''), count(*)"
            " FROM (SELECT unnest(merged) AS one FROM works) GROUP BY ALL",
        )
    )
    kept = {
        file: (source, labelled, all_ - labelled)
        for file, source, all_, labelled in _rows(
            con,
            "SELECT file, min(source), count(*), count(labels.id) FROM works"
            " LEFT JOIN labels USING (id) GROUP BY file ORDER BY file",
        )
    }
    return [
        FileTally(file, source, rows + more + left, rows, more, left, 0)
        for file in sorted({*kept, *merged})
        for source, rows, left in [kept.get(file, ("merged into others", 0, 0))]
        for more in [merged.get(file, 0)]
    ]


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return con.execute(query).fetchall()


def _known(directory: Path, basis: Basis, spec: classifier.Spec) -> tuple[Known, str | None]:
    """What is known of the labels' errors; and of an audit in the directory: used or other's.

    The model card counts the errors of the default tier, which say nothing of another one's. An
    audit (``aequa audit estimate``) counts where it was made of these very works and labels.
    """
    card = models.card() if spec.tier == classifier.Spec().tier else {}
    known = Known(rates_of(card.get("error_rates")), rates_of(card.get("error_rates_titles")))
    path = directory / AUDIT
    if not path.exists():
        return known, None
    try:
        table = read_parquet(path)
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: not what aequa audit estimate wrote ({error})") from error
    ours = {digest(each) for each in [*basis.works, *basis.labels]}
    if not ours <= set(table.provenance.inputs.values()):
        return known, "other"
    audited = {
        label_of(row["measure"], row["key"]): Audited(
            row["share"], row["low"], row["high"], row["labelled"], row["found"]
        )
        for row in table.data.to_pylist()
        if row["share"] is not None and row["low"] is not None and row["high"] is not None
    }
    return replace(known, audited=audited, inputs={AUDIT: digest(path)}), "used"


def _tables(directory: Path, basis: Basis, known: Known) -> list[str]:
    from aequa import attended  # its statistics take a second to load

    folder = directory / "tables"
    folder.mkdir(exist_ok=True)
    for old in (*folder.glob("*.parquet"), *folder.glob("*.csv")):
        old.unlink()
    with duckdb.connect(config={"memory_limit": MEMORY}) as con:
        con.execute("SET temp_directory = ?", [str(directory / ".duckdb.tmp")])
        con.read_parquet(list(map(str, basis.works))).create_view("works")
        con.read_parquet(list(map(str, basis.labels))).create_view("labels")
        con.register("groups", groups.as_table())
        con.register("countries", countries.as_table())
        names, held = [], {}
        for table in evidence.evidence(con, evidence.Spec(), basis.digests, known):
            write_parquet(table, folder / f"{table.name}.parquet")
            names.append(table.name)
            if table.name in attended.ASKED:
                held[table.name] = table
    shipped = {table.name: table for table in bundled.tables()}
    for table in [*shipped.values(), *attended.of_corpus(held, shipped)]:
        write_parquet(table, folder / f"{table.name}.parquet")
        names.append(table.name)
    return names


def _about(basis: Basis, spec: classifier.Spec) -> dict[str, Any]:
    sources = [{**row._asdict(), "sha256": basis.digests.get(row.file)} for row in basis.tallies]
    if basis.sample:  # where the package is installed is nobody's business
        sources = [{**row, "file": basis.sample} for row in sources]
    repaired = sum(row.repaired for row in basis.tallies)
    return {
        "version": __version__,
        "created": _today(),
        "sample": basis.sample is not None,
        "sources": sources,
        "counts": {**basis.counts._asdict(), "repaired": repaired},
        "tiers": {"tier": spec.tier, **basis.labelled._asdict()},
        "spec": {"classify": asdict(spec), "evidence": asdict(evidence.Spec())},
        "seed": evidence.Spec().seed,
        "card": models.card(),
    }


def _today() -> str:
    """The date, or the one of SOURCE_DATE_EPOCH when a build must be reproducible."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    now = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
    return now.date().isoformat()
