"""A copy of the OpenAlex snapshot, made by us: what is read of it, checked and merged."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aequa.cli import run
from aequa.core.errors import InputError
from aequa.core.works import Reject, Work
from aequa.sources.pieces import pieces, read_piece
from aequa.sources.read import expand, name_of, read
from aequa.sources.snapshot import besides

DAYS = {
    "updated_date=2024-01-07/part_000.gz": (3, 4),
    "updated_date=2023-05-02/part_001.gz": (2,),
    "updated_date=2023-05-02/part_000.gz": (1,),
}
Make = Callable[..., Path]


def work(number: int) -> dict[str, Any]:
    titles = ("wells", "forests", "harvests", "clinics", "schools", "rivers", "grids", "soils")
    return {
        "id": f"https://openalex.org/W{number}",
        "doi": f"https://doi.org/10.5555/{number}",
        "title": f"Neural networks for {titles[number % 8]} of region {number}",
        "publication_year": 2015 + number,
        "type": "article",
        "cited_by_count": number,
        "abstract_inverted_index": {"Networks": [0], "help.": [1]},
    }


def packed(*lines: str) -> bytes:
    return gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0)


def written(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Writes a snapshot: ``make(works="data/works", key="entries", merged=[...])``."""

    def made(
        works: str = "data/works",
        manifest: str = "manifest",
        key: str = "entries",
        days: dict[str, tuple[int, ...]] = DAYS,
        merged: tuple[tuple[int, int], ...] = (),
    ) -> Path:
        root = tmp_path / "openalex-snapshot"
        entries = []
        for name, numbers in days.items():
            lines = [json.dumps(work(number)) for number in numbers]
            part = written(root / works / name, packed(*lines))
            meta = {"content_length": part.stat().st_size, "record_count": len(lines)}
            entries.append({"url": f"s3://openalex/{works}/{name}", "meta": meta})
        written(root / works / manifest, json.dumps({key: entries}).encode())
        author = json.dumps({"id": "https://openalex.org/A1", "display_name": "Ana Árvore"})
        for other in ("authors", "institutions"):
            place = (root / works).parent / other
            written(place / "updated_date=2024-01-07/part_000.gz", packed(author))
            written(place / manifest, b'{"entries": []}')
        written(root / "RELEASE_NOTES.txt", b"RELEASE 2024-01-07\n")
        if merged:
            rows = [f"2024-01-0{n},W{gone},W{into}" for n, (gone, into) in enumerate(merged, 1)]
            lists = (root / works).parent / "merged_ids" / "works"
            for n, row in enumerate(rows, 1):
                written(lists / f"2024-01-0{n}.csv.gz", packed("merge_date,id,merge_into_id", row))
            written(lists.parent / "authors" / "2024-01-01.csv.gz", packed("merge_date,id,x"))
        return root

    return made


def named(paths: list[Path]) -> list[str]:
    return [f"{path.parent.name}/{path.name}" for path in paths]


def items(root: Path) -> list[Work | Reject]:
    return list(read(expand([str(root)])))


@pytest.mark.parametrize(
    ("works", "manifest", "key"),
    [
        ("data/works", "manifest", "entries"),
        ("data/jsonl/works", "manifest.json", "files"),
        ("works", "manifest", "entries"),
    ],
)
def test_only_the_parts_of_works_are_read_in_order_of_date(
    make: Make, works: str, manifest: str, key: str
) -> None:
    root = make(works, manifest, key)
    assert named(expand([str(root)])) == sorted(DAYS)
    assert [item.id for item in items(root) if isinstance(item, Work)] == [
        f"openalex:W{number}" for number in (1, 2, 3, 4)
    ]
    assert len(items(root)) == 4


