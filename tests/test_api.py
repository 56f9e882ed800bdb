"""The Python API: what it gives is what the command line writes for the same input."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import aequa
from aequa.cli import run
from aequa.core.errors import AccountingError, BusyError, InputError, SpecError
from aequa.core.results import read_parquet
from aequa.frames import joined
from aequa.kept import put
from aequa.workspace import claimed

SUBJECTS = ("malaria in clinics", "crops under drought", "solar cells", "traffic", "chess")
ROWS = [
    {"id": f"a{n}", "title": f"Networks that forecast {SUBJECTS[n % 5]} {n}", "year": 2000 + n % 9}
    for n in range(30)
]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("source") / "in.jsonl"
    rows = [*ROWS, ROWS[7], {"id": "old", "title": "Wells", "year": 1}, {"id": "empty"}]
    path.write_text("\n".join(map(json.dumps, rows)) + "\nnone\n")
    return path


@pytest.fixture(scope="module")
def written(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the command line makes of the source."""
    folder = tmp_path_factory.mktemp("written")
    quiet = ["--quiet", "--tier", "fast"]
    assert run(["report", str(source), "-o", str(folder / "r"), *quiet]) == 0
    out = ["-o", str(folder / "labels.jsonl")]
    assert run(["classify", str(source), *out, "--scores", *quiet]) == 0
    return folder


@pytest.fixture(scope="module")
def labelled(source: Path) -> aequa.Labelled:
    return aequa.read(source).classify("fast")


def test_the_corpus_and_its_labels_are_those_of_the_command_line(
    labelled: aequa.Labelled, written: Path
) -> None:
    assert labelled.corpus.path.read_bytes() == (written / "r" / "works.parquet").read_bytes()
    assert labelled.path.read_bytes() == (written / "r" / "labels.parquet").read_bytes()


def test_the_tables_are_those_of_the_command_line(labelled: aequa.Labelled, written: Path) -> None:
    evidence, folder = labelled.evidence(), written / "r" / "tables"
    assert set(evidence) == {path.stem for path in folder.glob("*.parquet")}
    assert len(evidence) == len(list(evidence)) > 20
    for name, table in evidence.items():
        assert vars(table) == vars(read_parquet(folder / f"{name}.parquet"))
    assert "headline" in repr(evidence)
    assert evidence["headline"].title in repr(evidence["headline"])
    assert f"<td>headline<td>{evidence['headline'].title}" in evidence._repr_html_()
    with pytest.raises(KeyError, match="expected one of headline"):
        evidence["../labels"]


def test_the_report_is_that_of_the_command_line(
    labelled: aequa.Labelled, written: Path, tmp_path: Path
) -> None:
    page = labelled.report(tmp_path / "r")
    assert page == tmp_path / "r" / "index.html"
    found, expected = (
        {
            str(path.relative_to(folder)): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file() and not path.relative_to(folder).parts[0].startswith(".")
        }
        for folder in (tmp_path / "r", written / "r")
    )
    assert found == expected


def test_the_books(labelled: aequa.Labelled, source: Path) -> None:
    corpus = labelled.corpus
    assert corpus.counts == (34, 31, 1, 2) == labelled.counts
    assert repr(corpus) == "Corpus(34 read = 31 kept + 1 merged + 2 rejected)"
    assert repr(labelled) == "Labelled(31 works, tier fast; none read by the accurate tier)"
    assert len(corpus) == len(labelled) == 31
    assert (labelled.second, labelled.changed, corpus.failed) == (0, 0, 0)
    (tally,) = corpus.files
    assert (tally.file, tally.read, tally.repaired) == (str(source), 34, 1)
    assert [row["record"] for row in corpus.rejects] == [33, 34]
    assert [row["record"] for row in corpus.repairs] == [32]
    assert len(list(corpus.rejects)) == 2  # again
    assert not list(labelled.unlabelled)


def test_rows_in_arrow(labelled: aequa.Labelled) -> None:
    works, both = labelled.corpus.to_arrow(), labelled.to_arrow()
    assert both.select(works.column_names).equals(works)
    more = ["text_language", "ai", "goals", "challenges", "areas", "second_reading"]
    assert both.column_names[works.num_columns :] == more
    goals = labelled.goals()
    assert len(goals) == sum(map(len, both["goals"].to_pylist())) > 0
    first = next(row for row in both.to_pylist() if row["goals"])
    assert goals.to_arrow().to_pylist()[0] == {"id": first["id"], **first["goals"][0]}
    assert repr(goals).startswith(f"Frame({len(goals)} rows: id, goal, ")


