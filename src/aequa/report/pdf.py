"""The page as ``report.pdf``, printed by a browser of the Chromium family that this machine has.

Chromium tags its PDFs (PDF 1.4, structure tree and language) and makes bookmarks of the headings.
The browser is started without a window, with an empty profile of its own, and reads one file.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from aequa.core.aside import aside
from aequa.core.errors import AequaError
from aequa.report.edition import Edition

VARIABLE = "AEQUA_BROWSER"
"""Environment variable that names the browser to print with."""
NAME = "report.pdf"
"""What it is called, beside ``index.html``."""
NAMES = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    *("msedge", "microsoft-edge", "microsoft-edge-stable", "brave-browser"),
)
"""What such browsers are called where programs are looked for."""
SECONDS = 180.0
"""How long a page may take to print."""
_MAC = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
_WINDOWS = (
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
)
_QUIET = (
    *("--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-extensions", "--disable-quic", "--no-pings", "--mute-audio"),
)
_PRINT = ("--no-pdf-header-footer", "--export-tagged-pdf", "--generate-pdf-document-outline")


def browser(environment: Mapping[str, str] = os.environ) -> str:
    """The browser to print with: the one that AEQUA_BROWSER names, else the first that is there.

    Raises:
        AequaError: there is none, or AEQUA_BROWSER names no program.
    """
    named = environment.get(VARIABLE, "").strip()
    if named:
        found = shutil.which(named)
        if found is None:
            raise AequaError(f"{VARIABLE}: found {named!r}, expected a program that can be run")
        return found
    for place in _places(environment):
        if place is not None and Path(place).is_file():
            return place
    raise AequaError(
        "report.pdf: found no browser to print with; install Chromium, Chrome or Edge, or name "
        f"one in the environment variable {VARIABLE}"
    )


def write(page: Path, target: Path, seconds: float = SECONDS) -> None:
    """Print a page to a PDF, written aside and then renamed.

    Raises:
        AequaError: no browser is there, or it made no PDF within the time.
    """
    program = browser()
    with (
        TemporaryDirectory(prefix="aequa-", ignore_cleanup_errors=True) as profile,
        aside(target) as beside,
    ):
        _run([program, *_flags(profile), f"--print-to-pdf={beside.resolve()}"], page, seconds)
        _check(program, beside)


def printed(directory: Path, edition: Edition) -> list[str]:
    """Names of the PDFs that the folder of a page then has; an earlier one is of an earlier page.

    Raises:
        AequaError: as ``write`` does.
    """
    if edition.pdf:
        write(directory / "index.html", directory / NAME)
        return [NAME]
    (directory / NAME).unlink(missing_ok=True)
    return []


def _flags(profile: str) -> list[str]:
    """How the browser is started; its sandbox does not work for the superuser."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [
        *_QUIET,
        *_PRINT,
        *(["--no-sandbox"] if is_root else []),
        f"--user-data-dir={profile}",
    ]


def _run(command: list[str], page: Path, seconds: float) -> None:
    try:
        subprocess.run(
            [*command, page.resolve().as_uri()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=True,
        )
    except subprocess.TimeoutExpired:
        raise AequaError(f"report.pdf: {command[0]} took over {seconds:g} seconds") from None
    except (OSError, subprocess.CalledProcessError) as error:
        raise AequaError(f"report.pdf: {command[0]} failed ({error})") from error


def _check(program: str, path: Path) -> None:
    """Some browsers end well without having written anything."""
    whole = path.is_file() and path.read_bytes()[-1024:].rstrip().endswith(b"%%EOF")
    if not whole:
        raise AequaError(f"report.pdf: {program} made no whole PDF")


def _places(environment: Mapping[str, str]) -> Iterator[str | None]:
    yield from (shutil.which(name, path=environment.get("PATH")) for name in NAMES)
    if sys.platform == "darwin":
        roots = [Path("/Applications"), Path.home() / "Applications"]
        yield from (str(root / one) for root in roots for one in _MAC)
    variables = ("ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA")
    yield from (
        str(Path(root) / one) for name in variables if (root := environment.get(name))
        for one in _WINDOWS
    )  # fmt: skip
