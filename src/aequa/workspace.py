"""A folder that one run works in at a time."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from aequa.core.errors import BusyError, InputError, SpecError

LOCK = ".lock"


@contextmanager
def claimed(folder: Path) -> Iterator[Path]:
    """The folder, made if need be, for this run alone; a killed run holds nothing.

    Raises:
        BusyError: another run is at work there.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as name, claimed(Path(name)):
    ...     try:
    ...         with claimed(Path(name)):
    ...             pass
    ...     except BusyError as error:
    ...         print(str(error).removeprefix(name))
    : another run of aequa is at work here, wait for its end or name another output
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise BusyError(
            f"{folder}: another run of aequa is at work here, wait for its end or name another"
            " output"
        ) from error
    try:
        yield folder
    finally:
        lock.release()


@contextmanager
def passing(folder: Path) -> Iterator[Path]:
    """The folder for this run alone, removed when it ends well or could not have ended well.

    What an interrupted run leaves there serves the next one.
    """
    kept = False
    try:
        with claimed(folder):
            try:
                yield folder
            except (InputError, SpecError):
                raise
            except BaseException:
                kept = any(folder.glob("*/manifest.jsonl"))
                raise
    except BusyError:
        kept = True
        raise
    finally:
        if not kept:
            shutil.rmtree(folder, ignore_errors=True)