def test_the_snapshot_is_known_by_any_of_its_folders_and_beside_other_files(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make()
    written(tmp_path / "mine.jsonl", json.dumps({"title": "A work of my own"}).encode())
    for folder in (root, root / "data", root / "data" / "works"):
        assert named(expand([str(folder)])) == sorted(DAYS)
    assert len(expand([str(tmp_path)])) == 4
    assert len(expand([str(root / "data" / "works" / "*" / "part_*.gz")])) == 3
    monkeypatch.chdir(root / "data")
    assert named(expand(["."])) == sorted(DAYS)


def test_a_folder_named_works_without_partitions_is_any_folder(tmp_path: Path) -> None:
    path = written(tmp_path / "works" / "manifest", b'{"title": "My manifest of things"}')
    assert expand([str(tmp_path)]) == [path]


def test_a_part_that_is_missing_is_a_reject_that_says_what_was_expected(make: Make) -> None:
    root = make()
    part = root / "data/works/updated_date=2023-05-02/part_001.gz"
    size = part.stat().st_size
    part.unlink()
    (reject,) = (item for item in items(root) if isinstance(item, Reject))
    assert reject == Reject(
        name_of(part), 0, f"is missing, the manifest lists it with {size} bytes"
    )
    part.parent.joinpath("part_000.gz").unlink()
    part.parent.rmdir()
    assert sum(isinstance(item, Reject) for item in items(root)) == 2
    assert sum(isinstance(item, Work) for item in items(root)) == 2


def test_a_part_of_other_length_is_a_reject_and_what_can_be_read_is_read(make: Make) -> None:
    root = make()
    part = root / "data/works/updated_date=2024-01-07/part_000.gz"
    size = part.stat().st_size
    part.write_bytes(part.read_bytes()[:-20])
    rejects = [item for item in items(root) if isinstance(item, Reject)]
    assert rejects[0].record == 0
    assert rejects[0].reason == (
        f"length: found {size - 20} bytes, expected {size} as the manifest lists"
    )
    assert all("cut off" in reject.reason for reject in rejects[1:])
    written(part, packed(*(json.dumps(work(number)) for number in (3, 4, 5))))
    found = items(root)
    assert [item.record for item in found[2:] if isinstance(item, Work)] == [1, 2, 3]
    assert sum(isinstance(item, Reject) for item in found) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"entries": 1}',
        b'{"entries": [{"url": 7}]}',
        b'{"entries": [{"url": "updated_date=2024-01-01/part_000.gz", "meta": {}}]}',
        b'{"files": [{"url": "updated_date=1/p.gz", "meta": {"content_length": "long"}}]}',
    ],
)
def test_a_damaged_manifest_is_an_error_that_says_what_to_do(make: Make, content: bytes) -> None:
    root = make()
    path = written(root / "data/works/manifest", content)
    with pytest.raises(InputError, match=r"manifest: .*expected"):
        expand([str(root)])
    path.unlink()
    assert len(items(root)) == 4


def test_a_manifest_cannot_point_out_of_the_snapshot(make: Make, tmp_path: Path) -> None:
    root = make()
    urls = ["s3://x/updated_date=2024-01-01/../../../mine.gz", "file:///etc/updated_date=1/..gz"]
    entries = [{"url": url, "meta": {"content_length": 1}} for url in urls]
    written(root / "data/works/manifest", json.dumps({"entries": entries}).encode())
    assert named(expand([str(root)])) == sorted(DAYS)


def test_merged_works_go_by_the_id_of_the_survivor_and_stay_in_the_books(make: Make) -> None:
    root = make(merged=((2, 9), (9, 4), (1, 77)))
    works = [item for item in items(root) if isinstance(item, Work)]
    assert [item.ids[0] for item in works] == [f"openalex:W{n}" for n in (77, 4, 3, 4)]
    assert [item.given for item in works][:2] == [
        "https://openalex.org/W1",
        "https://openalex.org/W2",
    ]
    assert works[1].repairs == (
        "id: found openalex:W2, expected openalex:W4 (OpenAlex merged the one into the other)",
    )
    assert works[2].repairs == ()


