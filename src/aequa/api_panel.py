"""Panels of indicators from Python: the network of the goals, and the intelligence gap."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from aequa import dividing, linking
from aequa.core.results import Table
from aequa.frames import EvidenceTable
from aequa.progress import telling

Name = str | PathLike[str]


def goal_links(
    *panels: Name, report: Name | None = None, progress: bool = False
) -> dict[str, EvidenceTable]:
    """The tables of ``aequa interlink`` by name: ``links``, ``placebo``, ``cascade`` and more.

    Args:
        panels: files of a panel; none: the bundled panel, which takes a minute.
        report: a folder that ``aequa report`` wrote, whose works are linked too.
        progress: show progress on standard error.

    Raises:
        InputError: a file cannot be read, or holds too few countries, indicators or years.
    """
    with telling(quiet=not progress) as tell:
        found = linking.interlink([Path(one) for one in panels], tell, _path(report))
    return _shown(found.tables)


def gap(
    *panels: Name, report: Name | None = None, progress: bool = False
) -> dict[str, EvidenceTable]:
    """The tables of ``aequa divide`` by name: ``index``, ``imbalances``, ``coverage`` and more.

    Args:
        panels: files of a panel, which come before the bundled one.
        report: a folder that ``aequa report`` wrote, whose works are set against need.
        progress: show progress on standard error.

    Raises:
        InputError: a file cannot be read, or holds a negative amount.

    >>> index = gap()["index"]
    >>> index.to_arrow().column_names[:5], len(index) > 150
    (['iso3', 'score', 'rank', 'rank_low', 'rank_high'], True)
    """
    with telling(quiet=not progress) as tell:
        found = dividing.divide([Path(one) for one in panels], tell, _path(report))
    return _shown(found.tables)


def _path(name: Name | None) -> Path | None:
    return None if name is None else Path(name)


def _shown(tables: dict[str, Table]) -> dict[str, EvidenceTable]:
    return {name: EvidenceTable(**vars(table)) for name, table in tables.items()}
