"""Field of research: every source's categories to OpenAlex's 26 fields, so works share cells.

The rule, in order: a name that is already one of the 26 fields; a Web of Science category (the
first listed one that is known, since the vendor lists them without weights); the field of the
venue, for conferences whose exports carry no category; else null. Tables: ``wos_fields.tsv`` and
``venues.tsv`` beside this file.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

import pyarrow as pa

_WORD = re.compile(r"[^\W_]+")
_NOT_A_NAME = re.compile(
    r"^(19|20)\d\d$|^\d+(st|nd|rd|th)?$|^(the|of|on|in|and|for|annual|proceedings|proc|ieee|acm|rsj)$"
)
_ACRONYM = re.compile(r"\(([A-Za-z][\w’' -]{1,15})\)")


def name_key(text: str) -> str:
    """A name without case, accents, punctuation, years, ordinals and filler words.

    >>> name_key("Proceedings of the 2019 IEEE/RSJ Int. Conf. on Robots & Systems")
    'int conf robots systems'
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    words = _WORD.findall("".join(char for char in plain if not unicodedata.combining(char)))
    return " ".join(word for word in words if not _NOT_A_NAME.match(word))


def _table(name: str) -> list[tuple[str, str]]:
    text = files("aequa.corpus").joinpath(name).read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(left, right) for left, right in (line.split("\t") for line in lines[1:])]


@cache
def field_names() -> frozenset[str]:
    """The 26 field names of OpenAlex (they are all used in ``wos_fields.tsv``).

    >>> len(field_names())
    26
    """
    return frozenset(field for _, field in _table("wos_fields.tsv"))


@cache
def _categories() -> dict[str, str]:
    own = {name_key(field): field for field in field_names()}
    return {name_key(category): field for category, field in _table("wos_fields.tsv")} | own


@cache
def _venues() -> dict[str, str]:
    return {name_key(venue): field for venue, field in _table("venues.tsv")}


@lru_cache(maxsize=65536)
def field_name(raw: str | None, venue: str | None) -> str | None:
    """One of OpenAlex's 26 fields, or None when neither category nor venue tells.

    >>> field_name("Engineering, Biomedical; Neurosciences", None)
    'Engineering'
    >>> field_name(None, "IROS"), field_name(None, "Proceedings of the 36th ICML 2019")
    ('Engineering', 'Computer Science')
    >>> field_name("Something else", "A journal") is None
    True
    """
    return (_category_field(raw) if raw else None) or (_venue_field(venue) if venue else None)


def _category_field(raw: str) -> str | None:
    for part in re.split(r"[;|]", raw):
        key = name_key(part.replace("\\&", "&"))
        found = _categories().get(key) or _by_prefix(key)
        if found:
            return found
    return None


def _by_prefix(key: str) -> str | None:
    """Subdivisions that the table does not list, by the head of the category's name."""
    heads = ("Computer Science", "Engineering")
    return next((head for head in heads if key.startswith(f"{head.lower()} ")), None)


def _venue_field(venue: str) -> str | None:
    names = [venue, *_ACRONYM.findall(venue), re.split(r"[,:(]", venue)[0]]
    return next((field for name in names if (field := _venues().get(name_key(name)))), None)


def assign(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Replace the column ``field`` (RAW or PLACED in, same schema out) by ``field_name``."""
    raw, venue = batch.column("field").to_pylist(), batch.column("venue").to_pylist()
    named = [field_name(left, right) for left, right in zip(raw, venue, strict=True)]
    at = batch.schema.get_field_index("field")
    columns = batch.columns
    columns[at] = pa.array(named, type=pa.string())
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)
