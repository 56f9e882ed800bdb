"""A fetch that ended early and is begun again: the same bytes, or a clear refusal to go on."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest

from aequa.core.errors import BusyError, FetchError, InputError
from aequa.fetch import part


class Killed(BaseException):
    """Ends a run where no code of it can object."""


@pytest.mark.parametrize(
    ("step", "name"), [*product(range(1, 6), ["write", "state", "rename"]), (6, "rename")]
)
def test_killed_anywhere_it_ends_with_the_same_bytes(
    fetch: Any, monkeypatch: pytest.MonkeyPatch, step: int, name: str
) -> None:
    fetch(out="whole.jsonl.gz")
    fetch.api.asked.clear()
    count = 0

    def kill(real: Any) -> Any:
        def dying(*arguments: Any) -> Any:
            nonlocal count
            count += 1
            if count == step:
                raise Killed
            return real(*arguments)

        return dying

    with monkeypatch.context() as patch:
        if name == "write":
            patch.setattr("aequa.fetch.part.os.fsync", kill(lambda file: None))
        elif name == "state":
            patch.setattr(
                "aequa.fetch.part._store",
                kill(part._store),
            )
        else:
            patch.setattr(Path, "replace", kill(Path.replace))
        with pytest.raises(Killed):
            fetch()
    assert not (fetch.folder / "works.jsonl.gz").exists()
    fetch()
    whole = (fetch.folder / "whole.jsonl.gz").read_bytes()
    assert (fetch.folder / "works.jsonl.gz").read_bytes() == whole
    assert fetch.left() == {"works.jsonl.gz", "whole.jsonl.gz"}
    assert len(fetch.api.pages()) <= 6


def test_a_full_disk_ends_the_run_and_keeps_whole_pages(
    fetch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        calls = iter(range(10))

        def full(number: int) -> None:
            if next(calls) == 5:
                raise OSError(28, "No space left on device")

        patch.setattr("aequa.fetch.part.os.fsync", full)
        with pytest.raises(FetchError, match=r"part: cannot be written \(No space .* is kept"):
            fetch()
    assert fetch().resumed == 400
    assert fetch.ids("works.jsonl.gz") == list(range(1, 951))


def test_killed_between_the_last_two_steps_it_is_not_fetched_again(
    fetch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(path: Path, missing_ok: bool = False) -> None:
        if path.name.endswith(".part.json"):
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", die)
        with pytest.raises(Killed):
            fetch()
    whole = (fetch.folder / "works.jsonl.gz").read_bytes()
    assert (fetch.folder / "works.jsonl.gz.part.json").exists()
    asked = len(fetch.api.asked)
    assert fetch().resumed == 950
    assert (len(fetch.api.asked), (fetch.folder / "works.jsonl.gz").read_bytes()) == (asked, whole)
    assert fetch.left() == {"works.jsonl.gz"}


def broken_off(fetch: Any, trouble: Any) -> Path:
    """A part of 400 works, and its path."""
    fetch.api.troubles = [None, None, None, trouble.refused(418)]
    with pytest.raises(FetchError):
        fetch()
    path: Path = fetch.folder / "works.jsonl.gz.part"
    assert len(fetch.ids(path.name)) == 400
    return path


def test_another_query_does_not_go_on_and_says_what_to_do(fetch: Any, trouble: Any) -> None:
    file = broken_off(fetch, trouble)
    before = file.read_bytes()
    with pytest.raises(InputError, match=r'search "forest".*give the same to go on, remove .*part'):
        fetch(search="wells")
    with pytest.raises(InputError, match="limit null"):
        fetch(limit=500)
    assert file.read_bytes() == before
    assert fetch().resumed == 400


@pytest.mark.parametrize("damage", [b"", b"other bytes", b"\0" * 100_000])
def test_a_part_that_is_not_what_its_state_says_is_not_gone_on_with(
    fetch: Any, trouble: Any, damage: bytes
) -> None:
    file = broken_off(fetch, trouble)
    file.write_bytes(damage)
    with pytest.raises(InputError, match=r"is not what .*\.part\.json says; remove"):
        fetch()
    assert file.read_bytes() == damage


@pytest.mark.parametrize("state", [b"", b"[]", b'{"query": 1}', b'{"pages": 7}', b"\xff"])
def test_a_damaged_state_is_an_error_that_says_what_to_do(
    fetch: Any, trouble: Any, state: bytes
) -> None:
    file = broken_off(fetch, trouble)
    file.with_name(file.name + ".json").write_bytes(state)
    with pytest.raises(InputError, match=r"remove .* to start anew"):
        fetch()
    assert len(fetch.ids(file.name)) == 400


def test_works_without_a_state_are_not_written_over(fetch: Any, trouble: Any) -> None:
    file = broken_off(fetch, trouble)
    file.with_name(file.name + ".json").unlink()
    with pytest.raises(InputError, match=r"has no works\.jsonl\.gz\.part\.json beside it; remove"):
        fetch()
    assert len(fetch.ids(file.name)) == 400


def test_two_runs_do_not_write_one_part(fetch: Any) -> None:
    fcntl = pytest.importorskip("fcntl")
    with (fetch.folder / "works.jsonl.gz.part").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(BusyError, match="another run is writing it"):
            fetch()
    assert fetch().works == 950
