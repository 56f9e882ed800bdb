"""Files to records: names to paths, paths to formats, formats to one stream of items."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from aequa.core.errors import AequaError, InputError, one_line
from aequa.core.works import Reject, Work
from aequa.sources import snapshot
from aequa.sources.detect import is_parquet, parquet_format, text_format
from aequa.sources.stream import open_bytes, peek

LONGEST_TEXT = 100_000
"""Characters of a title or abstract that are kept; a cut is noted in ``Work.repairs``."""


def expand(arguments: Sequence[str]) -> list[Path]:
    """Files that arguments name: files, folders with all below them, patterns, ``-``.

    Folders and patterns give sorted names and skip hidden files; a file named twice is read once.
    A folder that is a copy of the OpenAlex snapshot stands for the files of its works.

    Raises:
        InputError: a name does not exist, a pattern matches nothing or a folder is empty.
    """
    paths: dict[Path, None] = {}
    for argument in arguments:
        found = _matches(argument)
        if not found:
            raise InputError(f"{argument}: {_nothing(argument)}")
        paths.update(dict.fromkeys(found))
    return list(paths)


def _matches(argument: str) -> list[Path]:
    path = Path(argument)
    if argument == "-" or (path.exists() and not path.is_dir()):
        return [path]
    if path.is_dir():
        return list(_below(path))
    found = map(Path, sorted(glob.glob(argument, recursive=True)))  # noqa: PTH207 (absolute too)
    return [file for each in found for file in (_below(each) if each.is_dir() else [each])]


def _below(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder, onerror=_refuse):
        if snapshot_parts := snapshot.parts(Path(place)):
            yield from snapshot_parts
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(place, name)
            if not name.startswith(".") and (path.is_file() or not path.exists()):
                yield path


def _refuse(error: OSError) -> None:
    raise InputError(f"{error.filename}: the folder cannot be listed ({error.strerror})")


def _nothing(argument: str) -> str:
    if Path(argument).is_dir():
        return "the folder holds no files"
    if glob.has_magic(argument):
        return "the pattern matches no file"
    return "does not exist, expected a file, a folder, a pattern or -"


def format_of(path: Path) -> str:
    """The name of a file's format, e.g. ``wos``; standard input is not opened for it.

    Raises:
        InputError: the file cannot be opened or is empty.
        FormatError: its content matches no format.
    """
    if str(path) == "-":
        return "standard input"
    with open_bytes(path) as stream:
        head = peek(stream, path)
    return (parquet_format(path) if is_parquet(head) else text_format(head, path)).NAME


def read(paths: Iterable[Path]) -> Iterator[Work | Reject]:
    """Every record of every file, in order; ``file`` of each item is ``name_of`` its path.

    A file that cannot be used gives one ``Reject`` (record 0), one that breaks off gives one
    after its records; the next file goes on in both cases.
    """
    for path in paths:
        yield from read_file(path, name_of(path))


def read_file(path: Path, name: str) -> Iterator[Work | Reject]:
    """Every record of one file, as ``read`` gives them, under another name."""
    return delivered(_items(path, name), path, name, 0)


def delivered(
    items: Iterable[Work | Reject], path: Path, name: str, first: int
) -> Iterator[Work | Reject]:
    """The items after record ``first`` of a file; what breaks them off becomes a ``Reject``."""
    last = first
    try:
        merged = snapshot.merged_in(path)
        if not first:
            yield from snapshot.faults(path, name)
        for item in items:
            last = item.record
            if isinstance(item, Work):
                item = _short(snapshot.settled(item, merged) if merged else item)
            yield item
    except (AequaError, OSError, pa.ArrowException) as error:
        reason = one_line(str(error))
        for start in (one_line(f"{path}: "), f"{name}: "):
            reason = reason.removeprefix(start)
        yield Reject(name, last + 1 if last else 0, reason)


def _items(path: Path, name: str) -> Iterator[Work | Reject]:
    with open_bytes(path) as stream:
        head = peek(stream, path)
        if not is_parquet(head):
            yield from text_format(head, path).read(stream, name)
            return
    yield from parquet_format(path).read_parquet(path, name)


def name_of(path: Path) -> str:
    """The path as given; what is not UTF-8 or steers a terminal is shown as U+FFFD."""
    return one_line(os.fsencode(path).decode("utf-8", "replace"))


def _short(work: Work) -> Work:
    """The work with texts of bearable length: a file glued into one abstract stops nothing."""
    cut = {name: text[:LONGEST_TEXT] for name, text in _texts(work) if len(text) > LONGEST_TEXT}
    if not cut:
        return work
    notes = tuple(
        f"{name}: found {len(text)} characters, expected at most {LONGEST_TEXT} (cut there)"
        for name, text in _texts(work)
        if name in cut
    )
    return replace(work, repairs=work.repairs + notes, **cut)  # type: ignore[arg-type]


def _texts(work: Work) -> list[tuple[str, str]]:
    return [("title", work.title or ""), ("abstract", work.abstract or "")]