def test_the_command_merges_them_and_its_books_balance(
    make: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    days = DAYS | {"updated_date=2024-02-01/part_000.gz": (3, 5)}  # 3 stands twice
    root = make(days=days, merged=((2, 4), (1, 77)))
    out = tmp_path / "works.jsonl"
    assert run(["ingest", str(root), "-o", str(out), "--json", "--quiet"]) == 0
    counts = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert counts == {"read": 6, "kept": 4, "merged": 2, "rejected": 0}
    ids = {json.loads(line)["id"] for line in out.read_text(encoding="utf-8").splitlines()}
    assert ids == {f"openalex:W{number}" for number in (77, 4, 3, 5)}
    (root / "data/works/updated_date=2024-02-01/part_000.gz").unlink()
    assert run(["ingest", str(root), "-o", str(out), "--json", "--quiet", "--strict"]) == 3
    counts = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert counts == {"read": 5, "kept": 3, "merged": 1, "rejected": 1}


@pytest.mark.parametrize(
    "content",
    [
        packed("merge_date,id,into", "2024-01-01,W1,W2"),
        packed("merge_date,id,merge_into_id", "2024-01-01,W1,A2"),
        packed("merge_date,id,merge_into_id", "2024-01-01,,W2"),
        packed("merge_date,id,merge_into_id", "2024-01-01,W99999999999999999999,W2"),
        packed("merge_date,id,merge_into_id", "2024-01-01,W1,W2")[:-9],
        b"no gzip",
        b"",
    ],
)
def test_a_damaged_list_of_merges_is_an_error_that_says_what_to_do(
    make: Make, content: bytes
) -> None:
    root = make(merged=((2, 4),))
    path = written(root / "data/merged_ids/works/2024-02-01.csv.gz", content)
    with pytest.raises(InputError, match=r"2024-02-01\.csv\.gz: .*expected"):
        expand([str(root)])
    path.unlink()
    assert len(items(root)) == 4


def test_an_empty_list_and_a_circle_merge_nothing(make: Make) -> None:
    root = make(merged=((1, 2), (2, 1)))
    ids = [item.ids[0] for item in items(root) if isinstance(item, Work)]
    assert ids == [f"openalex:W{number}" for number in (1, 2, 3, 4)]
    for path in (root / "data/merged_ids/works").iterdir():
        written(path, packed("merge_date,id,merge_into_id"))
    assert [item.ids[0] for item in items(root) if isinstance(item, Work)] == ids


def test_the_later_list_holds_where_a_work_was_merged_twice(make: Make) -> None:
    root = make(merged=((1, 3), (1, 4)))
    assert items(root)[0].ids[0] == "openalex:W4"  # type: ignore[union-attr]


def test_pieces_read_apart_give_what_the_file_gives(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make(merged=((2, 4), (3, 1)))
    (root / "data/works/updated_date=2023-05-02/part_000.gz").unlink()
    written(
        root / "data/works/updated_date=2024-01-07/part_000.gz",
        packed(*(json.dumps(work(number)) for number in (3, 4, 5))),
    )
    monkeypatch.setattr("aequa.sources.pieces.SIZE", 10)
    apart = [
        item
        for path in expand([str(root)])
        for piece in pieces(path, name_of(path))
        for item in read_piece(piece)
    ]
    assert apart == items(root)
    assert [item.record for item in apart if isinstance(item, Reject)] == [0, 0]


def test_what_a_part_depends_on_besides_itself_changes_with_it(make: Make, tmp_path: Path) -> None:
    root = make(merged=((2, 4),))
    path = expand([str(root)])[0]
    before = besides(path)
    assert before == besides(path)
    rows = ("merge_date,id,merge_into_id", "2024-01-01,W2,W3")
    written(root / "data/merged_ids/works/2024-01-01.csv.gz", packed(*rows))
    assert besides(path) != before
    assert besides(tmp_path / "mine.jsonl") is None
