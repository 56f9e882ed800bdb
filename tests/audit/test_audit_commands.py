"""From a folder of `aequa report` to `audit.parquet` through the command line."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from aequa.audit.measures import MEASURES, indicators, judgements
from aequa.cli import run
from aequa.core import countries, groups
from aequa.core.provenance import digest
from aequa.core.results import read_parquet
from aequa.core.works import AREAS, LABELS
from aequa.evidence import development, flat, issues, progress
from aequa.evidence.spec import Spec

Row = dict[str, str]
COLUMNS = "measure key machine share low high found labelled effective tuning precision recall"
SIGNS = {"supports": "+", "hinders": "-", "mixed": "±", "neutral": " 0"}


def rows_of(path: Path) -> list[Row]:
    text = path.read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def save(path: Path, rows: list[Row], encoding: str = "utf-8-sig", separator: str = ",") -> None:
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), delimiter=separator)
        writer.writeheader()
        writer.writerows(rows)


def agree(folder: Path, rows: list[Row]) -> None:
    """Fill in what the machine says."""
    labels = {row["id"]: row for row in pq.read_table(folder / "labels.parquet").to_pylist()}
    for row in rows:
        said = labels[row["id"]]
        row["ai"] = "yes" if said["ai"]["label"] else "no"
        if said["ai"]["label"]:
            goals = [f"{goal['goal']}{SIGNS[goal['contribution']]}" for goal in said["goals"]]
            row["goals"] = " ".join(goals) or "none"
            for column in ("challenges", "areas"):
                row[column] = " ".join(part["name"] for part in said[column]) or "none"


@pytest.fixture
def drawn(folder: Path) -> Path:
    assert run(["audit", "sample", str(folder), "--size", "60", "--quiet"]) == 0
    return folder


def test_the_sheet_shows_texts_and_none_of_the_machines_answers(drawn: Path) -> None:
    rows = rows_of(drawn / "audit.csv")
    assert len(rows) == 60
    assert list(rows[0]) == [
        "id",
        "title",
        "abstract",
        "year",
        "ai",
        "goals",
        "challenges",
        "areas",
        "note",
    ]
    assert all(not row[name] for row in rows for name in list(row)[4:])
    assert (drawn / "audit.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert any(row["title"].startswith("'=") for row in rows)
    guide = (drawn / "audit.guide.md").read_text(encoding="utf-8")
    assert "misinformation" in guide


def test_the_design_accounts_for_every_work_and_draw(drawn: Path) -> None:
    design = json.loads((drawn / "audit.design.json").read_text())
    assert sum(row["works"] for row in design["strata"]) == len(design["population"]) == 120
    assert sum(row["drawn"] for row in design["strata"]) == len(design["drawn"]) == 60
    assert set(design["drawn"]) == {row["id"] for row in rows_of(drawn / "audit.csv")}
    assert design["inputs"]["works.parquet"] == digest(drawn / "works.parquet")
    order = [design["drawn"][row["id"]] for row in rows_of(drawn / "audit.csv")]
    assert order != sorted(order)


def test_the_same_seed_draws_the_same_sheet(drawn: Path) -> None:
    for name, seed in (("same.csv", "0"), ("other.csv", "1")):
        to = str(drawn / name)
        assert run(["audit", "sample", str(drawn), "--size", "60", "--seed", seed, "-o", to]) == 0
    first, same, other = (
        (drawn / name).read_bytes() for name in ("audit.csv", "same.csv", "other.csv")
    )
    assert first == same != other


def test_a_sheet_that_may_hold_labels_is_never_overwritten(
    drawn: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (drawn / "audit.csv").read_bytes()
    assert run(["audit", "sample", str(drawn)]) == 1
    assert "exists" in capsys.readouterr().err
    assert (drawn / "audit.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--size", "5"], 2, "size: found 5, expected 20"),
        (["--seed", "-1"], 2, "seed"),
        (["-o", "sheet.xlsx"], 2, ".csv"),
    ],
)
def test_wrong_usage_is_said(
    folder: Path, arguments: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["audit", "sample", str(folder), *arguments]) == code
    assert words in capsys.readouterr().err


def test_a_folder_without_a_corpus_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["audit", "sample", str(tmp_path)]) == 1
    assert run(["audit", "estimate", str(tmp_path)]) == 1
    assert capsys.readouterr().err.count("missing") == 2


def test_the_estimates_are_stored_with_all_that_explains_them(
    drawn: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = rows_of(drawn / "audit.csv")
    agree(drawn, rows)
    save(drawn / "audit.csv", rows)
    assert run(["audit", "estimate", str(drawn), "--json"]) == 0
    counts = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert counts == {"read": 60, "used": 60, "unlabelled": 0, "rejected": 0}
    table = read_parquet(drawn / "audit.parquet")
    assert " ".join(table.data.column_names) == COLUMNS
    assert table.provenance.inputs["works.parquet"] == digest(drawn / "works.parquet")
    assert table.provenance.inputs["labels.parquet"] == digest(drawn / "labels.parquet")
    assert table.provenance.inputs["sheet"] == digest(drawn / "audit.csv")
    for row in table.data.to_pylist():
        assert row["low"] <= row["share"] <= row["high"]
        assert row["low"] <= row["machine"] <= row["high"]
        assert row["high"] > row["low"]
        assert row["recall"] in (1, None)
        assert row["precision"] in (1, None)
    assert (drawn / "audit.rejects.jsonl").read_bytes() == b""


def test_the_machines_shares_are_those_of_the_report(folder: Path) -> None:
    labels = pq.read_table(folder / "labels.parquet").to_pylist()
    labels[3]["goals"] = None
    labels[9]["challenges"] = None
    labels[11]["goals"] = [{"goal": 3, "contribution": None}]
    table = pa.Table.from_pylist(labels, LABELS)
    pq.write_table(table, folder / "labels.parquet")
    made = indicators(judgements(table))
    count = (made.yes[..., 0] & made.known).sum(axis=0).tolist()
    of = (made.yes[..., 1] & made.known).sum(axis=0).tolist()
    ours = {measure: (count[at], of[at]) for at, measure in enumerate(MEASURES)}
    with duckdb.connect() as con:
        con.read_parquet(str(folder / "works.parquet")).create_view("works")
        con.read_parquet(str(folder / "labels.parquet")).create_view("labels")
        con.register("groups", groups.as_table())
        con.register("countries", countries.as_table())
        flat.build(con)
        corpus = flat.Corpus(con, Spec(), {})
        theirs = {
            (row["reading"], None): (row["count"], row["denominator"])
            for row in progress.headline(corpus).data.to_pylist()
            if row["scope"] == "all"
        }
        theirs |= {
            ("goal", str(row["goal"])): (row["count"], row["denominator"])
            for row in development.goals(corpus).data.to_pylist()
            if row["scope"] == "all" and row["contribution"] == "any"
        }
        theirs |= {
            ("area", row["area"]): (row["count"], row["denominator"])
            for row in development.areas(corpus).data.to_pylist()
            if row["scope"] == "all" and row["area"] in AREAS
        }
        theirs |= {
            ("challenge", row["challenge"]): (row["count"], row["denominator"])
            for row in issues.challenges(corpus).data.to_pylist()
            if row["scope"] == "all" and row["challenge"] != "any"
        }
    assert len(theirs) == 3 + 17 + 4 + 8
    assert {key: ours[key] for key in theirs} == theirs  # type: ignore[index]


@pytest.mark.parametrize(("encoding", "separator"), [("cp1252", ";"), ("utf-16", "\t")])
def test_sheets_saved_by_excel_are_read(
    drawn: Path, encoding: str, separator: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = rows_of(drawn / "audit.csv")
    agree(drawn, rows)
    rows[0] |= {"ai": "yes", "goals": "3±", "challenges": "none", "areas": "none"}
    save(drawn / "other.csv", rows, encoding, separator)
    assert run(["audit", "estimate", str(drawn), "--audit", str(drawn / "other.csv")]) == 0
    out = capsys.readouterr()
    assert "60 rows = 60 used + 0 unlabelled + 0 refused" in out.out
    assert out.err == ""


def test_bad_cells_are_named_and_the_rest_goes_on(
    drawn: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = rows_of(drawn / "audit.csv")
    agree(drawn, rows)
    rows[0]["ai"] = "perhaps"
    rows[1] |= {"ai": "yes", "goals": "3", "challenges": "none", "areas": "none"}
    rows[2] |= dict.fromkeys(("ai", "goals", "challenges", "areas"), "")
    save(drawn / "audit.csv", rows)
    assert run(["audit", "estimate", str(drawn), "--strict"]) == 3
    out = capsys.readouterr()
    assert "audit.csv: row 2: ai: found 'perhaps', expected yes or no" in out.err
    assert "row 3: goals: found '3', expected goals from 1 to 17" in out.err
    assert "1 unlabelled rows stand above" in out.err
    assert "60 rows = 57 used + 1 unlabelled + 2 refused" in out.out
    listed = (drawn / "audit.rejects.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["record"] for line in listed] == [2, 3]


def test_a_changed_corpus_is_refused(drawn: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = rows_of(drawn / "audit.csv")
    agree(drawn, rows)
    save(drawn / "audit.csv", rows)
    works = pq.read_table(drawn / "works.parquet")
    pq.write_table(works.slice(1), drawn / "works.parquet")
    assert run(["audit", "estimate", str(drawn)]) == 1
    assert "has changed since the sample" in capsys.readouterr().err
    assert not (drawn / "audit.parquet").exists()


def test_new_labels_of_the_same_corpus_keep_the_persons_work(
    drawn: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = rows_of(drawn / "audit.csv")
    agree(drawn, rows)
    save(drawn / "audit.csv", rows)
    labels = pq.read_table(drawn / "labels.parquet").to_pylist()
    for row in labels:
        row["areas"] = [{"name": "science"}] if row["ai"]["label"] else []
    pq.write_table(pa.Table.from_pylist(labels, LABELS), drawn / "labels.parquet")
    assert run(["audit", "estimate", str(drawn)]) == 0
    assert "made anew" in capsys.readouterr().err
    found = {
        (row["measure"], row["key"]): row
        for row in read_parquet(drawn / "audit.parquet").data.to_pylist()
    }
    science = found["area", "science"]
    assert science["machine"] == 1
    assert science["high"] < 0.2


def test_too_few_labels_are_no_estimate(drawn: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["audit", "estimate", str(drawn)]) == 1
    assert "0 works are labelled, expected 10 or more" in capsys.readouterr().err


def test_shares_of_hardly_any_works_are_null(
    drawn: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = rows_of(drawn / "audit.csv")
    for row in rows[:40]:
        row["ai"] = "no"
    save(drawn / "audit.csv", rows[:50])
    assert run(["audit", "estimate", str(drawn)]) == 0
    out = capsys.readouterr()
    assert "10 drawn works have no row" in out.err
    table = read_parquet(drawn / "audit.parquet").data.to_pylist()
    assert table[0]["share"] is not None
    assert all(row["share"] is row["low"] is row["high"] is None for row in table[1:])
    assert "too few" in out.out


def test_strata_without_labels_are_joined_and_named(
    drawn: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = rows_of(drawn / "audit.csv")
    agree(drawn, rows)
    design = json.loads((drawn / "audit.design.json").read_text())
    kept = [row for row in rows if design["drawn"][row["id"]] != "hinders"]
    save(drawn / "audit.csv", kept)
    assert run(["audit", "estimate", str(drawn)]) == 0
    assert "hinders: taken as one" in capsys.readouterr().err
    assert "+ hinders" in read_parquet(drawn / "audit.parquet").note


def test_the_results_are_the_same_on_every_run(drawn: Path) -> None:
    rows = rows_of(drawn / "audit.csv")
    agree(drawn, rows)
    save(drawn / "audit.csv", rows)
    made = []
    for _ in range(2):
        assert run(["audit", "estimate", str(drawn), "--quiet"]) == 0
        made.append((drawn / "audit.parquet").read_bytes())
    assert made[0] == made[1]
