"""Raw field values to clean ones: the same rules for every origin.

Each function returns None for a missing value. A value that is present but impossible (a year of
9999, −3 citations) becomes None too, and ``Repairs`` notes it, so nothing is dropped in silence.
"""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections.abc import Sequence

YEARS = range(1500, 2101)
"""Years a publication can have; anything else is noted and becomes unknown."""

_TAGS = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028\u2029\ufeff\ufffe\uffff]")
_SPACE = re.compile(r"\s+")
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)")
_NULLS = {"", "none", "null", "nan", "n/a", "na", "[no title available]", "[no abstract available]"}


class Repairs:
    """Collects notes on values set to unknown while one record is read.

    >>> repairs = Repairs()
    >>> year("9999", repairs), repairs.notes()
    (None, ('year: found 9999, expected a year from 1500 to 2100',))
    """

    def __init__(self) -> None:
        self._notes: list[str] = []

    def note(self, field: str, found: object, expected: str) -> None:
        """Remember that ``field`` held ``found`` where ``expected`` was wanted."""
        self._notes.append(f"{field}: found {str(found)[:80]}, expected {expected}")

    def notes(self) -> tuple[str, ...]:
        """All notes so far, in order."""
        return tuple(self._notes)


def text(raw: object) -> str | None:
    """Plain text: entities decoded, tags and control characters removed, spaces collapsed, NFC.

    >>> text(" <b>Deep</b>&amp;wide\\x00\\n learning ")
    'Deep&wide learning'
    >>> text("None") is None
    True
    """
    if raw is None:
        return None
    value = str(raw)
    if "&" in value:
        value = html.unescape(value)
    if "<" in value:
        value = _TAGS.sub("", value)
    value = _SPACE.sub(" ", _CONTROL.sub("", value)).strip()
    if not value.isascii():
        value = unicodedata.normalize("NFC", value.encode("utf-8", "replace").decode("utf-8"))
    return None if value.lower() in _NULLS else value


def doi(raw: object) -> str | None:
    """``doi:10.…`` in lower case from any printed form (URL, ``doi:`` prefix, trailing dot).

    >>> doi("https://doi.org/10.1000/ABC.")
    'doi:10.1000/abc'
    """
    found = _DOI.search(str(raw)) if raw else None
    return f"doi:{found.group().lower().rstrip('.,;)')}" if found else None


def year(raw: object, repairs: Repairs) -> int | None:
    """The first four-digit number of ``raw`` if it can be a year of publication."""
    value = text(raw)
    if value is None:
        return None
    found = _YEAR.search(value)
    if found and int(found.group()) in YEARS:
        return int(found.group())
    repairs.note("year", value, f"a year from {YEARS.start} to {YEARS.stop - 1}")
    return None


def count(raw: object, repairs: Repairs, field: str = "cited_by") -> int | None:
    """A non-negative whole number (``592``, ``"1,024"``, ``12.0``), else a note and None.

    >>> count("1,024", Repairs())
    1024
    """
    value = text(raw)
    if value is None:
        return None
    try:
        number = float(value.replace(",", "").replace(" ", ""))
    except ValueError:
        number = -1.0
    if 0 <= number < 10**12 and number == int(number):
        return int(number)
    repairs.note(field, value, "a whole number, 0 or more")
    return None


def local_id(*parts: str | int | Sequence[str] | None) -> str:
    """An identifier from content, for records that carry none; equal content, equal id.

    >>> local_id("Wells", 2020) == local_id("Wells", 2020)
    True
    """
    joined = "\x1f".join(str(part) for part in parts)
    return f"local:{hashlib.sha256(joined.encode('utf-8', 'replace')).hexdigest()[:20]}"


_TYPES = {
    "article": "article", "journal article": "article", "jour": "article", "j": "article",
    "conference paper": "article", "proceedings paper": "article", "proceedings-article": "article",
    "inproceedings": "article", "conference": "article", "conf": "article", "cpaper": "article",
    "article in press": "article", "early access": "article", "journal-article": "article",
    "review": "review", "conference review": "review", "systematic review": "review",
    "short survey": "review", "book": "book", "monograph": "book", "edited book": "book",
    "book-chapter": "book-chapter", "book chapter": "book-chapter", "chap": "book-chapter",
    "incollection": "book-chapter", "inbook": "book-chapter", "chapter": "book-chapter",
    "preprint": "preprint", "posted-content": "preprint", "unpublished": "preprint",
    "thes": "dissertation", "phdthesis": "dissertation", "mastersthesis": "dissertation",
    "dissertation": "dissertation", "thesis": "dissertation", "editorial": "editorial",
    "editorial material": "editorial", "letter": "letter", "note": "letter", "erratum": "erratum",
    "correction": "erratum", "retracted": "retraction", "retracted publication": "retraction",
    "dataset": "dataset", "data paper": "article", "rprt": "report", "techreport": "report",
    "report": "report", "standard": "standard", "patent": "patent",
}  # fmt: skip


def work_type(raw: object) -> str | None:
    """The OpenAlex work type of a vendor's document type; unknown types are ``other``.

    >>> work_type("Conference Paper"), work_type("Bibliography"), work_type(None)
    ('article', 'other', None)
    """
    value = text(raw)
    if value is None:
        return None
    first = re.split(r"[;|]", value.lower())[0].strip()
    return _TYPES.get(first, "other")
