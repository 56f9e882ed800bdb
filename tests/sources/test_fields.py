"""Identifiers as exports, links and people print them."""

from __future__ import annotations

import pytest

from aequa.sources import fields


@pytest.mark.parametrize(
    "printed",
    [
        "10.1000/ab_c",
        "https://doi.org/10.1000%2FAb_c",
        "DOI: 10.1000/ab_c.",
        "(10.1000/ab_c)",
        "<10.1000/ab_c>",
        "[10.1000/ab_c].",
        '"10.1000/ab_c",',
        "10.1000/ab_c\u200b",
        "10.1000/ab\\_c",
        "10.1000\\/ab_c",
        "https://doi.org/10.1000/ab_c/",
        "https://doi.org/10.1000/ab_c?utm_source=mail&x=1",
        "https://doi.org/10.1000/ab_c#sec1",
        "10.1000/ab_c&partnerID=40",
        "10.1000/ab_c;10.1000/other",
        "10.1000/ab_c</p>",
    ],
)
def test_one_doi_however_it_is_printed(printed: str) -> None:
    assert fields.doi(printed) == "doi:10.1000/ab_c"


@pytest.mark.parametrize(
    "odd",
    [
        "10.1002/(sici)1097-4571(199806)49:8<693::aid-asi4>3.0.co;2-o",
        "10.1016/s0140-6736(20)30183-5",
        "10.1016/0004-3702(90)90001-x",
        "10.1175/1520-0469(1981)038<1179:tsotta>2.0.co;2",
        "10.1000/a&b",
    ],
)
def test_a_doi_of_odd_characters_stays_whole(odd: str) -> None:
    assert fields.doi(odd) == f"doi:{odd}"


@pytest.mark.parametrize("nothing", ["10.1000/...", "10.10/x", "10.1000", "", None, "n/a"])
def test_no_doi(nothing: str | None) -> None:
    assert fields.doi(nothing) is None
