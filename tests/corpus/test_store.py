from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.core.errors import AccountingError
from aequa.core.works import PLACED, WORKS, Affiliation, Authorship, Work, to_batch
from aequa.corpus.affiliations import place
from aequa.corpus.impact import CELL, IMPACT, assign
from aequa.corpus.store import Counts, Writer, finish, kept_by_file, shared_ids


def work(number: int = 1, **known: Any) -> Work:
    basic: dict[str, Any] = {
        "ids": (f"local:{number}",),
        "title": f"A study of the well number {number}",
        "authorships": (Authorship("Ada Byron", (Affiliation("Oslo", "NOR", "academia"),)),),
        "source": "ris",
        "file": "a.ris",
        "record": number,
    }
    return Work(**basic | known)


def corpus(
    folder: Path, works: list[Work], size: int = 1000
) -> tuple[Counts, list[dict[str, Any]]]:
    with Writer(folder / "placed.parquet") as writer:
        for start in range(0, len(works), size):
            writer.append(place(to_batch(works[start : start + size])))
    counts = finish([folder / "placed.parquet"], folder / "works.parquet")
    table = pq.read_table(folder / "works.parquet")
    assert table.schema.equals(WORKS)
    assert sorted(path.name for path in folder.iterdir()) == ["placed.parquet", "works.parquet"]
    return counts, table.to_pylist()


def test_an_empty_corpus(tmp_path: Path) -> None:
    counts, rows = corpus(tmp_path, [])
    assert counts == Counts(0, 0, 0, 0)
    assert rows == []


def test_works_without_duplicates_pass_in_order(tmp_path: Path) -> None:
    counts, rows = corpus(tmp_path, [work(number, cited_by=number) for number in range(1, 8)], 3)
    assert counts == Counts(7, 7, 0, 0)
    assert [row["record"] for row in rows] == list(range(1, 8))
    assert {row["cited_by_rule"] for row in rows} == {"ris (only count)"}
    assert all(row["merged"] == [] for row in rows)
    assert rows[0]["countries"] == ["NOR"]


def test_duplicates_stand_where_their_first_record_stood(tmp_path: Path) -> None:
    doi = ("doi:10.1/x",)
    sweden = (Authorship("Byron, A.", (Affiliation("Lund", "SWE", "company"),)),)
    works = [
        work(1),
        work(2, ids=doi, title="Learning to find water", year=2020),
        work(3),
        work(
            4,
            ids=doi,
            title="Learning to Find Water",
            authorships=sweden,
            source="scopus",
            file="b.csv",
        ),
        work(5, title="Learning to find water.", year=2021, cited_by=3),
    ]
    for size in (1, 2, 1000):
        counts, rows = corpus(tmp_path, works, size)
        assert counts == Counts(read=5, kept=3, merged=2, rejected=0)
        assert [row["record"] for row in rows] == [1, 4, 3]
        found = rows[1]
        assert found["merged"] == ["a.ris#2", "a.ris#5"]
        assert found["ids"] == ["doi:10.1/x", "local:5"]
        assert (found["cited_by"], found["cited_by_rule"]) == (3, "ris (only count)")
        assert sorted(found["countries"]) == ["NOR", "SWE"], "placed again after merging"
        assert sorted(found["sectors"]) == ["academia", "company"]
        assert kept_by_file(tmp_path / "works.parquet") == {"a.ris": 2, "b.csv": 1}
        assert shared_ids(tmp_path / "works.parquet") == {}


def test_a_proceedings_doi_merges_nothing_and_no_id_occurs_twice(tmp_path: Path) -> None:
    names = [chr(97 + number % 26) * 8 + str(number) for number in range(100)]
    works = [
        work(number, ids=("doi:10.1/p",), title=name, authorships=(Authorship(f"A {name}"),))
        for number, name in enumerate(names)
    ]
    counts, rows = corpus(tmp_path, works)
    assert counts == (100, 100, 0, 0)
    assert shared_ids(tmp_path / "works.parquet") == {"doi:10.1/p": 100}
    assert len({row["id"] for row in rows}) == 100
    assert all(row["ids"][0] == "doi:10.1/p" and row["id"] in row["ids"] for row in rows)
    assert [row["title"] for row in rows] == names


