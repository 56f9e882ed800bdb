"""Doctests of modules that need what only `make train` installs are left out if it is missing."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore = (
    []
    if find_spec("torch") and find_spec("onnx")
    else [f"src/aequa/training/{name}.py" for name in ("encoding", "export", "neural")]
)
