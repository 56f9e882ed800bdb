"""Make the map's two data files from Natural Earth: coastlines as one path, countries' centres.

Usage: ``npm pack world-atlas@2.0.2 && tar xf world-atlas-2.0.2.tgz`` and then
``python tools/draw_map.py package``. Natural Earth is in the public domain; world-atlas (ISC
licence) hands it on as TopoJSON.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from aequa.core.countries import countries
from aequa.report.charts.globe import HEIGHT, WIDTH, equal_earth

DATA = Path(__file__).parents[1] / "src" / "aequa" / "data"
NEAR = 0.45
"""How far a simplified coast may lie from the true one, in units of a plane 1,000 wide."""
LEAST = 1.2
"""Islands of a smaller area, in square units, are left out: their country has its symbol."""
SOUTHMOST = -60.0
"""Antarctica holds no country, so its coast is not drawn."""
ADDED = {
    "ATA": (-58.9, -62.2),
    "BVT": (3.4, -54.4),
    "CCK": (96.8, -12.2),
    "CXR": (105.6, -10.5),
    "GIB": (-5.35, 36.14),
    "GLP": (-61.5, 16.2),
    "GUF": (-53.2, 3.9),
    "MTQ": (-61.0, 14.65),
    "MYT": (45.15, -12.83),
    "REU": (55.53, -21.13),
    "SJM": (16.0, 78.6),
    "TKL": (-171.85, -9.2),
    "UMI": (-160.0, -0.37),
    "BES": (-68.26, 12.18),
    "XKX": (20.9, 42.6),
}
"""Longitude and latitude of places that the source draws as a part of another, or not at all; for
Antarctica where its northernmost stations are, so that its symbol is on the map."""
Ring = list[tuple[float, float]]


def rings(atlas: dict[str, Any], shape: dict[str, Any]) -> Iterator[Ring]:
    """Outer rings of a TopoJSON geometry, in degrees."""
    parts = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
    for part in parts:
        ring: Ring = []
        for arc in part[0]:
            line = _line(atlas, arc if arc >= 0 else ~arc)
            ring += (line if arc >= 0 else line[::-1])[1 if ring else 0 :]
        yield unwrapped(ring)


def unwrapped(ring: Ring) -> Ring:
    """The ring without jumps across the 180th meridian: beyond it, degrees go on counting."""
    turn, line = 0.0, [ring[0]]
    for (before, _), (x, y) in pairwise(ring):
        turn += -360.0 if x - before > 180 else 360.0 if x - before < -180 else 0.0
        line.append((x + turn, y))
    return line


def halves(ring: Ring) -> list[Ring]:
    """What of an unwrapped ring lies on the map: itself, or its parts at both edges."""
    low, high = min(x for x, _ in ring), max(x for x, _ in ring)
    shifts = [turn for turn in (-360.0, 0.0, 360.0) if low + turn < 180 and high + turn > -180]
    moved = ([(x + turn, y) for x, y in ring] for turn in shifts)
    return [half for part in moved if (half := _cut(_cut(part, 180.0, 1), -180.0, -1))]


def _cut(ring: Ring, edge: float, side: int) -> Ring:
    """The part on one side of a meridian (Sutherland & Hodgman 1974)."""
    kept: Ring = []
    for (ax, ay), (bx, by) in zip([ring[-1], *ring[:-1]] if ring else [], ring, strict=True):
        inside, before = side * bx <= side * edge, side * ax <= side * edge
        if inside != before:
            kept.append((edge, ay + (by - ay) * (edge - ax) / (bx - ax)))
        if inside:
            kept.append((bx, by))
    return kept


def _line(atlas: dict[str, Any], arc: int) -> Ring:
    """One arc, whose points the file gives as steps on a grid."""
    (sx, sy), (tx, ty) = atlas["transform"]["scale"], atlas["transform"]["translate"]
    x = y = 0
    line = []
    for dx, dy in atlas["arcs"][arc]:
        x, y = x + dx, y + dy
        line.append((x * sx + tx, y * sy + ty))
    return line


def area(ring: Ring) -> float:
    """Signed area by the shoelace formula."""
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs) / 2


def middle(ring: Ring) -> tuple[float, float]:
    """Centroid of a ring on a plane where longitudes shrink with the latitude's cosine."""
    shrink = math.cos(math.radians(sum(y for _, y in ring) / len(ring)))
    flat = [(x * shrink, y) for x, y in ring]
    whole = area(flat) or 1e-9
    pairs = list(zip(flat, [*flat[1:], flat[0]], strict=True))
    x = sum((a + c) * (a * d - c * b) for (a, b), (c, d) in pairs) / (6 * whole)
    y = sum((b + d) * (a * d - c * b) for (a, b), (c, d) in pairs) / (6 * whole)
    return x / shrink, y


