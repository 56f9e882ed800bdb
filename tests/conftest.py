"""Shared by all tests: where the developers' data lies, and that CI has all it needs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ["AEQUA_CACHE"] = ""  # no test, nor a command it runs, keeps vectors in the user's home
SHARED = Path(__file__).parents[1].parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared data; tests that need it skip where it is absent, except in CI."""
    if not SHARED.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"{SHARED} is absent, but CI must run the tests that need it")
        pytest.skip("needs ../shared/data, which only developers and CI have")
    return SHARED
