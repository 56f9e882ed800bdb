"""Where a corpus of the Python API lives: its folder, and files that must stay as they are."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from aequa.core.aside import aside
from aequa.core.errors import InputError
from aequa.pipeline import SHARDS, sweep
from aequa.progress import Tell, telling
from aequa.workspace import claimed


class Home:
    """The folder of a corpus; a temporary one is removed with the last object that has it."""

    def __init__(self, keep: str | os.PathLike[str] | None) -> None:
        if keep is not None:
            self.folder = Path(keep)
            return
        self.folder = Path(tempfile.mkdtemp(prefix="aequa-"))
        weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)


class Kept:
    """A file that must stay as it is now."""

    def __init__(self, path: Path) -> None:
        self._path, self._known = path, _stamp(path)

    def path(self) -> Path:
        """Where it is.

        Raises:
            InputError: another run has written the file again, or it is gone.
        """
        if _stamp(self._path) != self._known:
            raise InputError(f"{self._path}: has changed since it was read, read it again")
        return self._path


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


@contextmanager
def at_work(folder: Path, progress: bool) -> Iterator[tuple[Path, Tell]]:
    """The folder for this run alone: where its shards go, and how it tells where it is."""
    with claimed(folder / SHARDS) as shards, telling(not progress) as tell:
        sweep(folder)
        yield shards, tell


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file of JSON lines, one at a time."""
    with path.open("rb") as stream:
        yield from map(orjson.loads, stream)


def put(path: Path, to: Path) -> None:
    """The file in another place too: as a link where the disk can, else as a copy."""
    if to.exists() and to.samefile(path):
        return
    with aside(to) as beside:
        try:
            os.link(path, beside)
        except OSError:
            shutil.copyfile(path, beside)
