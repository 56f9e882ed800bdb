"""Codes and names of countries, as panels print them, to ISO 3166-1 alpha-3."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from aequa.core.countries import alpha3_of_alpha2, countries, is_country
from aequa.sources.panels.values import NOTHING

AREA = "-"
"""Stands for what is known and not a country: the world, a region, an income group."""
EXPECTED = "a code of ISO 3166-1 or M49 or a country's name"

_OTHER = re.compile(r"[^a-z0-9\u0080-\uffff]+")


def _plain(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.casefold().replace("&", " and "))
    words = _OTHER.sub(" ", "".join(c for c in bare if not unicodedata.combining(c)))
    return words.strip().removeprefix("the ")


@cache
def _names() -> Mapping[str, str]:
    """Each name of ``country_names.tsv``, ``countries.tsv`` and ``areas.tsv`` (later ones count),
    without those that two countries share."""
    owners: dict[str, set[str]] = {}
    for name, country in _listed("aequa.core", "country_names.tsv"):
        owners.setdefault(_plain(name), set()).add(country)
    found = {name: next(iter(who)) for name, who in owners.items() if len(who) == 1}
    found |= {_plain(country.name): country.alpha3 for country in countries()}
    found |= {
        country.numeric.lstrip("0"): country.alpha3 for country in countries() if country.numeric
    }
    found |= {_plain(n): c for n, c in _listed("aequa.sources.panels", "areas.tsv")}
    return MappingProxyType(found)


def _listed(package: str, name: str) -> list[tuple[str, str]]:
    text = files(package).joinpath(name).read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")][1:]
    return [(form, row[0]) for row in rows for form in row[-1].split("|")]


def place(text: str) -> str | None:
    """The alpha-3 code of a country, ``AREA`` for what is no country, None for the unknown.

    >>> place("ken"), place("DE"), place("4.0"), place("Korea, Rep."), place("WLD"), place("Mars")
    ('KEN', 'DEU', 'AFG', 'KOR', '-', None)
    """
    bare = text.strip()
    code = bare.upper()
    if len(code) == 3 and is_country(code):
        return code
    if len(code) == 2 and (alpha3 := alpha3_of_alpha2(code)):
        return alpha3
    if number := re.fullmatch(r"0*(\d{1,3})(?:\.0)?", bare):
        return _names().get(number[1])
    return _names().get(_plain(bare))


def places(codes: pa.Array | None, names: pa.Array | None) -> tuple[pa.Array, pa.Array]:
    """Alpha-3 codes of a table's rows, and for the rows without one the reason.

    The code counts; a name only where the code is empty or unknown. ``NA`` is Namibia only in a
    column that has other codes of two letters.
    """
    columns = [_resolved(column) for column in (codes, names) if column is not None]
    found = columns[0]
    for column in columns[1:]:
        found = pc.if_else(pc.fill_null(pc.not_equal(found, ""), False), found, column)
    shown = pc.fill_null(pc.coalesce(*(c for c in (codes, names) if c is not None)), "")
    is_area = pc.equal(found, AREA)
    unknown = pc.equal(found, "")
    area = pc.binary_join_element_wise("country: found '", shown, "', not a country", "")
    other = pc.binary_join_element_wise(
        "country: found '", pc.utf8_slice_codeunits(shown, 0, 80), f"', expected {EXPECTED}", ""
    )
    reasons = pc.if_else(is_area, area, pc.if_else(unknown, other, pa.scalar(None, pa.string())))
    return pc.if_else(pc.or_(is_area, unknown), pa.scalar(None, pa.string()), found), reasons


def _resolved(column: pa.Array) -> pa.Array:
    """Per row a code, ``AREA``, or an empty text for the unknown."""
    encoded = column.fill_null("").dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    has_short = any(len(text.strip()) == 2 and text.strip().upper() != "NA" for text in texts)
    known = [_code(text, has_short) for text in texts]
    return pa.array(known, pa.string()).take(pa.array(np.asarray(encoded.indices)))


def _code(text: str, has_short: bool) -> str:
    if text.strip().casefold() in NOTHING and not (text.strip().upper() == "NA" and has_short):
        return ""
    return place(text) or ""
