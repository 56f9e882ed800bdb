"""The whole line through the command line, in this process and in a real one."""

from __future__ import annotations

import csv
import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from aequa.cli import run

WORKS: list[dict[str, Any]] = [
    {
        "id": "https://openalex.org/W1",
        "title": "Deep learning for early detection of malaria in blood smears",
        "abstract": "We train a convolutional neural network that detects malaria parasites early "
        "and reduces deaths of patients in rural clinics.",
        "publication_year": 2020,
        "doi": "https://doi.org/10.1000/a",
        "cited_by_count": 12,
    },
    {
        "id": "https://openalex.org/W2",
        "title": "Deep Learning for Early Detection of Malaria in Blood Smears",
        "publication_year": 2020,
        "doi": "https://doi.org/10.1000/A",
        "cited_by_count": 9,
    },
    {
        "id": "https://openalex.org/W3",
        "title": "Convergence of stochastic gradient descent for overparameterised networks",
        "abstract": "We prove a faster rate of convergence for neural networks.",
        "publication_year": 9999,
        "cited_by_count": -3,
    },
    {"id": "https://openalex.org/W4", "title": None},
]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "works.txt"  # the wrong extension on purpose: content decides
    lines = (
        "\n".join(json.dumps(work) for work in WORKS) + '\n{"id": "https://openalex.org/W5", "ti'
    )
    path.write_bytes(gzip.compress(lines.encode()))
    return path


def last_json(text: str) -> dict[str, int]:
    loaded: dict[str, int] = json.loads(text.strip().splitlines()[-1])
    return loaded


