"""Countries and territories of ISO 3166-1, and Kosovo under its user-assigned code ``XKX``.

Codes are ISO 3166-1, names are the UN's short English names (M49); see ``countries.tsv``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

import pyarrow as pa

_RESERVED = {"UK": "GBR", "EL": "GRC"}
"""Alpha-2 codes that are reserved in ISO 3166-1 and used by the European Union."""


class Country(NamedTuple):
    """One country or territory."""

    alpha3: str
    alpha2: str
    numeric: str | None
    """Three digits as text (UN M49); None for Kosovo."""
    name: str


@cache
def countries() -> tuple[Country, ...]:
    """All 249 entries of ISO 3166-1 and Kosovo, sorted by alpha-3 code.

    >>> len(countries()), countries()[0].name
    (250, 'Aruba')
    """
    text = files("aequa.core").joinpath("countries.tsv").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    rows = (line.split("\t") for line in lines[1:])
    return tuple(Country(a3, a2, numeric or None, name) for a3, a2, numeric, name in rows)


@cache
def _by_alpha2() -> Mapping[str, str]:
    codes = {country.alpha2: country.alpha3 for country in countries()}
    return MappingProxyType(codes | _RESERVED)


@cache
def _names() -> Mapping[str, str]:
    return MappingProxyType({country.alpha3: country.name for country in countries()})


def alpha3_of_alpha2(code: str) -> str | None:
    """The alpha-3 code of an alpha-2 code in any case; None when there is no such code.

    >>> alpha3_of_alpha2("de"), alpha3_of_alpha2("UK"), alpha3_of_alpha2("ZZ")
    ('DEU', 'GBR', None)
    """
    return _by_alpha2().get(code.strip().upper())


def is_country(alpha3: str) -> bool:
    """Whether ``alpha3`` is a code of this table (upper case).

    >>> is_country("KEN"), is_country("KE")
    (True, False)
    """
    return alpha3 in _names()


def name_of(alpha3: str) -> str | None:
    """The short English name of a country; None when the code is unknown.

    >>> name_of("VNM")
    'Viet Nam'
    """
    return _names().get(alpha3)


def as_table() -> pa.Table:
    """All countries as a table for SQL: columns ``alpha3`` and ``name``."""
    return pa.table(
        {
            "alpha3": [country.alpha3 for country in countries()],
            "name": [country.name for country in countries()],
        }
    )