def test_rejected_records_are_in_the_books(tmp_path: Path) -> None:
    corpus(tmp_path, [work(1)])
    counts = finish([tmp_path / "placed.parquet"], tmp_path / "works.parquet", rejected=4)
    assert counts == Counts(read=5, kept=1, merged=0, rejected=4)
    with pytest.raises(AccountingError, match="5 records read, but 1 kept, 1 merged and 4"):
        counts._replace(merged=1).check()


def test_two_works_under_one_id_are_a_bug_and_leave_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = tmp_path / "placed.parquet"
    batch = place(to_batch([work(1), work(2)]))
    at = batch.schema.get_field_index("id")
    with Writer(placed) as writer:
        writer.append(batch.set_column(at, PLACED.field("id"), pa.array(["local:1", "local:1"])))
    with pytest.raises(AccountingError, match="local:1"):
        finish([placed], tmp_path / "works.parquet")
    assert [path.name for path in tmp_path.iterdir()] == ["placed.parquet"]


def interrupted(path: Path, batch: pa.RecordBatch, error: type[BaseException]) -> None:
    with Writer(path) as writer:
        writer.append(batch)
        writer.append(batch)
        raise error


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_an_interrupted_writer_leaves_the_old_file(
    tmp_path: Path, error: type[BaseException]
) -> None:
    path = tmp_path / "new" / "placed.parquet"
    batch = place(to_batch([work(1)]))
    with Writer(path) as writer:
        writer.append(batch)
    before = path.read_bytes()
    with pytest.raises(error):
        interrupted(path, batch, error)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_row_groups_are_large_even_from_small_batches(tmp_path: Path) -> None:
    batch = place(to_batch([work(number) for number in range(500)]))
    with Writer(tmp_path / "placed.parquet") as writer:
        for _ in range(45):
            writer.append(batch)
    about = pq.ParquetFile(tmp_path / "placed.parquet").metadata
    assert writer.rows == about.num_rows == 22_500
    assert [about.row_group(at).num_rows for at in range(about.num_row_groups)] == [
        10_000,
        10_000,
        2_500,
    ]


WORKS_KNOWN = st.lists(
    st.fixed_dictionaries(
        {
            "field": st.sampled_from(["Energy", "Medicine", None]),
            "year": st.sampled_from([2019, 2020, None]),
            "type": st.sampled_from(["article", None]),
            "cited_by": st.sampled_from([None, 0, 1, 2, 3, 50]),
            "percentile": st.sampled_from([None, None, 0.0, 0.995]),
            "top1": st.sampled_from([None, None, True, False]),
            "top10": st.sampled_from([None, None, True, False]),
        }
    ),
    min_size=1,
    max_size=150,
)


@settings(max_examples=25, deadline=None)
@given(WORKS_KNOWN, st.integers(1, 60))
def test_the_sql_agrees_with_the_reference(known: list[dict[str, Any]], size: int) -> None:
    works = [work(number, **each) for number, each in enumerate(known)]
    with TemporaryDirectory() as folder:
        counts, rows = corpus(Path(folder), works, size)
    assert counts.kept == len(works)
    expected = assign(to_batch(works).select(CELL.names)).to_pylist()
    for row, wanted in zip(rows, expected, strict=True):
        found = {name: row[name] for name in IMPACT.names}
        assert found == pytest.approx(wanted, abs=1e-12, nan_ok=True)


DUPLICATES = st.lists(
    st.builds(
        work,
        st.integers(1, 4),
        ids=st.lists(
            st.sampled_from(["doi:10.1/a", "doi:10.1/b", "wos:1", "wos:2", "local:1"]),
            min_size=1,
            max_size=2,
            unique=True,
        ).map(tuple),
        title=st.sampled_from(["Learning to find water", "A robot reads old maps", "Editorial"]),
        year=st.sampled_from([2019, 2020, None]),
        cited_by=st.sampled_from([None, 1, 2]),
        source=st.sampled_from(["wos", "ris"]),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(DUPLICATES, st.randoms())
def test_the_books_balance_and_order_does_not_matter(works: list[Work], random: Any) -> None:
    shuffled = list(works)
    random.shuffle(shuffled)
    with TemporaryDirectory() as one, TemporaryDirectory() as two:
        counts, rows = corpus(Path(one), works, 5)
        again, rows_again = corpus(Path(two), shuffled)
    assert counts.read == len(works) == counts.kept + counts.merged
    assert len({row["id"] for row in rows}) == counts.kept
    assert again == counts
    assert sorted(rows, key=repr) == sorted(rows_again, key=repr)
