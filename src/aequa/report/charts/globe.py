"""The earth on a plane: an equal-area projection, so that no country looks larger than it is.

Equal Earth: Šavrič, Patterson & Jenny 2018, "The Equal Earth map projection", International Journal
of Geographical Information Science 33(3), doi:10.1080/13658816.2018.1504949.
"""

from __future__ import annotations

import math
from functools import cache
from importlib.resources import files
from typing import NamedTuple

_A = (1.340264, -0.081106, 0.000893, 0.003796)
_HALF = math.sqrt(3) / 2
WIDTH, HEIGHT = 1000.0, 487.0
"""Size of the plane, in its own units; the poles lie on its upper and lower edge."""


class Place(NamedTuple):
    """A place on the plane, as shares of its width and height."""

    x: float
    y: float


def equal_earth(longitude: float, latitude: float) -> Place:
    """Where a place of the earth, in degrees, lies on the plane.

    >>> equal_earth(0, 0)
    Place(x=0.5, y=0.5)
    >>> round(equal_earth(180, 0).x, 3), round(equal_earth(0, 90).y, 3)
    (1.0, 0.0)
    """
    x, y = _projected(math.radians(longitude), math.radians(latitude))
    across, up = _projected(math.pi, 0.0)[0], _projected(0.0, math.pi / 2)[1]
    return Place(0.5 + x / (2 * across), 0.5 - y / (2 * up))


def _projected(longitude: float, latitude: float) -> tuple[float, float]:
    """Equations 4 and 5 of the paper, for a sphere of radius one."""
    angle = math.asin(_HALF * math.sin(latitude))
    square = angle * angle
    sixth = square * square * square
    a, b, c, d = _A
    slope = 9 * d * sixth * square + 7 * c * sixth + 3 * b * square + a
    height = angle * (d * sixth * square + c * sixth + b * square + a)
    return longitude * math.cos(angle) / (_HALF * slope), height


@cache
def land() -> str:
    """The coastlines as one path of the plane ``WIDTH`` × ``HEIGHT``."""
    return _lines("land.txt")[0]


@cache
def centres() -> dict[str, Place]:
    """Where each country's symbol stands: the middle of its largest part, by alpha-3 code.

    >>> "TUV" in centres(), len(centres()) >= 249
    (True, True)
    """
    rows = (line.split("\t") for line in _lines("centres.tsv")[1:])
    return {code: equal_earth(float(x), float(y)) for code, x, y in rows}


def _lines(name: str) -> list[str]:
    """The lines of a data file but for its comments."""
    text = files("aequa").joinpath(f"data/{name}").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
