"""The works of a report, ready to be asked: the SQL of the dashboard, and nothing else.

What filters and lists need is held in memory, in the order of the lists (most cited for its field,
year and type first), with a mask of 17 bits per contribution. Texts, authors and scores stay in
Parquet and are read for the one work that is shown. Every value goes in as a parameter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from aequa.core.works import AREAS, CHALLENGES, CONTRIBUTIONS
from aequa.web.filters import AGAINST, UNKNOWN, Filters, members
from aequa.web.problems import Problem
from aequa.web.search import Search

WORKS, LABELS = "works.parquet", "labels.parquet"
PAGE = 25
"""Works of a list."""
PATIENCE = 2.0
"""Seconds that a query may take."""
MEMORY = "1GB"
Row = dict[str, Any]
_SHOWN = (
    "ordinal, id, title, year, venue, cited_by, top10, top1, countries, sectors, language, goals"
)
_MASKS = ", ".join(
    f"coalesce(list_sum([1::INTEGER << (one.goal - 1)::INTEGER FOR one IN l.goals"
    f" IF one.contribution = '{part}']), 0)::INTEGER AS {part}"
    for part in CONTRIBUTIONS
)


class Listed(NamedTuple):
    """One page of a list."""

    rows: list[Row]
    total: int
    """Works that the filters let through"""
    of: int
    """Works that were asked, without filters but for ``ai``"""
    before: int | None
    """Ordinal to ask for what comes before; None on the first page"""
    after: int | None


@dataclass(frozen=True)
class Corpus:
    """The works and labels of one report, and the index of their words."""

    directory: Path
    con: duckdb.DuckDBPyConnection
    search: Search
    total: int
    of: Mapping[str, int]
    """Works by the choices of the filter ``ai``"""

    @staticmethod
    def open(directory: Path) -> Corpus | None:
        """The works of a folder; None where it holds only tables."""
        works, labels = directory / WORKS, directory / LABELS
        if not works.is_file() or not labels.is_file():
            return None
        con = duckdb.connect(config={"memory_limit": MEMORY, "threads": 1})
        con.execute(_FACTS, {"works": str(works), "labels": str(labels)})
        for table in _SIDES:
            con.execute(table)
        total, on = _first(con.execute("SELECT count(*), count(*) FILTER (ai) FROM facts"))
        of = {"yes": int(on), "no": int(total - on), "any": int(total)}
        return Corpus(directory, con, Search(works, directory / ".serve"), int(total), of)

    @contextmanager
    def asking(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor of this thread, interrupted after ``PATIENCE``."""
        cursor = self.con.cursor()
        timer = Timer(PATIENCE, cursor.interrupt)
        timer.start()
        try:
            yield cursor
        except duckdb.InterruptException as error:
            raise Problem(503, "This took too long", "ask for less, or try again", 5) from error
        finally:
            timer.cancel()
            cursor.close()

    def listed(
        self, asked: Filters, after: int | None = None, before: int | None = None, most: int = PAGE
    ) -> Listed:
        """A page of the works that the filters let through; keyset paging by ordinal."""
        with self.asking() as con:
            where, values = self._where(con, asked)
            (total,) = _first(con.execute(f"SELECT count(*) FROM facts WHERE {where}", values))
            edge, order = ("ordinal > ?", "") if before is None else ("ordinal < ?", " DESC")
            start = (after or 0) if before is None else before
            rows = _rows(
                con.execute(
                    f"SELECT {_SHOWN} FROM facts WHERE {where} AND {edge}"
                    f" ORDER BY ordinal{order} LIMIT ?",
                    [*values, start, most + 1],
                )
            )
        more, rows = len(rows) > most, rows[:most]
        if before is not None:
            rows.reverse()
        first, last = (rows[0]["ordinal"], rows[-1]["ordinal"]) if rows else (None, None)
        earlier = more if before is not None else bool(after)
        later = bool(rows) if before is not None else more
        return Listed(
            rows,
            int(total),
            self.of[asked.ai or "yes"],
            first if earlier else None,
            last if later else None,
        )

    def parts(self, asked: Filters, most: int) -> Iterator[pa.RecordBatch]:
        """Up to ``most`` of the works that the filters let through, for a download."""
        with self.asking() as con:
            where, values = self._where(con, asked)
            found = con.sql(
                f"SELECT * EXCLUDE (ordinal, supports, hinders, mixed, neutral, challenge, area)"
                f" FROM facts WHERE {where} ORDER BY ordinal LIMIT ?",
                params=[*values, most],
            )
            reader: pa.RecordBatchReader = found.to_arrow_reader(2_000)
            yield from reader

    def years(self, asked: Filters) -> list[Row]:
        """Works by year, among those that the filters let through."""
        with self.asking() as con:
            where, values = self._where(con, asked._replace(year=""))
            return _rows(
                con.execute(
                    f"SELECT year, count(*) AS works FROM facts WHERE {where} AND year IS NOT NULL"
                    " GROUP BY year ORDER BY year",
                    values,
                )
            )

    def work(self, identifier: str) -> Row | None:
        """All that is known of one work, its labels among them."""
        with self.asking() as con:
            found = _rows(
                con.execute(
                    "SELECT w.*, l.language AS told_language, l.ai, l.goals, l.challenges, l.areas,"
                    " l.second_reading FROM (SELECT * FROM read_parquet($works) WHERE id = $id) w"
                    " LEFT JOIN (SELECT * FROM read_parquet($labels) WHERE id = $id) l USING (id)",
                    {
                        "works": str(self.directory / WORKS),
                        "labels": str(self.directory / LABELS),
                        "id": identifier,
                    },
                )
            )
        return found[0] if found else None

    def _where(self, con: duckdb.DuckDBPyConnection, asked: Filters) -> tuple[str, list[Any]]:
        """The condition of the filters and its values."""
        every, values = _where_ai(asked)
        parts = [every]
        for condition, value in _conditions(asked):
            parts.append(condition)
            values.extend(value)
        if asked.q:
            hits = self.search.find(asked.q)
            if hits is None:
                parts.append("title ILIKE ? ESCAPE '!'")
                values.append(f"%{_escaped(asked.q)}%")
            else:
                con.register("hits", pa.table({"record": pa.array(hits, pa.int64())}))
                parts.append("record IN (SELECT record FROM hits)")
        return " AND ".join(parts), values


