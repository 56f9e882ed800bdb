"""benchmarks/RESULTS.md by sections: each is written anew on its own, the others stay."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

RESULTS = Path(__file__).parent / "RESULTS.md"
LAST_ERROR = 160
"""Letters of an error message that are shown."""


def put(section: str, path: Path = RESULTS) -> None:
    """Write a section, which begins with its ``## heading``, in place of the one of that name."""
    heading = section.splitlines()[0]
    page = path.read_text(encoding="utf-8") if path.exists() else ""
    parts = re.split(r"^(?=## )", page, flags=re.MULTILINE)
    names = [part.splitlines()[0] if part else "" for part in parts]
    if heading in names:
        parts[names.index(heading)] = section
    else:
        parts.append(section)
    path.write_text("\n\n".join(part.strip() for part in parts if part.strip()) + "\n", "utf-8")


def table(columns: str, rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown; ``columns`` are parted by ``|``.

    >>> print(table("tool|seconds", [("aequa", "1.0")]), end="")
    | tool | seconds |
    |---|---|
    | aequa | 1.0 |
    """
    names = columns.split("|")
    lines = [_line(names), "|" + "---|" * len(names) + "\n"]
    return "".join([*lines, *map(_line, rows)])


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def number(value: float | None, digits: int = 0) -> str:
    """A figure as the tables print it; what was not measured is a dash.

    >>> number(1234.5), number(None), number(1.26, 1)
    ('1,234', '—', '1.3')
    """
    return "—" if value is None else f"{value:,.{digits}f}"


def why(error: str) -> str:
    """The last line of what a failed command said, without the folders of this machine.

    >>> why("Traceback\\nValueError: /tmp/x/data.csv: bad\\n")
    'ValueError: data.csv: bad'
    """
    lines = [line for line in error.strip().splitlines() if line.strip()] or ["no message"]
    return re.sub(r"(?<![\w/])(/[^\s:,;'\"]*)?/(?=[^/\s])", "", lines[-1])[:LAST_ERROR].strip()


def machine() -> str:
    """What the figures were measured on, in words."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GB of memory,"
        f" {platform.system()}, Python {platform.python_version()}"
    )


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.machine()
    found = re.search(r"^model name\s*:\s*(.+)$", text, flags=re.MULTILINE)
    return found[1].strip() if found else platform.machine()
