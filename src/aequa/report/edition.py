"""Which edition of the report is written: of all countries or of one, in which language."""

from __future__ import annotations

from typing import NamedTuple

from aequa.core.countries import countries
from aequa.core.errors import SpecError
from aequa.report.words import LANGUAGES


class Edition(NamedTuple):
    """What ``aequa report`` was asked to write."""

    country: str | None = None
    """ISO 3166-1 alpha-3: the country that all chapters are about; None for the world."""
    language: str = "en"
    pdf: bool = False
    """Also ``report.pdf``, printed by the Chromium, Chrome or Edge of this machine."""


WORLD = Edition()
"""All countries, in English, as a page only."""


def edition(country: str | None, language: str, pdf: bool) -> Edition:
    """The edition, its parts checked.

    >>> edition("ken", "sw", False).country
    'KEN'

    Raises:
        SpecError: no such country or language.
    """
    code = country.strip().upper() if country is not None else None
    if code is not None and code not in {one.alpha3 for one in countries()}:
        raise SpecError(f"--country: found {country!r}, expected an ISO 3166-1 code such as KEN")
    if language not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise SpecError(f"--language: found {language!r}, expected one of {known}")
    return Edition(code, language, pdf)
