"""What is kept between runs: it saves time, changes nothing, and never stops a run."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from aequa import labelling
from aequa.cli import run
from aequa.core.works import VECTOR
from aequa.vectors import Vectors, key, location

TITLES = [
    "Early detection of malaria in blood smears",
    "A tighter bound for sorting networks",
    "Détection précoce du paludisme chez les enfants des villages",
    "Früherkennung von Malaria bei den Kindern in den Dörfern",
    "Job losses when robots milk the cows of small farms",
]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AEQUA_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "vectors.sqlite"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "in.jsonl"
    rows = [{"id": str(place), "title": title} for place, title in enumerate(TITLES * 9)]
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def texts(names: list[str]) -> pa.RecordBatch:
    columns = {"id": names, "title": names, "abstract": pa.nulls(len(names), pa.string())}
    return pa.RecordBatch.from_pydict(columns)


def keep(store: Vectors, names: list[str], size: int = 10) -> None:
    batch = store.attach(texts(names)).drop_columns([VECTOR.name])
    column = pa.array([name.encode() * size for name in names], VECTOR.type)
    assert store.detach(batch.append_column(VECTOR, column)).equals(texts(names))


def known(store: Vectors, names: list[str]) -> list[bytes | None]:
    batch = store.attach(texts(names))
    store.detach(batch.drop_columns([VECTOR.name]).append_column(VECTOR, nothing(len(names))))
    return list(batch.column(VECTOR.name).to_pylist())


def nothing(count: int) -> pa.Array:
    return pa.nulls(count, VECTOR.type)


def classify(corpus: Path, out: Path, tier: str) -> bytes:
    assert run(["classify", str(corpus), "-o", str(out), "--tier", tier, "--quiet"]) == 0
    return out.read_bytes()


def test_what_is_kept_is_known_to_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "vectors.sqlite"
    many = [f"title {number}" for number in range(1700)]
    with Vectors(path) as store:
        assert known(store, ["a", "b"]) == [None, None]
        keep(store, ["a", *many])
    with Vectors(path) as store:
        assert known(store, ["b", "a", "a"]) == [None, b"a" * 10, b"a" * 10]
        assert None not in known(store, many)
        keep(store, ["a"], size=2)
        assert known(store, ["a"]) == [b"aa"]


def test_batches_come_back_in_the_order_they_went() -> None:
    with Vectors(None) as store:
        batches = [store.attach(texts([name] * 3)) for name in "abc"]
        for batch, name in zip(batches, "abc", strict=True):
            assert store.detach(batch).equals(texts([name] * 3))


def test_the_oldest_go_when_the_file_is_full(tmp_path: Path) -> None:
    path, limit = tmp_path / "vectors.sqlite", 300_000
    with Vectors(path, limit) as store:
        for number in range(100):
            keep(store, [f"{number:03}-{place}" for place in range(10)], size=200)
        assert known(store, ["000-0", "099-9"]) == [None, b"099-9" * 200]
    assert 0.5 * limit < path.stat().st_size < 1.2 * limit


@pytest.mark.parametrize("tier", ["cascade", "accurate"])
def test_labels_are_the_same_with_and_without(
    tier: str, corpus: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = classify(corpus, tmp_path / "1.jsonl", tier)
    assert cache.is_file()
    stamp = cache.read_bytes()
    assert classify(corpus, tmp_path / "2.jsonl", tier) == first
    assert cache.read_bytes() == stamp  # all was known, so nothing was written
    monkeypatch.setenv("AEQUA_CACHE", "")
    assert classify(corpus, tmp_path / "3.jsonl", tier) == first


def test_a_run_tells_what_the_accurate_tier_did(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    classify(corpus, tmp_path / "1.jsonl", "fast")
    assert "45 works labelled, 0 rejected; none read" in capsys.readouterr().out
    classify(corpus, tmp_path / "2.jsonl", "accurate")
    rows = [json.loads(line) for line in (tmp_path / "2.jsonl").read_text().splitlines()]
    changed = sum(row["second_reading"] == "changed" for row in rows)
    told = capsys.readouterr().out
    assert f"36 (80.0 %) read by the accurate tier, which changed the goals of {changed}" in told


def test_a_report_says_how_many_works_each_tier_read(corpus: Path, tmp_path: Path) -> None:
    for _ in range(2):  # the second run takes the labels of the first
        arguments = ["report", str(corpus), "-o", str(tmp_path / "r"), "--tier", "accurate"]
        assert run(arguments) == 0
        tiers = json.loads((tmp_path / "r" / "report.json").read_text())["tiers"]
        assert (tiers["tier"], tiers["works"], tiers["second"]) == ("accurate", 45, 36)


def test_the_fast_tier_keeps_nothing(corpus: Path, cache: Path, tmp_path: Path) -> None:
    classify(corpus, tmp_path / "1.jsonl", "fast")
    assert not cache.exists()


def damaged(path: Path) -> None:
    path.write_bytes(b"not a database, though long enough to be one" * 99)


def cut_off(path: Path) -> None:
    with Vectors(path) as store:
        keep(store, [str(number) for number in range(3000)])
    path.write_bytes(path.read_bytes()[:9000])


def another_table(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE vectors (one, two, three)")
    other.close()


def a_folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("harm", [damaged, cut_off, another_table, a_folder])
def test_an_unusable_file_is_told_in_one_line_and_passed_over(
    harm: object, corpus: Path, cache: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    cache.parent.mkdir()
    harm(cache)  # type: ignore[operator]
    out = classify(corpus, tmp_path / "1.jsonl", "accurate")
    assert len(out.splitlines()) == 45
    told = capfd.readouterr().err.splitlines()
    assert len(told) == 1
    assert told[0].startswith(f"aequa: warning: {cache} is not used (")


def test_foreign_values_are_passed_over(corpus: Path, cache: Path, tmp_path: Path) -> None:
    expected = classify(corpus, tmp_path / "1.jsonl", "accurate")
    with sqlite3.connect(cache) as other:
        other.execute("UPDATE vectors SET value = 7 WHERE rowid = 1")
        other.execute("UPDATE vectors SET value = 'seven' WHERE rowid = 2")
        other.execute("UPDATE vectors SET value = x'00' WHERE rowid = 3")
    other.close()
    assert classify(corpus, tmp_path / "2.jsonl", "accurate") == expected


def test_a_file_that_another_run_holds_does_not_stop_this_one(
    corpus: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aequa.vectors._PATIENCE", 0.05)
    expected = classify(corpus, tmp_path / "1.jsonl", "accurate")
    with sqlite3.connect(cache) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert classify(corpus, tmp_path / "2.jsonl", "accurate") == expected
    other.close()


def test_a_place_that_cannot_be_written_does_not_stop_a_run(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AEQUA_CACHE", str(corpus / "below a file"))
    classify(corpus, tmp_path / "1.jsonl", "accurate")
    assert "is not used" in capfd.readouterr().err


def test_two_runs_at_once_share_the_file(corpus: Path, cache: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "aequa", "classify", str(corpus), "--tier", "accurate", "-o"]
    both = [subprocess.Popen([*command, str(tmp_path / f"{n}.jsonl")]) for n in "12"]
    assert [one.wait() for one in both] == [0, 0]
    assert (tmp_path / "1.jsonl").read_bytes() == (tmp_path / "2.jsonl").read_bytes()
    with Vectors(cache) as store:
        assert sum(vector is not None for vector in known(store, TITLES)) == 4


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ({"AEQUA_CACHE": "/a"}, "/a/vectors.sqlite"),
        ({"AEQUA_CACHE": ""}, None),
        ({"XDG_CACHE_HOME": "/x"}, "/x/aequa/vectors.sqlite"),
        ({"XDG_CACHE_HOME": "not/absolute", "HOME": "/h"}, "/h/.cache/aequa/vectors.sqlite"),
        ({"HOME": "/h"}, "/h/.cache/aequa/vectors.sqlite"),
    ],
)
@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="the rule of other platforms")
def test_the_place_follows_the_environment(
    named: dict[str, str], expected: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AEQUA_CACHE", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in named.items():
        monkeypatch.setenv(name, value)
    assert location() == (Path(expected) if expected else None)


def test_the_tests_keep_nothing_at_home() -> None:
    assert location() is None


def test_a_key_tells_title_from_abstract_and_takes_any_text() -> None:
    odd = ["", "a", "\x00", "\ud83d", "é", "e\u0301"]
    keys = {key(title, abstract) for title in odd for abstract in odd}
    assert len(keys) >= len(odd) ** 2 - 2  # a NUL may stand where the two meet
    assert key(None, "a") == key("", "a")


def test_the_share_is_told_for_any_number() -> None:
    assert labelling.Labelled(0, 0, 0).told() == "none read by the accurate tier"
    assert "1 (100.0 %)" in labelling.Labelled(1, 1, 0).told()
