"""Matching in hands, from shards, finds what matching of all records at once finds."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.core.works import Authorship, Work, to_batch
from aequa.corpus import duplicates, match, suspects
from aequa.corpus.affiliations import place
from aequa.corpus.duplicates import find
from aequa.corpus.rows import to_rows
from aequa.corpus.shards import hands, scan, starts
from aequa.corpus.store import Counts, Writer, finish, shared_ids
from aequa.corpus.suspects import components

IDS = ["doi:10.1/a", "doi:10.1/b", "wos:1", "wos:2", "openalex:W1", "local:1", "local:" + "a" * 20]
TITLES = ["Learning to find water in dry wells", "A robot reads old maps", "Editorial", None]
WORKS = st.lists(
    st.builds(
        lambda ids, title, author, year: Work(
            ids=tuple(ids),
            title=title,
            abstract="Text.",
            authorships=(Authorship(author),) if author else (),
            year=year,
            source="ris",
        ),
        st.lists(st.sampled_from(IDS), min_size=1, max_size=2, unique=True),
        st.sampled_from(TITLES),
        st.sampled_from(["Ada Byron", "Byron, A", "Hopper G", None]),
        st.sampled_from([2019, 2020, 2024, None]),
    ),
    max_size=14,
)


def shards(folder: Path, works: list[Work], sizes: list[int]) -> list[Path]:
    """Placed works in files of the given sizes, and one more for those that are left."""
    bounds = np.cumsum([0, *sizes]).clip(0, len(works)).tolist()
    paths = []
    for number, (start, end) in enumerate(zip(bounds, [*bounds[1:], len(works)], strict=True)):
        paths.append(folder / f"placed-{number}.parquet")
        with Writer(paths[-1]) as writer:
            if start < end:
                writer.append(place(to_batch(works[start:end])))
    return paths


@settings(max_examples=60, deadline=None)
@given(WORKS, st.lists(st.integers(0, 5), max_size=3), st.integers(1, 6))
def test_hands_of_any_size_find_the_same(works: list[Work], sizes: list[int], crowd: int) -> None:
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setattr(match, "CROWD", crowd)
        patch.setattr(suspects, "CROWD", crowd)
        patch.setattr(duplicates, "HAND", 1)
        with duckdb.connect() as db:
            found = find(db, shards(Path(folder), works, sizes), Path(folder))
        groups, refused = match.match(
            [
                match.Record(
                    work.ids,
                    work.title,
                    work.authorships[0].name if work.authorships else None,
                    work.year,
                )
                for work in works
            ]
        )
    barred: dict[int, set[str]] = {}
    for identifier, places in refused.items():
        for at in places:
            barred.setdefault(at, set()).add(identifier)
    expected = {
        row: (group[0], barred.get(row, set()))
        for group in groups
        if len(group) > 1 or group[0] in barred
        for row in group
    }
    rows = zip(found.rows.tolist(), found.first.tolist(), found.barred.to_pylist(), strict=True)
    assert {row: (first, set(ids)) for row, first, ids in rows} == expected
    assert found.shared == {identifier: len(places) for identifier, places in refused.items()}


def work(number: int, **known: Any) -> Work:
    basic: dict[str, Any] = {
        "ids": (f"doi:10.1/{number}",),
        "title": f"A study of the well number {number % 40}",
        "authorships": (Authorship("Ada Byron"),),
        "source": "wos",
        "file": "a.txt",
        "record": number,
        "year": 2020,
        "cited_by": number % 7,
    }
    return Work(**basic | known)


@pytest.mark.parametrize("sizes", [[0], [1], [0, 60, 0, 1], [7] * 11, [30, 30, 0]])
def test_any_split_into_shards_gives_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sizes: list[int]
) -> None:
    monkeypatch.setattr("aequa.corpus.store.ROW_GROUP", 25)
    works = [work(number) for number in range(90)]
    counts = finish(shards(tmp_path, works, []), tmp_path / "one.parquet")
    assert counts == Counts(90, 40, 50, 0)
    again = finish(shards(tmp_path, works, sizes), tmp_path / "many.parquet")
    assert again == counts
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "many.parquet").read_bytes()


def test_copies_under_new_ids_of_a_curated_database_stay_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duplicates, "HAND", 5)
    works = [work(number, ids=(f"pmid:{number}", f"doi:10.1/{number}")) for number in range(400)]
    counts = finish(shards(tmp_path, works, [150, 0, 150]), tmp_path / "works.parquet")
    assert counts == Counts(400, 400, 0, 0)
    assert shared_ids(tmp_path / "works.parquet") == {}
    kept = [row for _, batch in scan([tmp_path / "works.parquet"]) for row in batch.to_pylist()]
    assert [row["record"] for row in kept] == list(range(400))


def test_a_crowd_is_matched_in_hands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handed: list[int] = []

    def counting(records: Any, crowds: Any) -> match.Matches:
        handed.append(len(records))
        return match.match(records, crowds)

    monkeypatch.setattr(duplicates, "HAND", 10)
    monkeypatch.setattr(duplicates, "match", counting)
    ids = ("doi:10.1/proceedings",)
    works = [
        work(number, ids=ids, title=f"Paper {number % 100} of the day") for number in range(300)
    ]
    works.append(work(300, ids=ids, title=None, abstract="Text."))
    counts = finish(shards(tmp_path, works, []), tmp_path / "works.parquet")
    assert counts == Counts(301, 101, 200, 0)
    assert shared_ids(tmp_path / "works.parquet") == {ids[0]: 301}
    assert sum(handed) == 301
    assert max(handed) < 13, "each title is a group of its own"


def test_shards_without_rows(tmp_path: Path) -> None:
    assert finish(shards(tmp_path, [], [0, 0]), tmp_path / "works.parquet") == Counts(0, 0, 0, 0)
    assert starts(shards(tmp_path, [work(1)], [0, 1])) == [0, 0, 1, 1]


EDGES = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=20)


@settings(max_examples=100, deadline=None)
@given(EDGES)
def test_components_are_the_closure_of_the_edges(edges: list[tuple[int, int]]) -> None:
    expected = list(range(12))
    for _ in range(12):
        for left, right in edges:
            expected[left] = expected[right] = min(expected[left], expected[right])
    ends = np.array(edges, np.int64).reshape(-1, 2)
    assert components(12, ends[:, 0], ends[:, 1]).tolist() == expected


def test_a_long_chain_is_one_component() -> None:
    order = np.random.default_rng(0).permutation(20_000)
    assert not components(20_000, order[:-1], order[1:]).any()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 9), max_size=30), st.integers(1, 7))
def test_hands_hold_whole_groups(first: list[int], size: int) -> None:
    hand = hands(np.array(first, np.int64), size)
    homes = {group: {int(hand[at]) for at, each in enumerate(first) if each == group}
             for group in first}  # fmt: skip
    assert all(len(found) == 1 for found in homes.values())
    largest = max((first.count(group) for group in first), default=0)
    assert all(count < size + largest for count in np.bincount(hand, minlength=1))
    assert len(first) == 0 or hand.min() == 0


@settings(max_examples=60, deadline=None)
@given(WORKS, st.data())
def test_rows_are_those_of_pylist(works: list[Work], data: st.DataObject) -> None:
    batch = place(to_batch(works)).slice(data.draw(st.integers(0, 3)))
    assert to_rows(batch) == batch.to_pylist()
    holes = pa.record_batch({"a": pa.array([{"b": [1.5, None]}, None, {"b": None}])})
    assert to_rows(holes) == holes.to_pylist()
