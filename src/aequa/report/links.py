"""Addresses of works, built only from identifiers that have the form their scheme demands."""

from __future__ import annotations

import re
from urllib.parse import quote

_FORMS = {
    "openalex": (re.compile(r"W\d{1,12}"), "https://openalex.org/"),
    "doi": (re.compile(r"10\.\d{4,9}/[^\s<>\"]{1,300}"), "https://doi.org/"),
    "pmid": (re.compile(r"\d{1,9}"), "https://pubmed.ncbi.nlm.nih.gov/"),
    "arxiv": (
        re.compile(r"(\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7})(v\d+)?"),
        "https://arxiv.org/abs/",
    ),
}


def address(identifier: object) -> str | None:
    """The public page of a work, or None where the identifier names none.

    >>> address("openalex:W42")
    'https://openalex.org/W42'
    >>> address("openalex:javascript:alert(1)") is None
    True
    """
    scheme, _, value = str(identifier or "").partition(":")
    form, base = _FORMS.get(scheme, (None, ""))
    if form is None or not form.fullmatch(value):
        return None
    return base + quote(value, safe="/.-_()")


def anchor(*parts: object) -> str:
    """A fragment name made of the given parts: lower-case letters, digits and hyphens, and no
    two keys share one unless they differ only in other signs.

    >>> anchor("works", "country-KEN")
    'works-country-ken'
    """
    text = "-".join(str(part) for part in parts).lower()
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-")
