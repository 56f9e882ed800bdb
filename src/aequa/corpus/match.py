"""Which records are one work: the rule, in order.

1. **Shared identifier.** Two records with an identifier in common are one work. OpenAlex ids, UTs,
   EIDs and PMIDs are the keys of databases and are believed. A DOI (also an arXiv or IEEE number)
   can be a whole proceedings' or a copying error, so there the titles must be alike (60 % of the
   letter triples of the shorter one), or one of them missing, or first author and year agree (a
   translated title). An identifier that then still joins different works, or a database key on
   more than ``CROWD`` records with differing titles, is *refused*: it joins nothing but equals.
   An id that a person's table gives (``local:7``) may number the rows of any other table too: it
   joins equal titles only, and nothing without a title.
2. **Title, first author, year.** Two records with the same ``title_key`` and ``author_key`` are one
   work if their years differ by at most 1 (preprint and publication). Chains count (2018, 2019,
   2020), but a chain over more than ``SPAN`` years is a yearly series and joins nothing. A record
   without a year joins when there is only one chain. Different DOIs or OpenAlex ids are no
   obstacle: a DOI names a version, and OpenAlex is known to hold versions apart. Different UTs,
   EIDs or PMIDs are: their databases are curated and say "two records", so that title joins
   nothing (in a Web of Science export of 9,500 works, about 30 titles appear twice as conference
   and journal papers with texts of their own).

The closure of both is transitive. No step looks at the order of the records.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import combinations
from typing import NamedTuple

CROWD = 50
"""An identifier on more records than this, under differing titles, does not identify a work."""
SPAN = 2
"""A chain of equal titles over more years than this is a yearly series (prefaces, reports)."""
SHORTEST_TITLE = 12
"""Titles of fewer letters are never matched on; ideographs and syllables count as two."""
ALIKE = 0.6
DATABASE_KEYS = frozenset({"openalex", "wos", "eid", "pmid"})
CURATED = ("wos", "eid", "pmid")
"""Schemes whose databases remove their own duplicates."""

_STROKES = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d"})
_LOWER = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"abcdefghijklmnopqrstuvwxyz")
_SIGNS = bytes(code for code in range(128) if not chr(code).isalnum())
_FROM_CONTENT = re.compile(r"local:[0-9a-f]{20}")
_SUFFIX = re.compile(r"^(jr|sr|ii|iii|iv|phd|md)\.?$", re.IGNORECASE)
_LONGEST_SUFFIX = len("PhD.")
_INITIALS = re.compile(r"^([^\W\d_]\.?-?){1,4}$")


def fold(text: str | None) -> str:
    """Only letters, vowel signs and digits of any script, without case and accents, joined.

    >>> fold("Über-Lernen: ein Überblick (2019)")
    'uberlerneneinuberblick2019'
    """
    if not text:
        return ""
    if text.isascii():
        return text.encode("ascii").translate(_LOWER, _SIGNS).decode("ascii")
    letters = unicodedata.normalize("NFKD", text).casefold().translate(_STROKES)
    kept = "".join(char for char in letters if unicodedata.combining(char) < 10 and _spells(char))
    return unicodedata.normalize("NFC", kept)


def _spells(char: str) -> bool:
    """Letters, digits and the marks that write vowels or voicing (Devanagari, Kana)."""
    return char.isalnum() or unicodedata.category(char)[0] == "M"


@cache
def _generic() -> frozenset[str]:
    text = files("aequa.corpus").joinpath("generic_titles.tsv").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return frozenset(fold(line) for line in lines[1:])


def title_key(title: str | None) -> str | None:
    """What a title is matched on; None when it is too short or generic (``generic_titles.tsv``).

    >>> title_key("Deep Learning for Wells"), title_key("Editorial"), title_key("Guest Editorial 2")
    ('deeplearningforwells', None, None)
    """
    key = fold(title)
    length = len(key)
    if length < SHORTEST_TITLE:
        length += sum(unicodedata.east_asian_width(char) in "WF" for char in key)
    if length < SHORTEST_TITLE or key.strip("0123456789") in _generic():
        return None
    return key


@lru_cache(maxsize=65536)
def author_key(name: str | None) -> str | None:
    """The last word of the family name, folded; suffixes (Jr., III) and initials left out.

    >>> [author_key(name) for name in ("van Gogh, Vincent", "Gogh VW", "Vincent van Gogh Jr.")]
    ['gogh', 'gogh', 'gogh']
    """
    printed = (name or "").split(",")[0].split()
    words = [word for word in printed if len(word) > _LONGEST_SUFFIX or not _SUFFIX.match(word)]
    if "," not in (name or "") and len(words) > 1 and _is_initials(words[-1]):
        first_is_initial = len(words[0].rstrip(".")) == 1 or "." in words[0]
        words = words if first_is_initial else words[:-1]
    return next((key for word in reversed(words) if (key := fold(word))), None)


def _is_initials(word: str) -> bool:
    return (
        word.isupper()
        and len(word.replace(".", "").replace("-", "")) <= 3
        and (_INITIALS.match(word) is not None)
    )


class Record(NamedTuple):
    """What matching needs to know of one record."""

    ids: tuple[str, ...]
    title: str | None
    author: str | None
    """First author as printed."""
    year: int | None


class Matches(NamedTuple):
    """Places are positions in the sequence given to ``match``."""

    groups: tuple[tuple[int, ...], ...]
    """The works: every place once; ascending inside, ordered by their first place."""
    refused: dict[str, tuple[int, ...]]
    """Identifiers that do not identify one work, and the places that carry them."""


class _Sets:
    """Union-find whose representative is the smallest member."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def find(self, place: int) -> int:
        while self._parent[place] != place:
            self._parent[place] = self._parent[self._parent[place]]
            place = self._parent[place]
        return place

    def union(self, places: Iterable[int]) -> None:
        roots = sorted({self.find(place) for place in places})
        for root in roots[1:]:
            self._parent[root] = roots[0]

    def groups(self) -> tuple[tuple[int, ...], ...]:
        found: dict[int, list[int]] = defaultdict(list)
        for place in range(len(self._parent)):
            found[self.find(place)].append(place)
        return tuple(tuple(members) for members in found.values())


