"""A local copy of the OpenAlex snapshot: which files hold its works, are they whole, what merged.

Layouts (help.openalex.org/access/snapshot, read 2026-11): ``data/works/`` until 2025 and
``data/jsonl/works/`` (or ``data/parquet/works/``) since 2026, with ``updated_date=…/part_*`` and
a ``manifest`` (``manifest.json``) of all parts and their lengths; ``merged_ids/works/*.csv.gz``
lists works that OpenAlex folded into others. A partition holds the works that last changed on its
day, so no work stands twice; in a copy that kept old parts some do, and merge like any duplicates.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from aequa.core.errors import InputError
from aequa.core.works import Reject, Work

WORKS = (
    "",
    "jsonl/works",
    "works",
    "data/jsonl/works",
    "data/works",
    "parquet/works",
    "data/parquet/works",
)
"""Where the works lie below a folder someone names; each holds all of them, so the first counts."""
_PARTITION = "updated_date="
_SUFFIXES = (".gz", ".parquet")
_LISTED = re.compile(r"(updated_date=[\w-]+)/(\w[\w.-]*\.(?:gz|parquet))$")
_BEFORE = r"^(?:https?://openalex\.org/)?[Ww]"
_DIGITS = 13
"""A work's number has fewer."""
_BLOCK = 4 << 20
"""Bytes of a list of merges that are read at a time."""
_COLUMNS = ("id", "merge_into_id")
_LONGEST_CHAIN = 32
"""Merges of merges that are followed; what goes round in circles is no merge."""

Numbers = npt.NDArray[np.int64]


class Merged(NamedTuple):
    """Works that were folded into others: the numbers of both, sorted by the first."""

    gone: Numbers
    into: Numbers

    def survivor(self, identifier: str) -> str | None:
        """The work that ``openalex:W…`` was merged into, or None.

        >>> merged = Merged(np.array([4, 7]), np.array([1, 2]))
        >>> merged.survivor("openalex:W7"), merged.survivor("openalex:W8")
        ('openalex:W2', None)
        """
        number = int(identifier.removeprefix("openalex:W"))
        at = int(np.searchsorted(self.gone, number))
        if at == len(self.gone) or self.gone[at] != number:
            return None
        return f"openalex:W{self.into[at]}"


def parts(folder: Path) -> list[Path]:
    """The files of works in a snapshot, in order of date; empty when the folder is no snapshot.

    A part that the manifest lists is among them even where it is missing: reading it says so.

    Raises:
        InputError: the manifest or a list of merged works cannot be read.
    """
    works = _works_in(folder)
    if works is None:
        return []
    found = {
        part
        for day in works.iterdir()
        if day.name.startswith(_PARTITION) and day.is_dir()
        for part in day.iterdir()
        if part.name.endswith(_SUFFIXES) and not part.name.startswith(".") and part.is_file()
    }
    found |= {works / name for name in _lengths(works)}
    _merged(works)
    return sorted(found)


def _works_in(folder: Path) -> Path | None:
    for below in WORKS:
        works = folder / below if below else folder
        if works.name == "works" and works.is_dir() and _has_partitions(works):
            return works
    return None


def _has_partitions(works: Path) -> bool:
    try:
        with os.scandir(works) as entries:
            return any(each.name.startswith(_PARTITION) and each.is_dir() for each in entries)
    except OSError:  # whoever walks the folder says why
        return False


def _works_of(path: Path) -> Path | None:
    """The folder of works that a part lies in."""
    if path.parent.name.startswith(_PARTITION) and path.name.endswith(_SUFFIXES):
        works = path.parent.parent
        return works if works.name == "works" else None
    return None


def faults(path: Path, name: str) -> Iterator[Reject]:
    """What is wrong with a file by the manifest of the snapshot it lies in, if it lies in one.

    Raises:
        InputError: the file is missing.
    """
    works = _works_of(path)
    expected = _lengths(works).get(f"{path.parent.name}/{path.name}") if works else None
    if expected is None:
        return
    if not path.exists():
        raise InputError(f"{path}: is missing, the manifest lists it with {expected:,} bytes")
    size = path.stat().st_size
    if size != expected:
        reason = f"length: found {size:,} bytes, expected {expected:,} as the manifest lists"
        yield Reject(name, 0, reason)


def merged_in(path: Path) -> Merged | None:
    """The works merged into others, for a file of a snapshot that lists some.

    Raises:
        InputError: a list cannot be read.
    """
    works = _works_of(path)
    return _merged(works) if works else None


def settled(work: Work, merged: Merged) -> Work:
    """The work under the id that OpenAlex merged it into, so that it joins the survivor.

    A work that was not merged is returned as it is. ``given`` keeps the old id, a note says so.

    >>> work = Work(ids=("openalex:W7", "doi:10.1/x"), title="Wells", source="openalex")
    >>> settled(work, Merged(np.array([7]), np.array([2]))).ids
    ('openalex:W2', 'doi:10.1/x')
    """
    own = next((text for text in work.ids if text.startswith("openalex:W")), None)
    survivor = merged.survivor(own) if own else None
    if survivor is None:
        return work
    note = f"id: found {own}, expected {survivor} (OpenAlex merged the one into the other)"
    ids = (survivor if text == own else text for text in work.ids)
    return replace(work, ids=tuple(dict.fromkeys(ids)), repairs=(*work.repairs, note))


