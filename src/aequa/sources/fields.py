"""Raw field values to clean ones: the same rules for every origin.

Each function returns None for a missing value. A value that is present but impossible (a year of
9999, −3 citations) becomes None too, and ``Repairs`` notes it, so nothing is dropped in silence.
"""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from urllib.parse import unquote

from aequa.core.errors import one_line
from aequa.sources.tsv import forms

YEARS = range(1500, 2101)
"""Years a publication can have; anything else is noted and becomes unknown."""

_BLOCKS = re.compile(
    r"</?(?:[a-z]+:)?(?:p|br|hr|div|li|ul|ol|sec|title|h[1-6]|td|tr)(?:\s[^<>]{0,500})?/?>", re.I
)
_TAGS = re.compile(
    r"<!--.{0,2000}?-->|</?[a-z][\w:.-]{0,40}(?:\s+[\w:.-]+\s*=[^<>]{0,2000})?\s*/?>", re.I | re.S
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028\u2029\ufeff\ufffe\uffff]")
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_HIDDEN = re.compile(r"[\\\u00ad\u200b-\u200f\u2060\ufeff]")
_AFTER_DOI = re.compile(r"[?#&][\w.]+=|[;,|](?=10\.\d{4,9}/)|</?[a-z]+>|#")
_AROUND = ".,;:'\"/…。\u2018\u2019\u201c\u201d"
_PAIRS = {")": "(", "]": "[", "}": "{", ">": "<"}
_YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)")
_UT = re.compile(r"(?:[A-Z]+:)?[A-Z0-9]*\d[A-Z0-9]*")
_EID = re.compile(r"2-s2\.0-\d+")
_PMID = re.compile(r"\d{1,9}")
_ARXIV = re.compile(
    r"(?:arxiv\.org/(?:abs|pdf)/|arxiv[.:]\s*|^abs/|^)(\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7})"
)
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
        shown = one_line(str(found)[:80])
        self._notes.append(f"{field}: found {shown}, expected {expected}")

    def notes(self) -> tuple[str, ...]:
        """All notes so far, in order."""
        return tuple(self._notes)


def text(raw: object) -> str | None:
    """Plain text: entities decoded, tags and control characters removed, spaces collapsed, NFC.

    >>> text(" <b>Deep</b>&amp;wide\\x00\\n learning ")
    'Deep&wide learning'
    >>> text("None") is None, text("<p>p<b and c>d</p><p>e</p>")
    (True, 'p<b and c>d e')
    """
    if raw is None:
        return None
    value = str(raw)
    if "&" in value:
        value = html.unescape(value)
    if "<" in value:
        value = _TAGS.sub("", _BLOCKS.sub(" ", value))
    if value.isascii() and value.isprintable() and "  " not in value:
        value = value.strip()  # most values: the same result, in half the time
    else:
        value = " ".join(_CONTROL.sub("", " ".join(value.split())).split())
        value = unicodedata.normalize("NFC", value.encode("utf-8", "replace").decode("utf-8"))
    return None if len(value) < 32 and value.lower() in _NULLS else value


def doi(raw: object) -> str | None:
    """``doi:10.…`` in lower case from any printed form (URL, ``doi:`` prefix, trailing dot).

    Of several the first; what a link or a sentence puts behind a DOI is cut off.

    >>> doi("https://doi.org/10.1000/ABC."), doi("10.1002/(SICI)1%3C22::AID%3E3.0.CO;2-I")
    ('doi:10.1000/abc', 'doi:10.1002/(sici)1<22::aid>3.0.co;2-i')
    """
    value = _HIDDEN.sub("", str(raw)) if raw else ""
    if "%" in value:
        value = unquote(value)
    if not value.isascii():
        value = value.encode("utf-8", "replace").decode("utf-8")
    found = _DOI.search(html.unescape(value) if "&" in value else value)
    if found is None:
        return None
    name = _AFTER_DOI.split(found.group().lower(), maxsplit=1)[0].rstrip(_AROUND)
    while name[-1:] in _PAIRS and name.count(name[-1]) > name.count(_PAIRS[name[-1]]):
        name = name[:-1].rstrip(_AROUND)
    return f"doi:{name}" if "/" in name else None


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


def work_type(raw: object) -> str | None:
    """The OpenAlex work type of a vendor's document type; unknown types are ``other``.

    >>> work_type("Conference Paper"), work_type("Bibliography"), work_type(None)
    ('article', 'other', None)
    """
    value = text(raw)
    if value is None:
        return None
    first = re.split(r"[;|]", value.lower())[0].strip()
    return forms("work_types.tsv").get(first, "other")


def language(raw: object) -> str | None:
    """ISO 639-1 code of a printed language; of several the first. Unknown names are None.

    >>> language("English"), language("ger; fre"), language("en-GB"), language("Klingon")
    ('en', 'de', 'en', None)
    """
    value = text(raw)
    if value is None:
        return None
    table = forms("languages.tsv")
    whole = value.lower()
    first = re.split(r"[;,/|]", whole)[0].strip()
    return table.get(whole) or table.get(first) or table.get(re.split(r"[-_]", first)[0])


def wos_id(raw: object) -> str | None:
    """``wos:…`` from an accession number of Web of Science, the ``WOS:`` prefix removed.

    >>> wos_id("WOS:000667508800015"), wos_id("MEDLINE:123"), wos_id("x")
    ('wos:000667508800015', 'wos:MEDLINE:123', None)
    """
    value = (text(raw) or "").upper().replace(" ", "").removeprefix("WOS:").removeprefix("ISI:")
    return f"wos:{value}" if _UT.fullmatch(value) else None


def eid(raw: object) -> str | None:
    """``eid:2-s2.0-…`` from a Scopus identifier or a link that holds one.

    >>> eid("https://www.scopus.com/inward/record.uri?eid=2-s2.0-85107941291&doi=10.1016")
    'eid:2-s2.0-85107941291'
    """
    found = _EID.search(str(raw)) if raw else None
    return f"eid:{found.group()}" if found else None


def pmid(raw: object) -> str | None:
    """``pmid:…`` from a PubMed number.

    >>> pmid(" 22752652 "), pmid("PMC3553406")
    ('pmid:22752652', None)
    """
    value = (text(raw) or "").lower().removeprefix("pmid:").strip()
    return f"pmid:{int(value)}" if _PMID.fullmatch(value) else None


def arxiv(raw: object) -> str | None:
    """``arxiv:…`` without its version, from an arXiv number or link.

    >>> arxiv("https://arxiv.org/abs/1706.03762v5"), arxiv("arXiv:hep-th/9901001")
    ('arxiv:1706.03762', 'arxiv:hep-th/9901001')
    """
    found = _ARXIV.search(str(raw).lower()) if raw else None
    return f"arxiv:{found.group(1)}" if found else None


def unique(values: Iterable[str | None]) -> tuple[str, ...]:
    """The present values in their order, each once.

    >>> unique(["doi:10.1/x", None, "doi:10.1/x"])
    ('doi:10.1/x',)
    """
    return tuple(dict.fromkeys(value for value in values if value))


def texts(values: Iterable[object]) -> tuple[str, ...]:
    """``text`` of each value, the missing ones left out, each once.

    >>> texts(["deep learning", " ", "deep learning"])
    ('deep learning',)
    """
    return unique(text(value) for value in values)


def excerpt(raw: object) -> str:
    r"""At most 200 characters of a record for a ``Reject``, control characters removed.

    >>> excerpt("TI  -\x00 a\n b")
    'TI - a b'
    """
    return one_line(" ".join(_CONTROL.sub("", str(raw)[:1000]).split())[:200])