def match(records: Sequence[Record], crowds: Container[str] = frozenset()) -> Matches:
    """Group the records that are one work (module rule).

    Args:
        records: all records that share an identifier (but for ``crowds``), or title and author,
            with one of them.
        crowds: identifiers known to be on over ``CROWD`` records with differing titles, of which
            some may be elsewhere.

    >>> one = Record(("doi:10.1/x",), "Finding water with learning machines", "Ada Byron", 2020)
    >>> two = Record(("eid:2-s2.0-1",), "Finding Water With Learning Machines.", "Byron A", 2021)
    >>> match([one, two]).groups
    ((0, 1),)
    """
    sets = _Sets(len(records))
    refused: dict[str, tuple[int, ...]] = {}
    for identifier, places in _carriers(records, crowds):
        crowd = identifier in crowds
        parts = _parts(identifier, places, records, crowd)
        for part in parts:
            sets.union(part)
        if crowd or len(parts) > 1:
            refused[identifier] = tuple(places)
    home = [sets.find(place) for place in range(len(records))]
    curated = _curated(records, home, refused)
    for chain in _chains(records):
        if not _conflict({home[place] for place in chain}, curated):
            sets.union(chain)
    return Matches(sets.groups(), refused)


def _carriers(records: Sequence[Record], crowds: Container[str]) -> list[tuple[str, list[int]]]:
    found: dict[str, list[int]] = defaultdict(list)
    for place, record in enumerate(records):
        for identifier in set(record.ids):
            found[identifier].append(place)
    return sorted(
        (key, places) for key, places in found.items() if len(places) > 1 or key in crowds
    )