def simplified(line: Ring, near: float = NEAR) -> Ring:
    """Douglas & Peucker 1973: without the points that lie close to the line of their neighbours."""
    if len(line) < 3:
        return line
    (ax, ay), (bx, by) = line[0], line[-1]
    length = math.hypot(bx - ax, by - ay)

    def off(point: tuple[float, float]) -> float:
        x, y = point
        if not length:
            return math.hypot(x - ax, y - ay)
        return abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length

    far = max(range(1, len(line) - 1), key=lambda place: off(line[place]))
    if off(line[far]) <= near:
        return [line[0], line[-1]]
    return simplified(line[: far + 1], near)[:-1] + simplified(line[far:], near)


def path(atlas: dict[str, Any]) -> str:
    """The land as one path, in steps of whole units between points."""
    written = []
    for shape in atlas["objects"]["land"]["geometries"]:
        parts = [half for ring in rings(atlas, shape) for half in halves(ring)]
        for ring in parts:
            if max(y for _, y in ring) < SOUTHMOST:
                continue
            places = (equal_earth(x, y) for x, y in ring)
            flat = simplified([(place.x * WIDTH, place.y * HEIGHT) for place in places])
            if abs(area(flat)) >= LEAST:
                written.append(_steps(flat))
    return "".join(written)


def _steps(ring: Ring) -> str:
    """Relative moves on a grid of half units, so that no rounding adds up."""
    grid = [(round(2 * x), round(2 * y)) for x, y in ring]
    steps = [(x - u, y - v) for (u, v), (x, y) in pairwise(grid) if (x, y) != (u, v)]
    pieces = [f"M{_half(grid[0][0])} {_half(grid[0][1])}l"]
    for place, (x, y) in enumerate(steps[:-1]):
        pieces += [_parted(_half(x), not place), _parted(_half(y), False)]
    return "".join(pieces) + "z"


def _half(number: int) -> str:
    """Half of a whole number, as short as SVG reads it."""
    text = f"{number / 2:.1f}".removesuffix(".0")
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text


def _parted(text: str, first: bool) -> str:
    return text if first or text.startswith("-") else f" {text}"


def centres(package: Path) -> dict[str, tuple[float, float]]:
    """The middle of each country's largest part, from the coarser file where it is there."""
    codes = {country.numeric: country.alpha3 for country in countries() if country.numeric}
    found: dict[str, tuple[float, float]] = {}
    for scale in ("10m", "50m"):
        atlas = json.loads((package / f"countries-{scale}.json").read_text())
        parts: dict[str, list[Ring]] = {}
        for shape in atlas["objects"]["countries"]["geometries"]:
            if shape.get("arcs") and str(shape.get("id")) in codes:
                parts.setdefault(codes[str(shape["id"])], []).extend(rings(atlas, shape))
        for code, held in parts.items():
            x, y = middle(max(held, key=lambda ring: abs(_true(ring))))
            found[code] = ((x + 180) % 360 - 180, y)
    return found | ADDED


def _true(ring: Ring) -> float:
    """The area on the equal-area plane."""
    return area([(place.x * WIDTH, place.y * HEIGHT) for place in (equal_earth(*p) for p in ring)])


def main() -> None:
    """Write both files."""
    package = Path(sys.argv[1])
    atlas = json.loads((package / "land-110m.json").read_text())
    head = "# Natural Earth {} (public domain), from npm world-atlas 2.0.2 by tools/draw_map.py.\n"
    land = head.format("1:110m land, version 4.1.0, Equal Earth projection, plane 1000 x 487")
    (DATA / "land.txt").write_text(land + path(atlas) + "\n", encoding="utf-8")
    found = centres(package)
    lacking = {country.alpha3 for country in countries()} - set(found)
    if lacking:
        raise SystemExit(f"no centre for {', '.join(sorted(lacking))}")
    rows = [f"{code}\t{x:.1f}\t{y:.1f}" for code, (x, y) in sorted(found.items())]
    text = head.format("1:50m and 1:10m countries, version 4.1.0") + (
        "# Degrees: the middle of each country's largest part; places that the source draws as a"
        " part of another\n# are set by hand. A place for a symbol, no statement on any status.\n"
    )
    (DATA / "centres.tsv").write_text(
        text + "\n".join(["alpha3\tlongitude\tlatitude", *rows]) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
