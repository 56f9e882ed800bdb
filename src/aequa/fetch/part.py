"""A file that grows page by page and can be gone on with after a kill, to the same last byte.

Beside ``OUTPUT`` lie ``OUTPUT.part``, to which each page is appended (a gzip member of its own),
and ``OUTPUT.part.json``, the state after the last whole page: what was asked, where the next page
starts, and how many bytes of which digest are whole. What a killed run wrote beyond is cut off.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import IO, Any

import orjson

from aequa.core.aside import aside
from aequa.core.errors import BusyError, InputError, SpecError

SUFFIXES = (".jsonl.gz", ".jsonl")
_BLOCK = 1 << 20


@dataclass(frozen=True)
class State:
    """Where a fetch stands after its last whole page."""

    query: dict[str, Any]
    """What was asked; a part goes on with the same query only."""
    per_page: int = 0
    cursor: str | None = "*"
    """Where the next page starts; None when there is none."""
    works: int = 0
    pages: int = 0
    first_count: int | None = None
    """Works that matched by the API's word on the first page, and on the last."""
    last_count: int | None = None
    bytes: int = 0
    sha256: str = field(default_factory=lambda: hashlib.sha256().hexdigest())


def part_of(output: Path) -> Path:
    """The file that grows until it is whole and becomes ``output``."""
    return output.with_name(output.name + ".part")


def state_of(output: Path) -> Path:
    """The file that holds the state of ``part_of``."""
    return output.with_name(output.name + ".part.json")


def check_output(output: Path) -> None:
    """Refuse a name that says nothing about how works are written.

    Raises:
        SpecError: naming the valid suffixes.
    """
    if not output.name.endswith(SUFFIXES):
        raise SpecError(f"--output: found '{output}', expected a name in {' or '.join(SUFFIXES)}")


class Part:
    """The growing file, opened by ``growing``."""

    def __init__(self, output: Path, file: IO[bytes], state: State) -> None:
        self.output, self.state = output, state
        self._file = file
        self._digest = _digest(file, state, output)
        if not state.pages:
            _store(output, state)  # before the first byte, which no state would explain

    def add(self, works: Iterable[str], state: State) -> None:
        """Append a page and move to ``state``, of which bytes and digest are filled in here."""
        lines = "".join(f"{work}\n" for work in works).encode()
        if lines or (state.cursor is None and not self.state.bytes):
            piece = self._packed(lines)
            self._file.write(piece)
            self._file.flush()
            os.fsync(self._file.fileno())
            self._digest.update(piece)
            state = replace(state, bytes=self.state.bytes + len(piece))
        self.state = replace(state, sha256=self._digest.hexdigest())
        _store(self.output, self.state)

    def _packed(self, lines: bytes) -> bytes:
        return gzip.compress(lines, 6, mtime=0) if self.output.suffix == ".gz" else lines

    def finish(self) -> None:
        """The part becomes the output, whole; the state goes."""
        self._file.close()
        part_of(self.output).replace(self.output)
        state_of(self.output).unlink()


@contextmanager
def growing(output: Path, query: dict[str, Any]) -> Iterator[Part]:
    """The part of ``output``, new or as an earlier run left it.

    Raises:
        BusyError: another run is writing the part.
        InputError: the part was begun with another query, or is damaged.
        SpecError: the suffix of ``output`` is not one of ``SUFFIXES``.
    """
    check_output(output)
    output.parent.mkdir(parents=True, exist_ok=True)
    path = part_of(output)
    _finished(output, query)
    with path.open("a+b") as file:
        _lock(file, path)
        part = Part(output, file, _state(output, query))
        try:
            yield part
        finally:
            if not part.state.pages:
                path.unlink()
                state_of(output).unlink()


def _finished(output: Path, query: dict[str, Any]) -> None:
    """A run killed between its last two steps: the output is whole, its state still there."""
    if state_of(output).exists() and not part_of(output).exists() and output.exists():
        state = _state(output, query)
        with output.open("rb") as file:
            if state.cursor is None and _running(file, state.bytes).hexdigest() == state.sha256:
                output.replace(part_of(output))


def _anew(output: Path) -> str:
    return f"remove {part_of(output)} to start anew, or give another --output"


def _state(output: Path, query: dict[str, Any]) -> State:
    path = state_of(output)
    if not path.exists():
        return State(query)
    try:
        state = State(**orjson.loads(path.read_bytes()))
        known = state.query.keys() == query.keys() and state.bytes >= 0
    except (AttributeError, TypeError, ValueError) as error:
        raise InputError(f"{path}: is no state of a fetch ({error}); {_anew(output)}") from error
    if not known:
        raise InputError(f"{path}: is no state of a fetch; {_anew(output)}")
    if not state.pages:
        return State(query)
    if state.query != query:
        keys = sorted(key for key in query if state.query.get(key) != query[key])
        old = ", ".join(f"{key} {orjson.dumps(state.query.get(key)).decode()}" for key in keys)
        raise InputError(
            f"{part_of(output)}: was begun with another query ({old}):"
            f" give the same to go on, {_anew(output)}"
        )
    return state


def _digest(file: IO[bytes], state: State, output: Path) -> Any:
    """The running digest of the whole pages; what comes after them is cut off.

    Raises:
        InputError: the part holds other bytes than the state says, or works without a state.
    """
    part = part_of(output)
    size = file.seek(0, os.SEEK_END)
    if size and not state_of(output).exists():
        raise InputError(f"{part}: has no {state_of(output).name} beside it; {_anew(output)}")
    found = _running(file, state.bytes)
    if found.hexdigest() != state.sha256 or size < state.bytes:
        raise InputError(f"{part}: is not what {state_of(output).name} says; {_anew(output)}")
    file.truncate(state.bytes)
    return found


def _running(file: IO[bytes], size: int) -> Any:
    found = hashlib.sha256()
    file.seek(0)
    while size and (block := file.read(min(_BLOCK, size))):
        found.update(block)
        size -= len(block)
    return found


def _store(output: Path, state: State) -> None:
    with aside(state_of(output)) as beside, beside.open("wb") as file:
        file.write(orjson.dumps(asdict(state), option=orjson.OPT_INDENT_2))
        file.flush()
        os.fsync(file.fileno())


def _lock(file: IO[bytes], part: Path) -> None:
    """One run at a time; the system lets go of the lock however a run ends."""
    if sys.platform == "win32":
        return
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise BusyError(f"{part}: another run is writing it") from error
    if not part.exists() or not os.path.samestat(os.fstat(file.fileno()), part.stat()):
        raise BusyError(f"{part}: another run has just finished it")
