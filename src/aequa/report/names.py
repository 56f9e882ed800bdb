"""What the report calls things: English names by kind and code, said in the reader's language."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from aequa.core.countries import countries, name_of
from aequa.report.words import language, say_as


@cache
def messages() -> dict[str, dict[str, str]]:
    """All English names, by kind and then by code; ``tools/messages.py`` has them translated."""
    text = files("aequa.report").joinpath("messages/en.json").read_text(encoding="utf-8")
    loaded: dict[str, dict[str, str]] = json.loads(text)
    return loaded


def name(kind: str, code: Any) -> str:
    """The printed name of a code, or the code itself where no message is written for it.

    >>> name("scope", "all"), name("region", "Latin America"), name("goal", 3)
    ('All AI works', 'Latin America', 'Good health')
    """
    text = "unknown" if code is None else str(code)
    held = messages().get(kind, {}).get(text)
    return text.replace("_", " ") if held is None else say_as(kind, held)


def country(alpha3: str) -> str:
    """The name of a country in the language that is spoken, or its code where it is none.

    English names are the United Nations' short ones (``core.countries``); others are those of the
    Unicode CLDR but for ``OVERRIDES``, where the United Nations call a place otherwise.

    >>> country("KEN"), country("XXX")
    ('Kenya', 'XXX')
    """
    spoken = language()
    if spoken == "en":
        return name_of(alpha3) or alpha3
    return _territories(spoken).get(alpha3) or name_of(alpha3) or alpha3


OVERRIDES = ("TWN", "HKG", "MAC", "PSE", "XKX", "FLK", "TUR")
"""Places whose names are messages of ours, since CLDR's differ from the United Nations' in ways
that matter; ``docs/languages.md`` says how."""


@cache
def _territories(spoken: str) -> dict[str, str]:
    """Names of all countries in one language, by alpha-3 code."""
    from babel import Locale

    territories = Locale.parse(spoken).territories
    found = {one.alpha3: territories.get(one.alpha2) for one in countries()}
    own = {code: name("place", code) for code in OVERRIDES}
    return {**{code: held for code, held in found.items() if held}, **own}