def test_ingest_balances_and_lists_what_it_refused(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, rejects = tmp_path / "works.parquet", tmp_path / "rejects.jsonl"
    assert run(["ingest", str(corpus), "-o", str(out), "--rejects", str(rejects), "--json"]) == 0
    counts = last_json(capsys.readouterr().out)
    assert counts == {"read": 5, "kept": 2, "merged": 1, "rejected": 2}
    listed = [json.loads(line) for line in rejects.read_text().splitlines()]
    assert [(row["record"], row["status"]) for row in listed] == [
        (3, "repaired"),
        (4, "rejected"),
        (5, "rejected"),
    ]
    assert "9999" in listed[0]["reason"]
    assert "-3" in listed[0]["reason"]
    works = {row["id"]: row for row in pq.read_table(out).to_pylist()}
    assert works["openalex:W3"]["year"] is None
    assert set(works["openalex:W1"]["ids"]) >= {"openalex:W1", "openalex:W2", "doi:10.1000/a"}


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_a_corpus_reads_back_what_ingest_wrote(
    suffix: str, corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = tmp_path / f"one{suffix}", tmp_path / "two.parquet"
    assert run(["ingest", str(corpus), "-o", str(first), "--quiet"]) == 0
    assert run(["ingest", str(first), "-o", str(second), "--quiet", "--json"]) == 0
    assert last_json(capsys.readouterr().out) == {"read": 2, "kept": 2, "merged": 0, "rejected": 0}
    titles = {row["title"] for row in pq.read_table(second).to_pylist()}
    assert WORKS[2]["title"] in titles


def test_strict_ends_with_3(corpus: Path, tmp_path: Path) -> None:
    assert run(["ingest", str(corpus), "-o", str(tmp_path / "w.parquet"), "--strict"]) == 3


def test_classify_keeps_ids_as_spelled_and_order(tmp_path: Path) -> None:
    path, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    ids = ["b7", "https://openalex.org/W9", "10.1000/XyZ", "a=1"]
    rows = [
        {"id": name, "title": f"Wheat yield with drones {name}", "abstract": ""} for name in ids
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    assert run(["classify", str(path), "-o", str(out), "--scores"]) == 0
    labels = [json.loads(line) for line in out.read_text().splitlines()]
    assert [row["id"] for row in labels] == ids
    keys = {"id", "language", "ai", "goals", "challenges", "areas", "scores", "second_reading"}
    assert all(set(row) == keys and len(row["scores"]) == 17 for row in labels)


def test_classify_finds_the_goal_and_copies_its_evidence(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "labels.jsonl"
    assert run(["classify", str(corpus), "-o", str(out)]) == 0
    labels = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(labels) == 3
    malaria, gradient = labels[0], labels[2]
    assert [goal["goal"] for goal in malaria["goals"]] == [3]
    assert malaria["goals"][0]["contribution"] == "supports"
    text = f"{WORKS[0]['title']} {WORKS[0]['abstract']}"
    assert all(phrase in text for phrase in malaria["goals"][0]["evidence"])
    assert malaria["ai"]["label"]
    assert gradient["ai"]["label"]
    assert gradient["goals"] == []


def test_classify_writes_csv_that_a_spreadsheet_cannot_run(tmp_path: Path) -> None:
    path, out = tmp_path / "in.jsonl", tmp_path / "out.csv"
    path.write_text(json.dumps({"id": "=cmd()", "title": "Malaria vaccine for children"}))
    assert run(["classify", str(path), "-o", str(out)]) == 0
    with out.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert rows[0]["id"] == "'=cmd()"


def test_report_writes_the_page_its_tables_and_its_crate(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "report"
    assert run(["report", str(corpus), "-o", str(out)]) == 0
    assert "<h1" in (out / "index.html").read_text(encoding="utf-8")
    told = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert told["counts"] == {"read": 5, "kept": 2, "merged": 1, "rejected": 2, "repaired": 1}
    for name in told["tables"]:
        assert (out / "tables" / f"{name}.csv").is_file()
        assert (out / "tables" / f"{name}.parquet").is_file()
    crate = json.loads((out / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    assert "https://w3id.org/ro/crate/1.1/context" in crate["@context"]
    assert sorted(path.name for path in out.rglob("*.tmp")) == []


def test_report_twice_gives_the_same_bytes(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    outs = [tmp_path / "one", tmp_path / "two"]
    for out in outs:
        assert run(["report", str(corpus), "-o", str(out)]) == 0
    for path in outs[0].rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (outs[1] / path.relative_to(outs[0])).read_bytes(), path


def test_report_of_one_country(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "report"
    assert run(["report", str(corpus), "-o", str(out), "--country", "ken", "--quiet"]) == 0
    text = (out / "index.html").read_text(encoding="utf-8")
    assert "<h1>Kenya: " in text
    assert "No work of this corpus has an author in Kenya" in text
    assert run(["report", str(corpus), "-o", str(out), "--country", "Atlantis", "--quiet"]) == 2


def test_a_pdf_needs_a_browser_and_says_so_first(
    corpus: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("AEQUA_BROWSER", str(tmp_path / "no-browser"))
    out = tmp_path / "report"
    assert run(["report", str(corpus), "-o", str(out), "--pdf", "--quiet"]) == 1
    assert "AEQUA_BROWSER" in capsys.readouterr().err
    assert not (out / "index.html").exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["ingest"], 2),
        (["ingest", "nowhere.csv", "-o", "x.parquet"], 1),
        (["classify", "nowhere.csv", "-o", "x.parquet"], 1),
        (["report", "nowhere.csv", "-o", "x"], 1),
        (["frobnicate"], 2),
        (["--version"], 0),
    ],
)
def test_exit_codes(
    arguments: list[str], code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == code
    error = capsys.readouterr().err
    if code == 1:
        assert error.count("\n") == 1
        assert "nowhere.csv" in error
        assert "Traceback" not in error


def test_debug_shows_the_trace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ingest", "nowhere", "-o", str(tmp_path / "x.parquet"), "--debug"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_an_unknown_suffix_names_the_valid_ones(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in ("ingest", "classify"):
        assert run([command, str(corpus), "-o", str(tmp_path / "x.docx")]) == 2
        assert ".parquet" in capsys.readouterr().err


def test_ctrl_c_ends_with_130_and_leaves_no_half_written_file(tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "w.parquet"
    rows = ({"id": f"a{n}", "title": f"Learning to walk number {n}"} for n in range(200_000))
    source.write_text("\n".join(map(json.dumps, rows)))
    command = [sys.executable, "-m", "aequa", "ingest", str(source), "-o", str(out)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True)
    time.sleep(2.5)
    os.killpg(process.pid, signal.SIGINT)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130, error
    assert b"Traceback" not in error, error
    assert b"the same command goes on" in error
    assert sorted(path.name for path in tmp_path.iterdir()) == [".w.parquet.shards", "in.jsonl"]
    assert not [*tmp_path.rglob("*.tmp")]


def test_standard_input_and_real_process(corpus: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "aequa", "ingest", "-", "-o", str(tmp_path / "w.parquet"), "--json"],
        input=corpus.read_bytes(),
        capture_output=True,
        check=True,
    )
    assert last_json(done.stdout.decode())["read"] == 5


def test_the_sample_becomes_a_report(tmp_path: Path) -> None:
    assert run(["report", "-o", str(tmp_path / "r")]) == 0
    told = json.loads((tmp_path / "r" / "report.json").read_text(encoding="utf-8"))
    assert told["counts"]["read"] == 8000
    assert (tmp_path / "r" / "index.html").stat().st_size < 1_500_000
    documented = (Path(__file__).parents[1] / "docs" / "tables.md").read_text(encoding="utf-8")
    for name in told["tables"]:
        assert f"| `{name}` |" in documented
        for column in pq.read_schema(tmp_path / "r" / "tables" / f"{name}.parquet").names:
            assert f"`{column}`" in documented, f"{name}.{column}"


def test_real_works_with_abstracts_become_a_report(shared: Path, tmp_path: Path) -> None:
    part = tmp_path / "part.jsonl"
    with gzip.open(shared / "works" / "venues.openalex.jsonl.gz", "rb") as stream:
        part.write_bytes(b"".join(next(stream) for _ in range(3000)))
    assert run(["report", str(part), "-o", str(tmp_path / "r")]) == 0
    told = json.loads((tmp_path / "r" / "report.json").read_text(encoding="utf-8"))
    counts = told["counts"]
    assert counts["read"] == 3000 == counts["kept"] + counts["merged"] + counts["rejected"]
    for row in told["headline"]:
        if row["share"] is not None:
            assert 0 <= row["low"] <= row["share"] <= row["high"] <= 1


def start(arguments: list[str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "aequa", *arguments]
    return subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_scheduler_that_ends_the_run_finds_no_half_written_file(
    number: signal.Signals, tmp_path: Path
) -> None:
    source = tmp_path / "in.jsonl"
    rows = ({"id": f"a{n}", "title": f"Learning to walk number {n}"} for n in range(200_000))
    source.write_text("\n".join(map(json.dumps, rows)))
    process = start(["ingest", str(source), "-o", str(tmp_path / "w.parquet")])
    time.sleep(2.5)
    process.send_signal(number)
    _, error = process.communicate(timeout=60)  # ends only when the workers have, too
    assert process.returncode == 130, error
    assert sorted(path.name for path in tmp_path.iterdir()) == [".w.parquet.shards", "in.jsonl"]
    assert not [*tmp_path.rglob("*.tmp")]


def test_a_run_without_a_usable_record_keeps_the_earlier_output_and_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.bin").write_bytes(b"%PDF-1.4")
    for command, name in (("ingest", "w.parquet"), ("classify", "l.jsonl")):
        out = tmp_path / name
        out.write_bytes(b"earlier")
        assert run([command, str(tmp_path / "a.bin"), "-o", str(out)]) == 1
        error = capsys.readouterr().err
        assert "a PDF" in error
        assert "RIS" in error, "the valid formats are named"
        assert out.read_bytes() == b"earlier"


def test_a_run_into_its_own_input_folder_can_be_repeated(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in.jsonl").write_bytes(corpus.read_bytes())
    counts = []
    for command, name in (("ingest", "w.csv"), ("classify", "l.csv"), ("report", "r")) * 2:
        folder = tmp_path / command
        folder.mkdir(exist_ok=True)
        (folder / "in.jsonl").write_bytes(corpus.read_bytes())
        assert run([command, str(folder), "-o", str(folder / name), "--json"]) == 0
        counts.append(last_json(capsys.readouterr().out))
    assert counts[:3] == counts[3:]


@pytest.mark.parametrize("name", ["w.parquet", "in.jsonl"])
def test_rejects_are_not_listed_in_an_input_or_the_output(
    name: str, corpus: Path, tmp_path: Path
) -> None:
    source = tmp_path / "in.jsonl"
    source.write_bytes(corpus.read_bytes())
    for command in ("ingest", "classify"):
        out = str(tmp_path / "w.parquet")
        assert run([command, str(source), "-o", out, "--rejects", str(tmp_path / name)]) == 2
        assert source.read_bytes() == corpus.read_bytes()


def test_a_folder_or_nothing_as_output_is_wrong_usage(corpus: Path, tmp_path: Path) -> None:
    for command in ("ingest", "classify"):
        for out in (str(tmp_path), ""):
            assert run([command, str(corpus), "-o", out]) == 2


def test_rows_numbered_alike_in_two_tables_stay_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, subject in (("a.csv", "water"), ("b.csv", "energy")):
        rows = [f"{n},Machine learning for clean {subject} in town {n}" for n in range(1, 4)]
        (tmp_path / name).write_text("id,title\n" + "\n".join(rows))
    out = tmp_path / "w.jsonl"
    assert run(["ingest", str(tmp_path), "-o", str(out), "--json"]) == 0
    assert last_json(capsys.readouterr().out)["kept"] == 6
    ids = [json.loads(line)["id"] for line in out.read_text(encoding="utf-8").splitlines()]
    assert len(set(ids)) == 6
