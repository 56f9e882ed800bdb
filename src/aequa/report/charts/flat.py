"""The page's style sheet without the page: each element's look as attributes of its own.

A chart of the page gets its looks from classes, custom properties and ``color-mix``, which many
programs that read SVG do not know. Here the rules for charts are read from the style sheet, in
its light colours, and written into the elements.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from aequa.report.charts.flat_colour import resolved

PROPERTIES = frozenset(
    (
        *("fill", "fill-opacity", "opacity", "stroke", "stroke-width", "stroke-dasharray"),
        *("stroke-opacity", "stroke-linejoin", "stroke-linecap", "paint-order"),
        *("vector-effect", "font-size", "font-weight", "rx"),
    )
)
SPACE = "{http://www.w3.org/2000/svg}"
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SIMPLE = re.compile(r"([a-z]*)((?:\.[\w-]+|:not\([^()]*\))*)")


class Rule(NamedTuple):
    """One selector with its declarations; ``weight`` orders rules as CSS does."""

    weight: tuple[int, int]
    tag: str
    classes: frozenset[str]
    without: tuple[str, ...]
    """What an element must not have: ``[fill]`` or a class."""
    looks: tuple[tuple[str, str], ...]


@cache
def rules() -> tuple[Rule, ...]:
    """The rules of the style sheet that dress charts, the weakest first."""
    text = files("aequa.report").joinpath("templates/style.css").read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    light = dict(re.findall(r"(--[\w-]+):\s*([^;]+);", text.partition("}")[0]))
    found = [rule for rule in _rules(_plain(text), light) if rule.looks]
    return tuple(sorted(found, key=lambda rule: rule.weight))


def _plain(text: str) -> str:
    """The style sheet without its blocks for media, which hold rules in turn."""
    return re.sub(r"@[\w-]+[^{}]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", text)


def _rules(text: str, light: dict[str, str]) -> Iterator[Rule]:
    for selectors, body in _RULE.findall(text):
        pairs = (line.split(":", 1) for line in body.split(";") if ":" in line)
        looks = tuple(
            (name.strip(), resolved(value.strip(), light))
            for name, value in pairs
            if name.strip() in PROPERTIES
        )
        for selector in selectors.split(","):
            rule = _selector(selector.strip(), looks)
            if rule:
                yield rule


def _selector(selector: str, looks: tuple[tuple[str, str], ...]) -> Rule | None:
    """The rule of one selector, or None where it needs more of the page than the chart."""
    inner = re.sub(r"^(svg)?\.chart ", "", selector)
    found = _SIMPLE.fullmatch(inner)
    if not found or not inner:
        return None
    tag, rest = found.groups()
    without = tuple(re.findall(r":not\(([^()]*)\)", rest))
    classes = frozenset(re.findall(r"\.([\w-]+)", re.sub(r":not\([^()]*\)", "", rest)))
    weight = len(classes) + len(without) + (inner != selector)
    return Rule((weight, bool(tag)), tag, classes, without, looks)


def dress(root: ET.Element) -> None:
    """Give every element of a chart its looks as attributes, and take its classes away."""
    for element in root.iter():
        has = set((element.get("class") or "").split())
        painted = element.get("fill") is not None
        tag = element.tag.removeprefix(SPACE)
        for rule in rules():
            if _fits(rule, tag, has, painted):
                for name, value in rule.looks:
                    element.set(name, value.removesuffix("px"))
        element.attrib.pop("class", None)


def _fits(rule: Rule, tag: str, has: set[str], painted: bool) -> bool:
    if rule.tag not in ("", tag) or not (rule.tag or rule.classes) or not rule.classes <= has:
        return False
    return not any(painted if part == "[fill]" else part[1:] in has for part in rule.without)


def flatten(chart: ET.Element, across: float) -> None:
    """Turn the stretched planes of a chart ``across`` pixels wide into plain pixels.

    Lines of a stretched plane keep their width by ``vector-effect``, which few programs know.
    """
    for plane in [each for each in chart.iter(f"{SPACE}svg") if _is_stretched(each)]:
        _, _, wide, high = (float(part) for part in (plane.get("viewBox") or "").split())
        sx, sy = across / wide, float(plane.get("height") or 0) / high
        for line in plane.iter():
            if line.get("points"):
                pairs = (pair.split(",") for pair in (line.get("points") or "").split())
                ends = (f"{float(x) * sx:.1f},{float(y) * sy:.1f}" for x, y in pairs)
                line.set("points", " ".join(ends))
        del plane.attrib["viewBox"], plane.attrib["preserveAspectRatio"]


def _is_stretched(plane: ET.Element) -> bool:
    """Whether a plane holds curves stretched over a height in pixels."""
    return (
        plane.get("preserveAspectRatio") == "none"
        and plane.get("width") == "100%"
        and not (plane.get("height") or "").endswith("%")
    )