def besides(path: Path) -> str | None:
    """A digest of what reading a file depends on besides its own bytes; None when on nothing."""
    works = _works_of(path)
    if works is None:
        return None
    merged = _merged(works)
    sha = hashlib.sha256(str(_lengths(works).get(f"{path.parent.name}/{path.name}")).encode())
    for numbers in merged or ():
        sha.update(numbers.tobytes())
    return sha.hexdigest()


def _lengths(works: Path) -> dict[str, int]:
    """Bytes of every part that the manifest lists, by ``updated_date=…/part…``."""
    for name in ("manifest", "manifest.json"):
        if (works / name).is_file():
            return _manifest(works / name, _stamp([works / name]))
    return {}


@lru_cache(8)
def _manifest(path: Path, stamp: tuple[Any, ...]) -> dict[str, int]:
    try:
        raw = orjson.loads(path.read_bytes())
        entries = raw["entries"] if "entries" in raw else raw["files"]
        found = {
            "/".join(match.groups()): entry["meta"]["content_length"]
            for entry in entries
            if (match := _LISTED.search(entry["url"]))
        }
    except (OSError, LookupError, TypeError, ValueError) as error:
        raise InputError(
            f"{path}: is no manifest ({error}), expected JSON with url and meta.content_length of"
            " each part; copy it anew, or remove it to read without its check"
        ) from error
    bad = next((name for name, size in found.items() if type(size) is not int), None)
    if bad:
        raise InputError(f"{path}: {bad}: content_length: expected a number of bytes")
    return found


def _merged(works: Path) -> Merged | None:
    folder = works.parent / "merged_ids" / "works"
    files = sorted([*folder.glob("*.csv.gz"), *folder.glob("*.csv")])
    return _lists(tuple(files), _stamp(files)) if files else None


def _stamp(paths: list[Path]) -> tuple[Any, ...]:
    """Changes when a file does, so that what was read of it is not kept longer."""
    return tuple((stat.st_mtime_ns, stat.st_size) for stat in map(Path.stat, paths))


@lru_cache(2)
def _lists(files: tuple[Path, ...], stamp: tuple[Any, ...]) -> Merged:
    """All lists as one; where a work was merged twice, the later list (by name) holds."""
    columns = [_columns(path) for path in files]
    gone, into = (np.concatenate(each) for each in zip(*columns, strict=True))
    order = np.argsort(gone, kind="stable")
    gone, into = gone[order], into[order]
    last = np.append(gone[1:] != gone[:-1], True)[: len(gone)]
    return _followed(Merged(gone[last], into[last]))


def _followed(merged: Merged) -> Merged:
    """Merges of merges to the work that survives in the end.

    >>> _followed(Merged(np.array([1, 2, 5, 6]), np.array([2, 3, 6, 5])))
    Merged(gone=array([1, 2]), into=array([3, 3]))
    """
    gone, into = merged.gone, merged.into.copy()
    going = np.arange(len(gone))
    for _ in range(_LONGEST_CHAIN):
        at = np.minimum(np.searchsorted(gone, into[going]), len(gone) - 1)
        again = gone[at] == into[going]
        going = going[again]
        if not len(going):
            return Merged(gone, into)
        into[going] = into[at[again]]
    ends = ~np.isin(into, gone)
    return Merged(gone[ends], into[ends])


def _columns(path: Path) -> tuple[Numbers, Numbers]:
    options = csv.ConvertOptions(
        include_columns=_COLUMNS, column_types={name: pa.string() for name in _COLUMNS}
    )
    pairs: list[tuple[Numbers, Numbers]] = [(np.zeros(0, np.int64), np.zeros(0, np.int64))]
    first = 1
    try:
        with pa.input_stream(path) as stream:
            reading = csv.ReadOptions(use_threads=False, block_size=_BLOCK)
            for batch in csv.open_csv(stream, reading, convert_options=options):
                where = f"{path}: records from {first:,}"
                gone, into = (_numbers(batch.column(name), where, name) for name in _COLUMNS)
                pairs.append((gone, into))
                first += batch.num_rows
    except (OSError, pa.ArrowException) as error:
        raise InputError(
            f"{path}: cannot be read ({error}), expected the columns {', '.join(_COLUMNS)}; copy"
            " it anew, or remove it to read without these merges"
        ) from error
    gone, into = (np.concatenate(each) for each in zip(*pairs, strict=True))
    return gone, into


def _numbers(texts: pa.StringArray, where: str, name: str) -> Numbers:
    """The numbers of ids such as ``W42`` or ``https://openalex.org/W42``."""
    digits = pc.utf8_slice_codeunits(texts, 1)
    if not pc.all(pc.starts_with(texts, "W"), skip_nulls=False).as_py():
        digits = pc.replace_substring_regex(texts, _BEFORE, "")
    valid = pc.and_(pc.string_is_ascii(digits), pc.utf8_is_digit(digits))
    valid = pc.fill_null(pc.and_(valid, pc.less(pc.binary_length(digits), _DIGITS)), False)
    row = pc.index(valid, False).as_py()
    if row >= 0:
        found = str(texts[row])[:40]
        raise InputError(f"{where}: {name}: found {found!r}, expected W and digits")
    numbers: Numbers = pc.cast(digits, pa.int64()).to_numpy(zero_copy_only=False)
    return numbers