def _parts(
    identifier: str, places: list[int], records: Sequence[Record], crowd: bool
) -> list[list[int]]:
    """The works among the records that carry one identifier; one part when it can be believed."""
    titles: dict[str, list[int]] = defaultdict(list)
    for place in places:
        titles[fold(records[place].title)].append(place)
    untitled = titles.pop("", [])
    parts = list(titles.values())
    if crowd or (identifier.startswith("local:") and not _FROM_CONTENT.fullmatch(identifier)):
        return [*parts, *([place] for place in untitled)]
    if len(parts) > 1:
        if len(places) > CROWD:
            return [*parts, *([place] for place in untitled)]
        if identifier.partition(":")[0] in DATABASE_KEYS:
            return [places]
        parts = _alike_parts(parts, records)
    if len(parts) > 1:
        return [*parts, *([place] for place in untitled)]
    return [places]


def _alike_parts(parts: list[list[int]], records: Sequence[Record]) -> list[list[int]]:
    sets = _Sets(len(parts))
    for left, right in combinations(range(len(parts)), 2):
        pairs = ((records[a], records[b]) for a in parts[left] for b in parts[right])
        if any(alike(a, b) for a, b in pairs):
            sets.union((left, right))
    return [sorted(place for at in group for place in parts[at]) for group in sets.groups()]


def alike(left: Record, right: Record) -> bool:
    """Whether two records with one DOI can be one work: titles alike, or author and year equal.

    >>> first = Record((), "Learning to find water", "Ada Byron", 2020)
    >>> alike(first, first._replace(title="Learning to find water: a survey of wells", author=None))
    True
    >>> alike(first, first._replace(title="Proceedings of the water forum", author="B. Smith"))
    False
    """
    a, b = _triples(fold(left.title)), _triples(fold(right.title))
    if len(a & b) >= ALIKE * min(len(a), len(b)):
        return True
    author = author_key(left.author)
    return author is not None and author == author_key(right.author) and _near(left, right)


def _near(left: Record, right: Record) -> bool:
    return left.year is None or right.year is None or abs(left.year - right.year) <= 1


@lru_cache(maxsize=4096)
def _triples(key: str) -> frozenset[str]:
    return frozenset(key[at : at + 3] for at in range(max(len(key) - 2, 1)))


def _curated(
    records: Sequence[Record], home: Sequence[int], refused: dict[str, tuple[int, ...]]
) -> dict[int, set[str]]:
    """The curated schemes that each work found so far has an identifier of."""
    found: dict[int, set[str]] = defaultdict(set)
    for place, record in enumerate(records):
        for identifier in record.ids:
            if identifier not in refused and identifier.partition(":")[0] in CURATED:
                found[home[place]].add(identifier.partition(":")[0])
    return found


def _conflict(homes: set[int], curated: dict[int, set[str]]) -> bool:
    """Two works with different identifiers of one curated scheme."""
    return any(sum(scheme in curated.get(home, ()) for home in homes) > 1 for scheme in CURATED)


def _chains(records: Sequence[Record]) -> Iterator[list[int]]:
    same: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, record in enumerate(records):
        title, author = title_key(record.title), author_key(record.author)
        if title and author:
            same[title, author].append(place)
    for places in same.values():
        if len(places) > 1:
            yield from _by_year(places, records)


def _by_year(places: list[int], records: Sequence[Record]) -> list[list[int]]:
    """Chains of years at most 1 apart; no chain that is too long; undated records in a sole one."""
    undated = [place for place in places if records[place].year is None]
    dated = sorted((year, place) for place in places if (year := records[place].year) is not None)
    chains: list[list[tuple[int, int]]] = []
    for year, place in dated:
        if chains and year - chains[-1][-1][0] <= 1:
            chains[-1].append((year, place))
        else:
            chains.append([(year, place)])
    short = [chain for chain in chains if chain[-1][0] - chain[0][0] <= SPAN]
    found = [[place for _, place in chain] for chain in short]
    if len(chains) == len(found) == 1:
        return [found[0] + undated]
    return found if chains else [undated]
