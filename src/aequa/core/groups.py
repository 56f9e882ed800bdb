"""Groups of countries as dated tables with a source: income, region, North–South, LDC, LLDC, SIDS.

``groups.tsv`` holds one row per country and one column per grouping; ``groupings.tsv`` says where
each column comes from, of which date it is and which rule it follows. Every country has a value in
every grouping: ``unclassified`` where the source gives none, ``other`` where a list of members
(LDC, LLDC, SIDS) does not name the country.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

import pyarrow as pa

from aequa.core.errors import SpecError

TABLE = pa.schema(
    [
        pa.field("grouping", pa.string()),
        pa.field("group", pa.string()),
        pa.field("country", pa.string()),
        pa.field("vintage", pa.string()),
        pa.field("source", pa.string()),
    ]
)
"""The schema of ``as_table``."""


class Grouping(NamedTuple):
    """What a grouping is and where it comes from."""

    grouping: str
    """Its short name: ``income``, ``region``, ``subregion``, ``north_south``, ``ldc``, …"""
    title: str
    vintage: str
    """Date or edition of the classification."""
    source: str
    licence: str
    rule: str
    """How countries are put into groups, and which are left out."""


def _rows(name: str) -> list[list[str]]:
    text = files("aequa.core").joinpath(name).read_text("utf-8")
    return [line.split("\t") for line in text.splitlines() if not line.startswith("#")]


@cache
def groupings() -> tuple[Grouping, ...]:
    """All groupings with title, vintage, source, licence and rule.

    >>> [grouping.grouping for grouping in groupings()]
    ['income', 'region', 'subregion', 'north_south', 'ldc', 'lldc', 'sids']
    """
    return tuple(Grouping(*row) for row in _rows("groupings.tsv")[1:])


@cache
def groups(grouping: str) -> Mapping[str, str]:
    """The group of every country (ISO alpha-3, and ``XKX``) in one grouping.

    Raises ``SpecError`` when there is no such grouping.

    >>> groups("income")["KEN"], groups("north_south")["KEN"], groups("ldc")["NER"]
    ('lower-middle', 'South', 'LDC')
    """
    names = [known.grouping for known in groupings()]
    if grouping not in names:
        raise SpecError(f"grouping: found {grouping!r}, expected one of {', '.join(names)}")
    header, *rows = _rows("groups.tsv")
    column = header.index(grouping)
    return MappingProxyType({row[0]: row[column] for row in rows})


@cache
def notes() -> Mapping[str, str]:
    """Remarks on single countries, such as a value that the source does not state itself.

    >>> notes()["VEN"]
    'income unclassified since FY2022'
    """
    return MappingProxyType({row[0]: row[-1] for row in _rows("groups.tsv")[1:] if row[-1]})


def as_table() -> pa.Table:
    """All groupings as one long table for joins: one row per grouping and country (``TABLE``).

    >>> as_table().column_names
    ['grouping', 'group', 'country', 'vintage', 'source']
    """
    rows = [
        (about.grouping, group, country, about.vintage, about.source)
        for about in groupings()
        for country, group in groups(about.grouping).items()
    ]
    columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
    return pa.Table.from_arrays(columns, schema=TABLE)
