"""Charts: the same numbers always give the same SVG, and no number leaves the drawing."""

import math
import os
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.report.charts.bars import Bar, bars
from aequa.report.charts.lorenz import lorenz
from aequa.report.charts.matrix import goal_matrix
from aequa.report.charts.points import Point, points
from aequa.report.charts.svg import scale
from aequa.report.charts.trend import trend

SNAPSHOTS = Path(__file__).parent / "snapshots"
REWRITE = "AEQUA_REWRITE_SNAPSHOTS"
HOSTILE = '<script>alert(1)</script> & "quotes"'

STACK = Bar("Good health", "12.3 %", (("supports", 0.1), ("hinders", 0.023)), 0.11, 0.13, goal=3)
PLAIN = Bar(HOSTILE, "n/a", (("mixed", None),))
CHARTS = {
    "bars": bars("b", "Bars", "Two bars", [STACK, PLAIN]),
    "points": points("p", "Points", "One", [Point("All", "31 %", 0.31, 0.3, 0.32)]),
    "trend": trend(
        "t",
        "Trend",
        "Rises",
        [(2019, 0.01, 0.0, 0.02), (2020, None, None, None), (2022, 0.03, 0.02, 0.04)],
        label="Clean energy",
        goal=7,
    ),
    "matrix": goal_matrix("m", "Matrix", "Cells", [("Bias", {1: 0.0, 5: 0.02, 17: None})]),
    "lorenz": lorenz("l", "Lorenz", "Curve", {"Goals": [(0.0, 0.0), (0.5, 0.2), (1.0, 1.0)]}),
}


@pytest.mark.parametrize("name", sorted(CHARTS))
def test_chart_is_as_stored(name):
    path = SNAPSHOTS / f"{name}.svg"
    text = CHARTS[name].replace("><", ">\n<") + "\n"
    if os.environ.get(REWRITE):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"set {REWRITE}=1 to accept the new drawing"


@pytest.mark.parametrize("name", sorted(CHARTS))
def test_chart_has_title_description_and_role(name):
    root = ET.fromstring(CHARTS[name])
    space = "{http://www.w3.org/2000/svg}"
    assert root.get("role") == "img"
    named = {root.find(f"{space}title").get("id"), root.find(f"{space}desc").get("id")}
    assert set(root.get("aria-labelledby").split()) == named


def test_text_is_escaped():
    assert "<script>" not in CHARTS["bars"]
    assert "&lt;script&gt;" in CHARTS["bars"]


SHARE = st.one_of(st.none(), st.floats(0, 1))
ROW = st.tuples(SHARE, SHARE, SHARE)
FAST = settings(max_examples=60, deadline=None)


def drawn(svg: str) -> ET.Element:
    """The parsed chart, after checking that every length is finite and inside."""
    assert "nan" not in svg.lower().replace("nance", "")
    assert not re.search(r"\binf\b", svg)
    root = ET.fromstring(svg)
    height = float(root.get("height"))
    for element in root.iter():
        for length in ("x", "width", "x1", "x2", "cx"):
            held = element.get(length, "0")
            assert not held.endswith("%") or 0 <= float(held[:-1]) <= 100
        if element.tag.endswith("rect") and (element.get("x") or "").endswith("%"):
            right = float(element.get("x")[:-1]) + float(element.get("width")[:-1])
            assert right <= 100.02
            assert float(element.get("y")) + float(element.get("height")) <= height
        for point in (element.get("points") or "").split():
            assert all(0 <= float(end) <= 1000 for end in point.split(","))
    return root


@FAST
@given(st.lists(ROW, max_size=8), st.integers(1, 17))
def test_bars_stay_inside(rows, goal):
    marks = [
        Bar("a", "b", (("supports", share), ("goal", share and share / 3)), low, high, goal)
        for share, low, high in rows
    ]
    drawn(bars("k", "t", "d", marks))


@FAST
@given(st.lists(ROW, max_size=8))
def test_points_stay_inside(rows):
    drawn(points("k", "t", "d", [Point("a", "b", *row) for row in rows]))


@FAST
@given(st.dictionaries(st.integers(1800, 2100), ROW, max_size=9))
def test_trend_stays_inside(years):
    held = [(year, *row) for year, row in years.items()]
    drawn(trend("k", "t", "d", held, label="x"))


@FAST
@given(st.dictionaries(st.integers(1, 17), SHARE, max_size=17))
def test_matrix_has_a_cell_per_goal(cells):
    root = drawn(goal_matrix("k", "t", "d", [("row", cells)]))
    cells_drawn = [
        cell for cell in root.iter() if re.match(r"cell (heat|none)", cell.get("class") or "")
    ]
    assert len(cells_drawn) == 17 + 7


@FAST
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=9))
def test_lorenz_stays_inside(ends):
    drawn(lorenz("k", "t", "d", {"Goals": ends}))


@FAST
@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=5))
def test_scale_ends_above_every_value(values):
    top, marks = scale(values)
    assert marks[0] == 0
    assert math.isclose(marks[-1], top)
    assert all(value <= top * 1.001 for value in values if value is not None and value > 1e-9)
    assert len(marks) <= 6
