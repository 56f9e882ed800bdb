"""The generator of corpora, the page of results and its picture, and the watch on a process."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow.parquet as pq
import pytest

from aequa import pipeline
from benchmarks import generate, page, rows, scaling_page
from benchmarks.curves import Panel, draw
from benchmarks.generate import Form
from benchmarks.measure import watch

HELD = 12


@pytest.fixture(name="source")
def _source(tmp_path: Path) -> Path:
    """A dozen works in the schema of OpenAlex."""
    path = tmp_path / "source.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        for number in range(HELD):
            file.write(json.dumps(_work(number)) + "\n")
    return path


def _work(number: int) -> dict[str, Any]:
    title = f"Forecasting the flow of river number {number} by learning"
    return {
        "id": f"https://openalex.org/W{number + 1}",
        "doi": None if number % 2 else f"https://doi.org/10.1/river.{number}",
        "title": title,
        "display_name": title,
        "publication_year": 2020,
        "type": "article",
        "language": "en",
        "authorships": [
            {
                "author": {"id": None, "display_name": "Ada Brook", "orcid": None},
                "institutions": [{"id": None, "display_name": "Hill", "country_code": "KE"}],
                "countries": ["KE"],
                "raw_affiliation_strings": ["Hill, Kenya"],
            }
        ],
        "cited_by_count": number,
        "abstract_inverted_index": {"Rivers": [0], "rise.": [1]},
        "keywords": [],
    }


def read(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


@pytest.mark.parametrize("form", generate.FORMS)
def test_no_identifier_of_a_copy_is_one_of_another_or_of_the_original(
    source: Path, tmp_path: Path, form: str
) -> None:
    generate.write(30, tmp_path / "made.jsonl.gz", Form(form), source=source)
    made = read(tmp_path / "made.jsonl.gz")
    ids = [one["id"] for one in made]
    dois = [one["doi"] for one in made if one["doi"]]
    assert len(made) == len(set(ids)) == 30
    assert dois
    assert len(set(dois)) == len(dois)
    assert not {*ids, *dois} & {value for one in read(source) for value in (one["id"], one["doi"])}


@pytest.mark.parametrize(("form", "kept"), [("same", 12), ("apart", 30), ("varied", 30)])
def test_which_copies_are_distinct_works(
    source: Path, tmp_path: Path, form: str, kept: int
) -> None:
    raw = tmp_path / "made.jsonl.gz"
    generate.write(30, raw, Form(form), source=source)
    done = pipeline.ingest(
        [str(raw)], tmp_path / "works.parquet", tmp_path / "rejects.jsonl", lambda *_: None
    )
    assert (done.counts.read, done.counts.kept) == (30, kept)


def test_same_arguments_same_bytes_and_another_seed_other_titles(
    source: Path, tmp_path: Path
) -> None:
    made = [tmp_path / f"{name}.gz" for name in "abc"]
    for path, seed in zip(made, (0, 0, 1), strict=True):
        generate.write(25, path, Form("varied", seed), source=source)
    first, second, other = (path.read_bytes() for path in made)
    assert first == second != other


@pytest.mark.parametrize("total", [1, 5, 12, 17, 36])
def test_any_number_of_works_drawn_evenly(source: Path, total: int) -> None:
    titles = [json.loads(line)["title"] for line in generate.lines(total, Form("same"), source)]
    assert len(titles) == total
    times = [titles.count(title) for title in set(titles)]
    assert max(times) - min([*times, total // HELD]) <= 1


def test_parts_and_parquet_hold_what_one_file_holds(source: Path, tmp_path: Path) -> None:
    form = Form("varied")
    (whole,) = generate.write(20, tmp_path / "whole.jsonl.gz", form, source=source)
    parts = generate.write(20, tmp_path / "parts", form, parts=3, source=source)
    (table,) = generate.write(20, tmp_path / "made.parquet", form, source=source)
    expected = read(whole)
    assert [one for path in parts for one in read(path)] == expected
    rows_there = pq.read_table(table).to_pylist()
    assert [one["id"] for one in rows_there] == [one["id"] for one in expected]
    assert json.loads(rows_there[0]["abstract_inverted_index"]) == {"Rivers": [0], "rise.": [1]}


def test_a_section_is_replaced_and_the_others_stay(tmp_path: Path) -> None:
    path = tmp_path / "RESULTS.md"
    path.write_text("# Top\n\nloads\n\n## One\n\nold\n\n## Two\n\nkept\n", encoding="utf-8")
    page.put("## One\n\nnew\n", path)
    page.put("## Three\n\nadded\n", path)
    assert path.read_text(encoding="utf-8") == (
        "# Top\n\nloads\n\n## One\n\nnew\n\n## Two\n\nkept\n\n## Three\n\nadded\n"
    )


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("KeyError: '/home/me/a b/x.csv'\n", "KeyError: 'b/x.csv'"),
        ("Error: /tmp/x-1/data.csv: bad\n\n", "Error: data.csv: bad"),
        ("", "no message"),
    ],
)
def test_an_error_is_shown_without_folders(said: str, shown: str) -> None:
    assert page.why(said).replace("a b", "b") == shown


def _row(part: str, what: str, works: int, seconds: float | None, note: str = "") -> rows.Row:
    taken = (seconds, 1.0, 100.0, 10.0, 20.0)
    return rows.Row(part, what, works, *taken, note, "aequa", "0", "2026-01-01")


def test_a_new_row_takes_the_place_of_the_same_case(tmp_path: Path) -> None:
    store = tmp_path / "rows.jsonl"
    for row in (
        _row("ingest", "distinct works", 10, 1.0),
        _row("ingest", "distinct works", 20, 2.0),
        _row("ingest", "distinct works", 10, 3.0),
    ):
        rows.keep(row, store)
    assert [(row.works, row.seconds) for row in rows.kept(store)] == [(10, 3.0), (20, 2.0)]


def test_the_page_shows_ratios_and_what_ran_out_of_memory(tmp_path: Path) -> None:
    base = scaling_page.BASE
    measured = [
        _row("ingest", "distinct works", base, base / 1000),
        _row("ingest", "distinct works", 2 * base, 3 * base / 1000),
        _row("beside", "DuckDB", base, 2 * base / 1000),
        _row("beside", "list of dicts", base, None, "out of memory at 8 GB, after 60 s"),
        _row("readers", "aequa, a.bib", 10, 0.5, "10 of 10"),
        _row("readers", "litstudy, a.bib", 10, 1.0, "7 of 10"),
    ]
    scaling_page.write(measured, tmp_path / "RESULTS.md")
    text = (tmp_path / "RESULTS.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    cells = {tuple(line.strip("| ").split(" | ")[:2]): line for line in lines}
    assert " | 1.000 | 1.00 | " in cells["ingest", f"{base:,}"]
    assert " | 1.500 | 1.50 | " in cells["ingest", f"{2 * base:,}"]
    assert " | 2.0× | " in cells["DuckDB", f"{base:,}"]
    assert " | — | — | " in cells["list of dicts", f"{base:,}"]
    assert "out of memory at 8 GB, after 60 s" in cells["list of dicts", f"{base:,}"]
    assert " | 7 of 10 | 1.000 | 2.0× | " in cells["a.bib", "litstudy"]


def test_the_picture_is_well_formed_and_has_every_point() -> None:
    lines = {"a < b": [(10.0, 1.0), (1000.0, 90.0)], "c": [(10.0, 2.0), (1000.0, 3.0)]}
    found = ElementTree.fromstring(draw([Panel("Seconds", lines), Panel("Memory", lines)]))
    circles = found.findall(".//{http://www.w3.org/2000/svg}circle")
    assert len(circles) == 8


def test_a_process_that_holds_too_much_is_ended() -> None:
    code = "x = []\nwhile True: x.append(bytes([1]) * 5_000_000)"
    done = watch([sys.executable, "-c", code], cap_mb=60)
    assert done.stopped
    row = rows.row("beside", "loader", 1, done, "", "", "60 MB")
    assert row.seconds is None
    assert row.note.startswith("out of memory at 60 MB, after ")


def test_a_process_that_fails_is_a_result() -> None:
    done = watch([sys.executable, "-c", "raise SystemExit('no such format')"])
    row = rows.row("readers", "tool, file", 1, done, "", "")
    assert (row.seconds, row.note) == (None, "failed (1): no such format")
