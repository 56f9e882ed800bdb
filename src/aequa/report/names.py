"""What the report calls things: one file of messages per language, read once."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def messages() -> dict[str, dict[str, str]]:
    """All names of the English page, by kind and then by code."""
    text = files("aequa.report").joinpath("messages/en.json").read_text(encoding="utf-8")
    loaded: dict[str, dict[str, str]] = json.loads(text)
    return loaded


def name(kind: str, code: Any) -> str:
    """The printed name of a code, or the code itself where no message is written for it.

    >>> name("scope", "all"), name("region", "Latin America"), name("goal", 3)
    ('All AI works', 'Latin America', 'Good health')
    """
    text = "unknown" if code is None else str(code)
    return messages().get(kind, {}).get(text, text.replace("_", " "))
