"""A chart of the page as a file of its own: SVG of a fixed width, and PNG.

What leaves the page takes its title and its source along, so that a picture in a slide or a
message still says what it shows and where it is from.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from aequa.report.charts import svg as elements
from aequa.report.charts.apart import width
from aequa.report.charts.flat import SPACE, dress, flatten
from aequa.report.words import direction

WIDTH = 760.0
MARGIN = 24.0
FONTS = "Noto Sans, Liberation Sans, DejaVu Sans, WenQuanYi Micro Hei, Arial, Helvetica, sans-serif"
ZOOM = 1.5
"""Pixels of a PNG per pixel of the chart."""
_GAP = 20.0
_ROOM = WIDTH - 2 * MARGIN


class Caption(NamedTuple):
    """What stands above and below the picture."""

    title: str
    source: str = ""
    """Basis, origin, version and date; long ones are broken into lines."""
    legend: tuple[tuple[str, str], ...] = ()
    """Class of a colour and what it stands for, as a figure of the page has them."""


def svg(markup: str, caption: Caption | str) -> str:
    """The chart as an SVG document that needs nothing else; looks are attributes, light colours.

    >>> "<style" in svg('<svg xmlns="http://www.w3.org/2000/svg" height="9"/>', "Works")
    False
    """
    return sheet([markup], caption)


def sheet(markups: Sequence[str], caption: Caption | str, columns: int = 1) -> str:
    """Several charts as one document, in columns from left to right."""
    held = caption if isinstance(caption, Caption) else Caption(caption)
    charts = [ET.fromstring(str(markup)) for markup in markups]
    root = ET.Element(f"{SPACE}svg", {"role": "img", "font-family": FONTS, "font-size": "13"})
    bottom = _write(root, _broken(held.title, 17.0), MARGIN + 18, 17.0, "#1d1c1a", "600") + 12
    bottom = _legend(root, held.legend, bottom)
    bottom = _place(root, charts, bottom, columns)
    bottom = _write(root, _broken(held.source, 11.0), bottom + 14, 11.0, "#5b5851", "400")
    height = round(bottom + MARGIN - 8)
    root.set("width", f"{WIDTH:g}")
    root.set("height", str(height))
    root.set("viewBox", f"0 0 {WIDTH:g} {height}")
    root.insert(0, ET.Element(f"{SPACE}rect", {"width": "100%", "height": "100%", "fill": "#fff"}))
    told = [told for chart in charts for told in [chart.find(f"{SPACE}desc")] if told is not None]
    for name, text in (("desc", " ".join(one.text or "" for one in told)), ("title", held.title)):
        element = ET.Element(f"{SPACE}{name}")
        element.text = text
        root.insert(0, element)
    ET.register_namespace("", SPACE[1:-1])
    return ET.tostring(root, encoding="unicode") + "\n"


def _legend(root: ET.Element, legend: Sequence[tuple[str, str]], top: float) -> float:
    """A row of colours and words; the place below it."""
    if not legend:
        return top
    pieces, x = [], MARGIN
    for css, words in legend:
        pieces.append(elements.rect(x, 0, 13, 13, f"bar {css}"))
        pieces.append(elements.text(x + 19, 11, words, "label"))
        x += 40 + width(words) * 1.1
    row = ET.fromstring(elements.frame("legend", "", "", 26, pieces))
    dress(row)
    for name in ("role", "aria-labelledby"):
        row.attrib.pop(name)
    row[:] = [each for each in row if each.tag not in (f"{SPACE}title", f"{SPACE}desc")]
    row.set("y", f"{top:g}")
    root.append(row)
    return top + 28


def _place(root: ET.Element, charts: Sequence[ET.Element], top: float, columns: int) -> float:
    """Put the charts in rows from ``top``; the place below the last row."""
    across = (_ROOM - _GAP * (columns - 1)) / columns
    bottom = top
    for place, chart in enumerate(charts):
        column = place % columns
        top = bottom if column == 0 else top
        flatten(chart, across)
        dress(chart)
        for name in ("role", "aria-labelledby"):
            chart.attrib.pop(name, None)
        height = float(chart.get("height") or 0)
        chart.set("x", f"{MARGIN + column * (across + _GAP):g}")
        chart.set("y", f"{top:g}")
        chart.set("width", f"{across:g}")
        chart.set("overflow", "visible")
        root.append(chart)
        bottom = max(bottom, top + height + (_GAP if columns > 1 else 0))
    return bottom


def _broken(text: str, size: float) -> list[str]:
    """Lines that fit the width; between signs of East Asia a line may break anywhere."""
    lines, room = [""], _ROOM / size * 12.4
    for word in re.findall(r"[\u2e80-\uffef]\s*|[^\s\u2e80-\uffef]+\s*", text):
        if lines[-1] and width(lines[-1] + word.rstrip()) > room:
            lines.append(word)
        else:
            lines[-1] += word
    return [line.rstrip() for line in lines if line.strip()]


def _write(
    root: ET.Element, lines: Sequence[str], y: float, size: float, ink: str, weight: str
) -> float:
    """Write lines of text below one another; the last one's base line."""
    place = {"x": f"{MARGIN:g}"}
    if direction() == "rtl":
        place = {"x": f"{WIDTH - MARGIN:g}", "text-anchor": "end"}
    for line in lines:
        look = {"font-size": f"{size:g}", "font-weight": weight, "fill": ink}
        element = ET.SubElement(root, f"{SPACE}text", {**place, "y": f"{y:g}", **look})
        element.text = line
        y += size * 1.45
    return y - size * 1.45 if lines else y


def png(drawn: str, zoom: float = ZOOM) -> bytes:
    """The document as a picture, ``zoom`` pixels to a pixel of the chart.

    Raises:
        ValueError: it is not SVG.
    """
    import resvg_py

    return bytes(resvg_py.svg_to_bytes(svg_string=drawn, zoom=zoom, background="#ffffff"))


@cache
def writes_text() -> bool:
    """Whether this machine has a font that pictures can be lettered with."""
    blank = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">{}</svg>'
    lettered = f'<text x="4" y="30" font-size="24" font-family="{FONTS}">M</text>'
    return png(blank.format(lettered), 1) != png(blank.format(""), 1)
