"""Charts: the same numbers always give the same SVG, and no number leaves the drawing."""

import math
import os
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.report import words
from aequa.report.charts import flat, standalone
from aequa.report.charts.apart import Spot as Mark
from aequa.report.charts.apart import placed, width
from aequa.report.charts.atlas import Key, Spot, atlas
from aequa.report.charts.bars import Bar, bars
from aequa.report.charts.globe import HEIGHT, WIDTH, centres, equal_earth, land
from aequa.report.charts.lorenz import lorenz
from aequa.report.charts.matrix import goal_matrix
from aequa.report.charts.points import Point, points
from aequa.report.charts.ranks import Ranked, ranks
from aequa.report.charts.scatter import Dot, Scale, scatter
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
    "ranks": ranks("r", "Ranks", "Three", [Ranked(HOSTILE, 1, 1, 2, True), Ranked("B", 2, 1, 3)]),
    "scatter": scatter(
        "s",
        "Scatter",
        "Two",
        [Dot("Kenya", 0.001, 40.0, "0.1 %, 40"), Dot(HOSTILE, 0.5, 90.0, "50 %, 90")],
        Scale("Share", 0.0001, 1.0, ((0.01, "1 %"),), log=True),
        Scale("Score", 0, 100, ((0, "0"), (100, "100"))),
    ),
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


MAP = atlas(
    "a",
    "Map",
    "Three",
    [Spot("KEN", "Kenya", "9", 1.0), Spot("TUV", HOSTILE, "1", 0.0), Spot("???", "No", "1", 1.0)],
    [Key("9 works", 1.0), Key("1 work", 0.0)],
)


@pytest.mark.parametrize("chart", [CHARTS["bars"], CHARTS["ranks"], CHARTS["scatter"], MAP])
def test_text_is_escaped(chart):
    assert "<script>" not in chart
    assert "&lt;script&gt;" in chart


def test_map_has_coasts_a_mark_per_known_country_and_no_border():
    root = drawn(MAP)
    marks = [each for each in root.iter() if each.tag.endswith("circle")]
    assert [each[0].text for each in marks if len(each)] == ["Kenya: 9", f"{HOSTILE}: 1"]
    assert len([each for each in root.iter() if each.tag.endswith("path")]) == 1
    assert len(marks) == 2 + 2, "two countries and two lines of the legend"


def test_every_country_has_a_place_inside_the_map():
    from aequa.core.countries import countries

    assert {country.alpha3 for country in countries()} <= set(centres())
    for place in centres().values():
        assert 0 <= place.x <= 1
        assert 0 <= place.y <= 0.95


KNOWN = {"KEN": (37.9, 0.2), "FJI": (178.0, -17.8), "RUS": (99, 62), "CHL": (-71, -36)}


@pytest.mark.parametrize("code", sorted(KNOWN))
def test_centres_are_where_the_countries_are(code):
    there, here = equal_earth(*KNOWN[code]), centres()[code]
    assert math.hypot(there.x - here.x, there.y - here.y) < 0.02


@settings(max_examples=60, deadline=None)
@given(st.floats(-180, 180), st.floats(-89, 89))
def test_projection_keeps_areas(longitude, latitude):
    """A small cell's area on the plane is its area on the sphere, up to one factor."""
    step = 0.01
    corner, right, up = (
        equal_earth(longitude + a * step, latitude + b * step) for a, b in ((0, 0), (1, 0), (0, 1))
    )
    sides = ((one.x - corner.x, (corner.y - one.y) * HEIGHT / WIDTH) for one in (right, up))
    (a, b), (c, d) = sides
    sphere = math.cos(math.radians(latitude + step / 2))
    middle = equal_earth(step, 0).x - 0.5, (0.5 - equal_earth(0, step).y) * HEIGHT / WIDTH
    assert math.isclose((a * d - b * c) / sphere, middle[0] * middle[1], rel_tol=2e-3)


def test_land_lies_on_the_plane():
    numbers = re.findall(r"M(-?[\d.]+) (-?[\d.]+)", land())
    assert len(numbers) > 50
    assert all(0 <= float(x) <= WIDTH and 0 <= float(y) <= HEIGHT for x, y in numbers)


SPOTS = st.lists(
    st.tuples(st.floats(0, 760), st.floats(0, 380), st.floats(0, 30), st.sampled_from(["", "Ab"])),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(SPOTS)
def test_names_stay_inside_and_apart(spots):
    names = placed([Mark(*spot) for spot in spots], 760, 380)
    for place, name in enumerate(names):
        assert name.x >= 0
        assert name.x + width(name.text) <= 760
        for other in names[:place]:
            apart = abs(name.y - other.y) >= 13 or abs(name.x - other.x) >= width("Ab")
            assert apart, (name, other)


SHARE = st.one_of(st.none(), st.floats(0, 1))
ROW = st.tuples(SHARE, SHARE, SHARE)
FAST = settings(max_examples=60, deadline=None)


def drawn(svg: str) -> ET.Element:
    """The parsed chart, after checking that every length is finite and inside."""
    assert "nan" not in svg.lower().replace("nance", "")
    assert not re.search(r"\binf\b", svg)
    root = ET.fromstring(svg)
    height = float(root.get("height"))
    space = "{http://www.w3.org/2000/svg}"
    assert root.find(f"{space}title").text
    assert root.find(f"{space}desc") is not None
    for element in root.iter():
        for length in ("x", "width", "x1", "x2", "cx", "cy"):
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


RANK = st.tuples(st.integers(1, 300), st.integers(1, 300), st.integers(1, 300))


@FAST
@given(st.lists(RANK, max_size=40))
def test_ranks_stay_inside(rows):
    marks = [Ranked("A", mid, *sorted((low, high)), named=True) for low, mid, high in rows]
    marks = [mark for mark in marks if mark.low <= mark.rank <= mark.high]
    root = drawn(ranks("k", "t", "d", marks))
    height = float(root.get("height"))
    for each in root.iter():
        if each.tag.endswith("line"):
            assert all(0 <= float(each.get(end)) <= height for end in ("y1", "y2"))


@FAST
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(-10, 110)), max_size=20))
def test_scatter_stays_inside(dots):
    across = Scale("x", 0.001, 1.0, ((0.01, "1 %"),), log=True)
    up = Scale("y", 0, 100, ((0, "0"),))
    marks = [Dot(f"n{place}", x, y, "") for place, (x, y) in enumerate(dots)]
    root = drawn(scatter("k", "t", "d", marks, across, up))
    assert len([each for each in root.iter() if each.tag.endswith("circle")]) == len(dots)


