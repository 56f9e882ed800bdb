"""Digests of inputs, so that a result can say exactly what it was made from."""

from __future__ import annotations

import hashlib
from pathlib import Path


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes as ``sha256:<hex>``, read in pieces of one mebibyte."""
    sha = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(1 << 20):
            sha.update(piece)
    return f"sha256:{sha.hexdigest()}"
