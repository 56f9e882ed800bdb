"""Which steps of a report are already done, so that a killed run goes on where it stopped.

A step is done when its key is the same (inputs by digest, parameters, and aequa's own files) and
what it wrote is still there, byte for byte. Anything else is done again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from aequa.core.aside import aside
from aequa.core.provenance import digest


class Steps:
    """The record of finished steps of one directory, kept in its file ``.steps.json``."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._path = directory / ".steps.json"

    def finished(self, step: str, key: Any) -> Any:
        """What the step returned when it was last done with this key, or None to do it again."""
        entry = self._entries().get(step)
        if entry is None or entry["key"] != _plain(key):
            return None
        paths = {self._directory / name: known for name, known in entry["wrote"].items()}
        same = all(path.is_file() and digest(path) == known for path, known in paths.items())
        return entry["value"] if same else None

    def enter(self, step: str, key: Any, wrote: Sequence[Path], value: Any) -> None:
        """Record that the step was done with this key, wrote these files and returned this.

        The files lie in the directory, or in folders of it.
        """
        root = self._directory
        digests = {path.relative_to(root).as_posix(): digest(path) for path in wrote}
        entry = {"key": _plain(key), "wrote": digests, "value": value}
        with aside(self._path) as beside:
            beside.write_text(json.dumps(self._entries() | {step: entry}), encoding="utf-8")

    def _entries(self) -> dict[str, Any]:
        try:
            entries: dict[str, Any] = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return entries if isinstance(entries, dict) else {}


def _plain(key: Any) -> Any:
    """The key as JSON gives it back."""
    return json.loads(json.dumps(key))


@cache
def code() -> str:
    """A digest of aequa's own files: other code or weights, other results."""
    sha = hashlib.sha256()
    root = Path(str(files("aequa")))
    for path in sorted(root.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            sha.update(path.relative_to(root).as_posix().encode())
            sha.update(path.read_bytes())
    return sha.hexdigest()
