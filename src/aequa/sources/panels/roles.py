"""Which column of a table holds what, by its name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from types import MappingProxyType

_BETWEEN = re.compile(r"[\s_.\-\[\]\"'\ufeff]+")
_YEAR = re.compile(r"(?:yr|fy|x|y)? ?((?:1[5-9]|2[01])\d\d)(?: 0)?(?: yr(?:1[5-9]|2[01])\d\d)?")


def plain(name: str) -> str:
    """A column's name as ``columns.tsv`` spells it.

    >>> plain("[Units]"), plain("Country_Code ")
    ('units', 'country code')
    """
    return _BETWEEN.sub(" ", name).strip().casefold()


@cache
def _forms() -> Mapping[str, tuple[str, int]]:
    """Each form, its role and its place among the forms of the role."""
    text = files("aequa.sources.panels").joinpath("columns.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")][1:]
    return MappingProxyType(
        {form: (role, n) for role, forms in rows for n, form in enumerate(forms.split("|"))}
    )


def roles(header: Sequence[str]) -> dict[str, int]:
    """The place in the header of each role that it has.

    >>> roles(["Country Name", "Country Code", "Indicator", "Series Code", "1960"])
    {'place': 0, 'code': 1, 'indicator': 3}
    """
    found: dict[str, tuple[int, int]] = {}
    for place, name in enumerate(header):
        role, rank = _forms().get(plain(name), ("", 0))
        if role and (role not in found or rank < found[role][0]):
            found[role] = (rank, place)
    return {role: place for role, (_, place) in found.items()}


def year_in(name: str) -> int | None:
    """The year that a column is of, by its name.

    >>> year_in("1960 [YR1960]"), year_in("X2001"), year_in("2020.0"), year_in("GDP 2015")
    (1960, 2001, 2020, None)
    """
    found = _YEAR.fullmatch(plain(name))
    return int(found[1]) if found else None
