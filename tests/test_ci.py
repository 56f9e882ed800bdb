"""In CI nothing may be skipped for want of data or a browser."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[1].parent / "shared" / "data"


@pytest.mark.skipif(not os.environ.get("CI"), reason="only CI must have all that tests need")
def test_ci_has_all_that_tests_need() -> None:
    assert SHARED.is_dir()
    assert shutil.which("chromium"), ".ci/run installs it"