@FAST
@given(st.lists(st.tuples(st.sampled_from(sorted(centres())), st.floats(0, 1)), max_size=30))
def test_map_stays_inside(sizes):
    drawn(atlas("k", "t", "d", [Spot(code, code, "1", size) for code, size in sizes]))


ALL = {**CHARTS, "atlas": MAP}


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_standalone_chart_needs_nothing_else(name):
    text = standalone.svg(ALL[name], standalone.Caption("Title & more", "Source " * 60))
    root = ET.fromstring(text)
    assert root.get("width") == "760"
    assert root.get("viewBox") == f"0 0 760 {root.get('height')}"
    assert "class=" not in text
    assert "<style" not in text
    assert not re.search(r"var\(|color-mix|url\(|href", text)
    words = [each.text for each in root.iter() if each.tag.endswith("}text")]
    assert "Title & more" in words
    assert sum(word.startswith("Source") for word in words) > 1, "a long source has several lines"
    inked = [each for each in root.iter() if each.tag.endswith(("}rect", "}text", "}circle"))]
    assert all(each.get("fill") for each in inked if each.get("stroke") is None)


def test_a_standalone_chart_looks_as_on_the_page():
    text = standalone.svg(CHARTS["bars"], "Bars")
    assert text.count('fill="#0072b2"') == 1, "supports, in the light colours"
    assert text.count('fill="#d55e00"') == 1, "hinders"
    weights = {rule.weight for rule in flat.rules()}
    assert len(flat.rules()) > 30
    assert min(weights) < max(weights)


def test_a_standalone_curve_is_in_pixels_and_keeps_its_width():
    root = ET.fromstring(standalone.svg(CHARTS["lorenz"], "Lorenz"))
    curve = next(each for each in root.iter() if each.get("stroke-width") == "2.4")
    assert curve.get("points") == "0.0,280.0 356.0,224.0 712.0,0.0"
    assert "preserveAspectRatio" not in ET.tostring(root, encoding="unicode")


def test_a_standalone_chart_says_what_its_colours_are():
    caption = standalone.Caption("Bars", legend=(("supports", "supports"), ("hinders", "harms")))
    root = ET.fromstring(standalone.svg(CHARTS["bars"], caption))
    words = [each.text for each in root.iter() if each.tag.endswith("}text")]
    assert words[1:3] == ["supports", "harms"]
    fills = [each.get("fill") for each in root.iter() if each.tag.endswith("}rect")]
    assert fills[1:3] == ["#0072b2", "#d55e00"]


def test_a_standalone_chart_is_written_in_the_readers_direction():
    with words.speaking("ar"):
        text = standalone.svg(CHARTS["points"], standalone.Caption("العنوان"))
    title = next(
        each for each in ET.fromstring(text).iter() if each.text == "العنوان" and each.attrib
    )
    assert (title.get("x"), title.get("text-anchor")) == ("736", "end")


def test_a_source_without_spaces_is_broken_too():
    text = standalone.svg(CHARTS["points"], standalone.Caption("水", "来源" * 90))
    lines = [
        each.text for each in ET.fromstring(text).iter() if set(each.text or "") == set("来源")
    ]
    assert len(lines) >= 3
    assert "".join(lines) == "来源" * 90


def test_a_sheet_holds_all_panels_in_columns():
    text = standalone.sheet([CHARTS["trend"]] * 5, "Trends", columns=3)
    inner = [each for each in ET.fromstring(text) if each.tag.endswith("}svg")]
    assert [each.get("x") for each in inner] == ["24", "268", "512", "24", "268"]
    assert inner[3].get("y") != inner[0].get("y")


@pytest.mark.skipif(not standalone.writes_text(), reason="no font on this machine")
@pytest.mark.parametrize("name", sorted(ALL))
def test_a_picture_shows_the_chart_and_its_words(name):
    drawn_, empty = (
        standalone.png(standalone.svg(chart, caption), 1)
        for chart, caption in ((ALL[name], "Title"), (EMPTY, ""))
    )
    assert drawn_.startswith(b"\x89PNG")
    assert len(drawn_) > 2 * len(empty)


EMPTY = '<svg xmlns="http://www.w3.org/2000/svg" height="300"/>'


def test_what_is_no_svg_is_refused():
    with pytest.raises(ValueError):
        standalone.png("no picture")
