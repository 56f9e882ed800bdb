"""Values of a style sheet with custom properties and mixed colours, as plain values."""

from __future__ import annotations

import re
from collections.abc import Mapping

_MIX = re.compile(r"color-mix\(in srgb, (#\w{6}) (\d+)%, (#\w{6}|transparent)\)")


def resolved(value: str, properties: Mapping[str, str]) -> str:
    """The value with its custom properties put in and its mixed colours mixed.

    >>> resolved("var(--ink)", {"--ink": "#1d1c1a"})
    '#1d1c1a'
    >>> resolved("color-mix(in srgb, var(--a) 50%, var(--b))", {"--a": "#ff0000", "--b": "#0000ff"})
    '#800080'
    """
    text = re.sub(r"var\((--[\w-]+)\)", lambda found: properties.get(found[1], ""), value)
    return _MIX.sub(lambda found: mixed(found[1], int(found[2]) / 100, found[3]), text)


def mixed(one: str, share: float, other: str) -> str:
    """Two colours mixed in sRGB, ``share`` of the first; with transparent, on white.

    >>> mixed("#000000", 0.5, "#ffffff")
    '#808080'
    """
    other = "#ffffff" if other == "transparent" else other
    parts = zip(_parts(one), _parts(other), strict=True)
    return "#" + "".join(f"{int(a * share + b * (1 - share) + 0.5):02x}" for a, b in parts)


def _parts(colour: str) -> list[int]:
    return [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
