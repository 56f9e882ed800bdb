"""Names of countries, places and organisations, and where they stand in a text.

The tables beside this file (``places.tsv``, ``cities.tsv``, ``organisations.tsv``,
``territories.tsv``) and ``core/country_names.tsv`` say what each name means and where it may
count. ``whole`` looks up a complete comma part; ``spans`` finds names inside a text, longest
first, so that *New Mexico* is never *Mexico* and *Papua New Guinea* never *Guinea*.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

from aequa.core.countries import countries

_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_GLUED_DOT = re.compile(r"(?<=\w\w)\.(?=\w)")
_SILENT = re.compile(r"['’ʻ‘´`׳.]")
_GAPS = re.compile(r"[^\w]+|_")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")


class Reading(NamedTuple):
    """One meaning of a name."""

    country: str
    """ISO alpha-3; empty for a phrase or an organisation that belongs to no country."""
    kind: str
    """``country``, ``place`` or ``organisation``."""
    where: str
    """``any`` inside a text too, ``start`` of a part, ``part`` only a whole part; ``code`` and
    ``post`` are capital abbreviations, see ``places.tsv``."""
    sector: str = ""
    """For organisations: one of ``SECTORS``."""


class Span(NamedTuple):
    """A name found at tokens ``start`` to ``stop`` of a part."""

    start: int
    stop: int
    reading: Reading


def tokens(text: str) -> tuple[str, ...]:
    """Lower-case words without diacritics and punctuation, ``&`` read as *and*.

    >>> tokens("Univ. de São Paulo (USP)"), tokens("P.R. China")
    (('univ', 'de', 'sao', 'paulo', 'usp'), ('pr', 'china'))
    """
    folded = text.casefold().replace("&", " and ").translate(_LETTERS)
    if not folded.isascii():
        parts = unicodedata.normalize("NFKD", folded)
        bare = "".join(char for char in parts if not unicodedata.combining(char))
        folded = unicodedata.normalize("NFC", bare)
    return tuple(_GAPS.sub(" ", _SILENT.sub("", _GLUED_DOT.sub(" ", folded))).split())


def table(package: str, name: str) -> Iterator[list[str]]:
    """The rows of a TSV file of this package, without comments and header."""
    text = files(package).joinpath(name).read_text("utf-8")
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    next(lines)
    return (line.split("\t") for line in lines)


def _entries() -> Iterator[tuple[str, Reading]]:
    for source, package, kind in (
        ("country_names.tsv", "aequa.core", "country"),
        ("places.tsv", "aequa.corpus", "place"),
        ("cities.tsv", "aequa.corpus", "place"),
    ):
        for country, where, names in table(package, source):
            for name in names.split("|"):
                yield name, Reading(country, kind, where)
    for country, sector, names in table("aequa.corpus", "organisations.tsv"):
        for name in names.split("|"):
            where = "part" if name.startswith("=") else "any" if " " in name else "start"
            yield name.removeprefix("="), Reading(country, "organisation", where, sector)


def _spellings(name: str) -> set[tuple[str, ...]]:
    spaced = tokens(name)
    return {spaced, tokens(name.casefold().translate(_UMLAUTS))} - {()}


@cache
def _names() -> Mapping[tuple[str, ...], tuple[Reading, ...]]:
    found: dict[tuple[str, ...], tuple[Reading, ...]] = {}
    for name, reading in _entries():
        if reading.where in ("code", "post"):
            continue
        for key in _spellings(name):
            found[key] = (*found.get(key, ()), reading)
    return MappingProxyType(found)


@cache
def codes() -> Mapping[str, frozenset[str]]:
    """Countries that a capital code can mean: states and provinces, ISO alpha-2 and alpha-3.

    >>> sorted(codes()["DE"]), sorted(codes()["GB"]), sorted(codes()["GBR"])
    (['DEU', 'USA'], ['GBR'], ['GBR'])
    """
    found: dict[str, set[str]] = {}
    for country in countries():
        found.setdefault(country.alpha2, set()).add(country.alpha3)
        found.setdefault(country.alpha3, set()).add(country.alpha3)
    for code, state in _abbreviations("code"):
        found.setdefault(code, set()).add(state)
    return MappingProxyType({code: frozenset(known) for code, known in found.items()})


def _abbreviations(kind: str) -> Iterator[tuple[str, str]]:
    for country, where, names in table("aequa.corpus", "places.tsv"):
        if where == kind:
            yield from ((name, country) for name in names.split("|"))


@cache
def states() -> frozenset[str]:
    """Postal abbreviations of the states of the USA."""
    return frozenset(name for name, country in _abbreviations("code") if country == "USA")


@cache
def provinces() -> Mapping[str, str]:
    """Postal abbreviations with one meaning, of the USA, Canada and Australia.

    >>> provinces()["NH"], provinces()["ON"], "CA" in provinces()
    ('USA', 'CAN', False)
    """
    lands = {"USA", "CAN", "AUS"}
    clear = {code: min(known) for code, known in codes().items() if len(known) == 1}
    postal = {code for code, country in _abbreviations("code") if country in lands}
    return MappingProxyType({code: clear[code] for code in sorted(postal & clear.keys())})


@cache
def postal_prefixes() -> Mapping[str, str]:
    """Countries by the letters they put before a postcode: ``D-53113`` is in Germany."""
    return MappingProxyType(dict(_abbreviations("post")))


@cache
def states_of() -> Mapping[str, str]:
    """The state under which addresses also write a territory, by territory."""
    return MappingProxyType({row[0]: row[1] for row in table("aequa.corpus", "territories.tsv")})


def whole(words: tuple[str, ...]) -> tuple[Reading, ...]:
    """All meanings of a complete comma part; a leading *the* does not count.

    >>> [reading.country for reading in whole(("the", "netherlands"))]
    ['NLD']
    """
    found = _names().get(words)
    if found is None and words[:1] == ("the",):
        found = _names().get(words[1:])
    return found or ()


_Candidate = tuple[tuple[str, ...], Reading]


@cache
def _by_first_word() -> Mapping[str, Sequence[_Candidate]]:
    found: dict[str, list[_Candidate]] = {}
    for words, readings in _names().items():
        inside = [reading for reading in readings if reading.where in ("any", "start")]
        if len({reading.country for reading in inside}) == 1:
            found.setdefault(words[0], []).append((words, inside[0]))
    for entries in found.values():
        entries.sort(key=lambda entry: (-len(entry[0]), entry[0]))
    return MappingProxyType(found)


def _at(words: tuple[str, ...], index: int) -> Span | None:
    for name, reading in _by_first_word().get(words[index], ()):
        stop = index + len(name)
        if words[index:stop] == name and (reading.where == "any" or index == 0):
            return Span(index, stop, reading)
    return None


def spans(words: tuple[str, ...]) -> list[Span]:
    """Names inside one part from left to right, the longest at each place, without overlap.

    >>> [span.reading.country for span in spans(tokens("Papua New Guinea branch of KAIST"))]
    ['PNG']
    """
    found, index = [], 0
    while index < len(words):
        span = _at(words, index)
        if span is not None:
            found.append(span)
        index = span.stop if span is not None else index + 1
    return found


@cache
def _unspaced() -> tuple[re.Pattern[str], Mapping[str, str]]:
    known: dict[str, set[str]] = {}
    for name, reading in _entries():
        key = unicodedata.normalize("NFKC", name)
        least = 3 if re.search(r"[\u3040-\u30ff]", key) else 2
        if _UNSPACED.search(key) and len(key) >= least:
            known.setdefault(key, set()).add(reading.country)
    clear = {name: next(iter(found)) for name, found in known.items() if len(found) == 1}
    longest = sorted(clear, key=lambda name: (-len(name), name))
    return re.compile("|".join(map(re.escape, longest))), MappingProxyType(clear)


def unspaced(text: str) -> str | None:
    """Country of the last name in a script without spaces (Chinese, Japanese, Thai).

    >>> unspaced("清华大学，北京，中国"), unspaced("東京大学"), unspaced("Tokyo")
    ('CHN', 'JPN', None)
    """
    if not _UNSPACED.search(text):
        return None
    pattern, known = _unspaced()
    found = pattern.findall(unicodedata.normalize("NFKC", text))
    return known[found[-1]] if found else None