def _where_ai(asked: Filters) -> tuple[str, list[Any]]:
    """Which works are asked at all: those on artificial intelligence, unless told otherwise."""
    return {"": "ai", "yes": "ai", "no": "NOT ai", "any": "true"}[asked.ai], []


def _conditions(asked: Filters) -> Iterator[tuple[str, Sequence[Any]]]:
    """One condition a filter, each with its values."""
    if asked.goal:
        parts = {"": CONTRIBUTIONS, AGAINST: ("hinders", "mixed")}.get(
            asked.contribution, (asked.contribution,)
        )
        yield f"(({' | '.join(parts)}) & ?) <> 0", [1 << (int(asked.goal) - 1)]
    if asked.challenge:
        every = (1 << len(CHALLENGES)) - 1
        bit = every if asked.challenge == "any" else 1 << CHALLENGES.index(asked.challenge)
        yield "(challenge & ?) <> 0", [bit]
    if asked.area:
        none = asked.area == "none"
        yield ("area = ?", [0]) if none else ("(area & ?) <> 0", [1 << AREAS.index(asked.area)])
    if asked.country:
        yield _placed("places", "country", asked.country)
    if asked.group:
        codes = list(members(asked.group) or ())
        yield "ordinal IN (SELECT ordinal FROM places WHERE country IN (SELECT unnest(?)))", [codes]
    if asked.sector:
        yield _placed("sectored", "sector", asked.sector)
    if asked.cited:
        yield f"{asked.cited} > 0", []
    years = asked.years()
    if years:
        yield "year BETWEEN ? AND ?", list(years)
    if asked.reading:
        yield _READINGS[asked.reading], []


def _placed(table: str, column: str, code: str) -> tuple[str, Sequence[Any]]:
    """Works with a value in one of the two side tables, or with none."""
    if code == UNKNOWN:
        return f"ordinal NOT IN (SELECT ordinal FROM {table} WHERE {column} IS NOT NULL)", []
    return f"ordinal IN (SELECT ordinal FROM {table} WHERE {column} = ?)", [code]


_READINGS = {
    "explicit": "(supports | mixed) <> 0",
    "applied": "area <> 0",
    "hinders": "(hinders | mixed) <> 0",
}


def _bits(names: Sequence[str], column: str) -> str:
    """The SQL of a mask with one bit for each of the names among a work's labels."""
    listed = ", ".join(f"'{name}'" for name in names)
    return (
        f"coalesce(list_sum([1::INTEGER << (list_position([{listed}], one.name) - 1)::INTEGER"
        f" FOR one IN l.{column}]), 0)::INTEGER"
    )


_FACTS = f"""
CREATE TABLE facts AS
SELECT
    row_number() OVER (
        ORDER BY w.percentile DESC NULLS LAST, w.cited_by DESC NULLS LAST, w.id
    )::INTEGER AS ordinal,
    w.file_row_number AS record, w.id, w.title, w.year, w.venue, w.cited_by, w.top10, w.top1,
    w.countries, w.sectors, l.language, coalesce(l.ai.label, false) AS ai, l.goals,
    {_MASKS},
    {_bits(CHALLENGES, "challenges")} AS challenge,
    {_bits(AREAS, "areas")} AS area
FROM read_parquet($works, file_row_number = true) w
JOIN read_parquet($labels) l USING (id)
ORDER BY ordinal
"""
_SIDES = (
    "CREATE TABLE places AS SELECT unnest(countries) AS country, ordinal FROM facts"
    " ORDER BY country, ordinal",
    "CREATE TABLE sectored AS SELECT unnest(sectors) AS sector, ordinal FROM facts"
    " ORDER BY sector, ordinal",
)


def _first(found: duckdb.DuckDBPyConnection) -> tuple[Any, ...]:
    row = found.fetchone()
    assert row is not None
    return tuple(row)


def _rows(found: duckdb.DuckDBPyConnection) -> list[Row]:
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _escaped(text: str) -> str:
    return "".join(f"!{sign}" if sign in "!%_" else sign for sign in text)