def test_scores_stand_beside_labels_without(source: Path) -> None:
    corpus = aequa.read(source)
    plain, scored = corpus.classify("fast"), corpus.classify("fast", scores=True)
    assert all(len(row) == 17 for row in scored.to_arrow()["scores"].to_pylist())
    assert plain.path != scored.path
    assert "scores" not in plain.to_arrow().column_names


def test_rows_in_pandas(labelled: aequa.Labelled) -> None:
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = labelled.corpus.to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert str(frame["year"].dtype) == "Int16"
    assert frame["year"].isna().sum() == 1  # a year that was impossible is unknown
    assert frame["id"].tolist() == labelled.corpus.to_arrow()["id"].to_pylist()
    assert len(labelled.to_pandas()) == 31
    assert "share" in labelled.evidence()["headline"].to_pandas()


def test_rows_in_polars(labelled: aequa.Labelled) -> None:
    polars = pytest.importorskip("polars", reason="polars is not installed")
    frame = labelled.to_polars()
    assert isinstance(frame, polars.DataFrame)
    assert frame["id"].to_list() == labelled.corpus.to_arrow()["id"].to_pylist()
    assert frame["year"].null_count() == 1
    assert labelled.goals().to_polars().height == len(labelled.goals())


def test_what_is_not_installed_is_named(
    labelled: aequa.Labelled, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("pandas", "polars"):
        monkeypatch.setitem(sys.modules, name, None)  # as if it were not there
        with pytest.raises(aequa.AequaError, match=f"pip install {name}"):
            getattr(labelled, f"to_{name}")()


def test_a_second_run_goes_on_from_what_is_kept(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def made(progress: bool) -> aequa.Labelled:
        return aequa.read(source, keep=tmp_path / "k", progress=progress).classify("fast")

    before = dict(made(False).evidence())
    assert capsys.readouterr() == ("", "")
    after = made(True)
    assert {name: vars(one) for name, one in after.evidence().items()} == {
        name: vars(one) for name, one in before.items()
    }
    told = capsys.readouterr().err
    assert "reading: done by an earlier run" in told
    assert "classifying: done by an earlier run" in told
    assert "counting" not in told
    assert after.corpus.counts == (34, 31, 1, 2)
    assert len(list(after.corpus.rejects)) == 2


def test_a_killed_run_leaves_shards_to_go_on_from(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = aequa.read(source, keep=tmp_path)
    expected = corpus.classify("fast").path.read_bytes()
    (tmp_path / "fast" / "labels.parquet").unlink()

    def fail(*_: object) -> None:
        raise AssertionError("labelled again")

    monkeypatch.setattr("aequa.labelling.engine.classify_remembering", fail)
    assert corpus.classify("fast").path.read_bytes() == expected


def test_a_report_of_the_command_line_can_be_gone_on_from(
    source: Path, written: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus = aequa.read(source, keep=written / "r", progress=True)
    assert corpus.counts == (34, 31, 1, 2)
    assert "done by an earlier run" in capsys.readouterr().err


def test_another_corpus_in_the_same_folder_is_noticed(source: Path, tmp_path: Path) -> None:
    labelled = aequa.read(source, keep=tmp_path / "k").classify("fast")
    evidence = labelled.evidence()
    other = tmp_path / "other.jsonl"
    other.write_text('{"id": "b", "title": "Robots that milk cows"}\n')
    aequa.read(other, keep=tmp_path / "k").classify("fast")
    for use in (labelled.to_arrow, labelled.evidence, labelled.corpus.classify):
        with pytest.raises(InputError, match=r"parquet: has changed"):
            use()
    with pytest.raises(InputError, match="has changed"):
        evidence["headline"]


def test_a_folder_serves_one_run_at_a_time(source: Path, tmp_path: Path) -> None:
    with claimed(tmp_path / ".shards"), pytest.raises(BusyError):
        aequa.read(source, keep=tmp_path)


def test_the_temporary_folder_goes_with_the_last_object(source: Path) -> None:
    labelled = aequa.read(source).classify("fast")
    evidence = labelled.evidence()
    folder = labelled.corpus.path.parent
    del labelled
    gc.collect()
    assert len(evidence["headline"]) > 0
    del evidence
    gc.collect()
    assert not folder.exists()


def test_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="found no files"):
        aequa.read()
    with pytest.raises(InputError, match="does not exist"):
        aequa.read(tmp_path / "none.ris")
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"id": "a", "title": ""}\n')
    with pytest.raises(InputError, match="no usable record") as caught:
        aequa.read(broken)
    assert "reasons in" not in str(caught.value)  # the list went with the temporary folder
    with pytest.raises(InputError, match="reasons in"):
        aequa.read(broken, keep=tmp_path / "k")


def test_an_unknown_tier_is_named(source: Path) -> None:
    with pytest.raises(SpecError, match="expected one of fast, cascade, accurate"):
        aequa.read(source).classify("slow")
    with pytest.raises(SpecError, match="expected one of fast"):
        aequa.label([], tier="slow")


def test_works_that_have_no_labels_are_left_out_of_rows() -> None:
    works = pa.table({"id": ["a", "b", "c"], "year": [1, 2, 3]})
    assert joined(works, pa.table({"id": ["a", "c"], "ai": [1, 0]}))["year"].to_pylist() == [1, 3]
    for ids in (["c", "a"], ["a", "d"]):
        with pytest.raises(AccountingError):
            joined(works, pa.table({"id": ids, "ai": [1, 0]}))


def test_texts_are_answered_as_the_command_line_answers(source: Path, written: Path) -> None:
    lines = (written / "labels.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in source.read_text().splitlines()[:32]]
    answers = aequa.label(rows, tier="fast", scores=True)
    assert answers == [json.loads(line) for line in lines]


def test_every_text_has_its_answer_in_order() -> None:
    texts = ["Deep learning finds wells.", None, float("nan"), "", {"id": 7}, {"title": "Wells"}]
    answers = aequa.label(texts, tier="fast")  # type: ignore[arg-type]
    assert [answer["id"] for answer in answers][:5] == ["1", "2", "3", "4", "7"]
    assert ["rejected" in answer for answer in answers] == [False, True, True, True, True, False]
    for answer in answers:
        assert list(answer)[:7] == list(answers[0])
    assert answers[1]["ai"] is None
    assert answers[1]["goals"] == []
    assert aequa.label([]) == []
    assert [answer["id"] for answer in aequa.label([None, None])] == ["1", "2"]


def test_texts_may_come_from_arrays_and_with_any_line_break() -> None:
    texts = ["Wells\nfor\u2028clean\x85water", "Solar cells"]
    plain = aequa.label(texts, tier="fast")
    assert aequa.label(iter(texts), tier="fast") == plain
    assert aequa.label(np.array(texts), tier="fast") == plain
    assert len(plain) == 2


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ("Wells", "found one str, expected a list"),
        ({"title": "Wells"}, "found one dict, expected a list"),
        (["Wells", 7], "found a int at number 2"),
        ([{"title": object()}], "number 1 cannot be said in JSON"),
        (["\ud800"], "number 1 cannot be said in JSON"),
        ([{"results": [{"title": "Wells"}, {"title": "Cells"}]}], "could not be labelled"),
        ([{"name": "Wells"}], "could not be labelled"),
    ],
)
def test_what_is_no_list_of_texts_is_refused(texts: object, message: str) -> None:
    with pytest.raises(aequa.AequaError, match=message):
        aequa.label(texts, tier="fast")  # type: ignore[arg-type]


def test_a_plain_script_may_use_all_cores(tmp_path: Path) -> None:
    """No ``if __name__ == "__main__"``: workers must not run the script again."""
    for name in "ab":
        rows = [{"id": f"{name}{n}", "title": f"Networks for wells {name} {n}"} for n in range(9)]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    script = tmp_path / "script.py"
    script.write_text(
        "import aequa, aequa.ingesting, aequa.labelling\n"
        "print('started')\n"
        "aequa.ingesting.cores = aequa.labelling.cores = lambda: 2\n"
        "print(aequa.read('a.jsonl', 'b.jsonl').classify('fast').counts.kept)\n"
        "import sys; print(sys.modules['__main__'].__file__)\n"
    )
    ended = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True
    )
    assert ended.stderr == ""
    assert ended.stdout.splitlines() == ["started", "18", str(script)]


def test_importing_aequa_imports_nothing_of_weight() -> None:
    told = "import sys, aequa; print([m for m in sys.modules if m.partition('.')[0] in heavy])"
    command = f"heavy = {{'numpy', 'pyarrow', 'duckdb', 'onnxruntime', 'rich', 'click'}}; {told}"
    assert subprocess.check_output([sys.executable, "-c", command]).strip() == b"[]"
    assert {"read", "label", "Corpus"} <= set(dir(aequa))
    with pytest.raises(AttributeError, match="no attribute 'write'"):
        getattr(aequa, "write")  # noqa: B009 (a checker knows that there is none)
    for name in aequa.__all__:
        assert getattr(aequa, name) is not None


def test_a_file_is_copied_where_it_cannot_be_linked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError

    source = tmp_path / "a.parquet"
    pq.write_table(pa.table({"id": ["a"]}), source)
    monkeypatch.setattr("os.link", refuse)
    put(source, tmp_path / "b.parquet")
    assert (tmp_path / "b.parquet").read_bytes() == source.read_bytes()
    assert not (tmp_path / "b.parquet").samefile(source)
    put(source, source)
    assert source.read_bytes() == (tmp_path / "b.parquet").read_bytes()
