"""Chord diagram and signed matrix: every link is drawn once, with its sign, and nothing else."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.report.charts.chord import chord
from aequa.report.charts.signed import shade, signed_matrix

SVG = "{http://www.w3.org/2000/svg}"
GOALS = st.integers(1, 17)
LINKS = st.dictionaries(
    st.tuples(GOALS, GOALS).filter(lambda pair: pair[0] < pair[1]),
    st.floats(-1, 1).filter(lambda value: abs(value) > 0.001),
    max_size=20,
)


@settings(max_examples=20, deadline=None)
@given(LINKS)
def test_a_chord_has_a_band_for_each_link(links: dict[tuple[int, int], float]) -> None:
    tree = ElementTree.fromstring(chord("c", "Links <1>", "All & more", links))
    kinds = [path.get("class") for path in tree.iter(f"{SVG}path") if path.get("class")]
    assert sorted(kinds) == sorted(
        f"tie {'synergy' if value > 0 else 'tradeoff'}" for value in links.values()
    )
    assert len(list(tree.iter(f"{SVG}text"))) == 17


def test_the_strongest_band_is_the_widest_and_drawn_last() -> None:
    drawn = chord("c", "t", "d", {(1, 2): 0.5, (3, 4): -0.25})
    widths = [float(width) for width in re.findall(r'stroke-width="([\d.]+)"', drawn)]
    assert widths == [3.5, 7.0]


@settings(max_examples=20, deadline=None)
@given(LINKS)
def test_a_matrix_marks_the_links_that_are_sure(links: dict[tuple[int, int], float]) -> None:
    sure = frozenset(list(links)[:3])
    tree = ElementTree.fromstring(signed_matrix("m", "t", "d", links, sure))
    drawn = [one.get("class") or "" for one in tree.iter(f"{SVG}rect")]
    assert len(drawn) == 17 + 17 + 17 * 16
    assert sum("sure" in css for css in drawn) == len(sure)
    assert sum("none" in css for css in drawn) == 17 * 16 - len(links)
    marks = [text.text for text in tree.iter(f"{SVG}text")]
    assert marks.count("+") == sum(links[pair] > 0 for pair in sure)
    assert marks.count("−") == sum(links[pair] < 0 for pair in sure)


@given(st.floats(-1, 1), st.floats(0.01, 1))
def test_shades_have_a_sign_and_seven_steps(value: float, top: float) -> None:
    css = shade(value, top)
    assert re.fullmatch("heat[0-6]|cold[1-6]", css)
    assert css.startswith("cold") == (value < 0)
