"""A killed report goes on where it stopped and ends byte-identical to an undisturbed one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aequa.cli import run
from aequa.steps import Steps

ENVIRONMENT = os.environ | {"SOURCE_DATE_EPOCH": "1700000000"}
MOMENTS = (".", "works.parquet", ".steps.json", "labels.parquet", "tables")
"""Files that, once there, stay: a poll cannot miss them."""


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("corpus") / "in.jsonl"
    rows = (
        {"id": f"a{n}", "title": f"Learning to forecast floods in basin {n}", "year": 2000 + n % 20}
        for n in range(5000)
    )
    path.write_text("\n".join(map(json.dumps, rows)) + "\nnot a record\n")
    return path


@pytest.fixture(scope="module")
def undisturbed(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("undisturbed")
    subprocess.run(report(corpus, out), env=ENVIRONMENT, capture_output=True, check=True)
    return contents(out)


def contents(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def report(corpus: Path, out: Path) -> list[str]:
    return [sys.executable, "-m", "aequa", "report", str(corpus), "-o", str(out)]


@pytest.mark.parametrize("awaited", MOMENTS)
def test_killed_at_any_step_it_ends_as_if_undisturbed(
    awaited: str, corpus: Path, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run_of = {"args": report(corpus, out), "env": ENVIRONMENT, "stderr": subprocess.PIPE}
    with subprocess.Popen(**run_of) as process:  # type: ignore[call-overload]
        while not (out / awaited).exists() and process.poll() is None:
            time.sleep(0.005)
        assert process.poll() is None, f"the run ended before {awaited} was there"
        process.kill()
    again = subprocess.run(**run_of, check=True)  # type: ignore[call-overload]
    if awaited in (".steps.json", "labels.parquet", "tables"):
        assert b"reading: done by an earlier run" in again.stderr
    assert contents(out) == undisturbed


def test_a_changed_input_is_read_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, corpus = tmp_path / "out", tmp_path / "in.jsonl"
    corpus.write_text('{"id": "old", "title": "Robots that milk cows on small farms"}')
    assert run(["report", str(corpus), "-o", str(out)]) == 0
    assert run(["report", str(corpus), "-o", str(out)]) == 0
    assert "classifying: done by an earlier run" in capsys.readouterr().err
    corpus.write_text('{"id": "new", "title": "Robots that plant trees on bare hills"}')
    assert run(["report", str(corpus), "-o", str(out), "--json"]) == 0
    told = capsys.readouterr()
    assert "earlier run" not in told.err
    assert json.loads(told.out.splitlines()[-1])["read"] == 1


def test_a_touched_output_is_made_again(tmp_path: Path) -> None:
    wrote = tmp_path / "labels.parquet"
    wrote.write_bytes(b"labels")
    steps = Steps(tmp_path)
    steps.enter("classify", ["key", 1], [wrote], 7)
    assert steps.finished("classify", ["key", 1]) == 7
    assert steps.finished("classify", ["key", 2]) is None
    assert steps.finished("ingest", ["key", 1]) is None
    wrote.write_bytes(b"touched")
    assert steps.finished("classify", ["key", 1]) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
def test_a_damaged_record_of_steps_means_doing_them_again(text: str, tmp_path: Path) -> None:
    (tmp_path / ".steps.json").write_text(text)
    assert Steps(tmp_path).finished("ingest", []) is None


def test_only_what_a_killed_run_of_ours_left_is_swept(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.tmp").write_text("a person's own file")
    (tmp_path / "labels.parquet.tmp").write_bytes(b"half")
    assert run(["report", str(corpus), "-o", str(tmp_path), "--tier", "fast"]) == 0
    assert [path.name for path in tmp_path.glob("*.tmp")] == ["notes.tmp"]


def test_tables_are_kept_while_nothing_that_made_them_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    out, corpus = tmp_path / "out", tmp_path / "in.jsonl"
    corpus.write_text('{"id": "a", "title": "Machine learning that detects malaria in blood"}')
    arguments = ["report", str(corpus), "-o", str(out), "--tier", "fast"]
    said = "counting: done by an earlier run"
    assert run(arguments) == 0
    assert said not in capsys.readouterr().err
    first = contents(out)
    assert run([*arguments, "--country", "KEN"]) == 0
    assert said in capsys.readouterr().err
    kept = contents(out)
    assert kept["index.html"] != first["index.html"]
    assert kept["tables/countries.parquet"] == first["tables/countries.parquet"]
    (out / "tables" / "countries.parquet").write_bytes(b"touched")
    assert run(arguments) == 0
    assert said not in capsys.readouterr().err, "a touched table is made again"
    assert contents(out) == first
    (out / "tables" / "foreign.parquet").write_bytes(first["tables/countries.parquet"])
    assert run(arguments) == 0
    assert said not in capsys.readouterr().err, "a table of nobody's goes"
    assert contents(out) == first
    assert run([*arguments[:-1], "cascade"]) == 0
    assert said not in capsys.readouterr().err, "labels of another tier are counted again"
    corpus.write_text('{"id": "a", "title": "Machine learning that detects floods in towns"}')
    assert run(arguments) == 0
    assert said not in capsys.readouterr().err, "another corpus is counted again"
