"""Labels that readers of the dashboard called wrong, as a sheet: no random sample, no estimate."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from aequa.core.cells import defused

COLUMNS = ("time", "work", "label", "machine", "reader", "note", "language")


def sheet(flags: Iterable[Mapping[str, Any]]) -> str:
    """One row a flag, oldest first, as CSV that a spreadsheet opens without running anything.

    >>> sheet([{"work": "doi:10.1/x", "label": "goal-3", "note": "=1+1"}]).splitlines()[1]
    ",doi:10.1/x,goal-3,,,'=1+1,"
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for flag in flags:
        writer.writerow([defused(str(flag.get(column) or "")) for column in COLUMNS])
    return text.getvalue()
