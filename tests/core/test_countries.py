from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aequa.core.countries import alpha3_of_alpha2, countries, is_country, name_of

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
CODES = SHARED / "reference" / "country_codes_ISO-3166-Countries-with-Regional-Codes.csv"


def test_iso_has_249_entries_and_kosovo_stands_beside_them() -> None:
    numbered = [country for country in countries() if country.numeric is not None]
    assert len(numbered) == 249
    assert [c.alpha3 for c in countries() if c.numeric is None] == ["XKX"]


def test_codes_are_unique_and_well_formed() -> None:
    for column, size in ((0, 3), (1, 2)):
        codes = [country[column] for country in countries()]
        assert len(set(codes)) == len(codes) == 250
        assert all(len(code) == size and code.isalpha() and code.isupper() for code in codes)
    assert [country.alpha3 for country in countries()] == sorted(c.alpha3 for c in countries())
    assert all(country.name == country.name.strip() != "" for country in countries())


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("DE", "DEU"),
        ("de", "DEU"),
        (" gb ", "GBR"),
        ("UK", "GBR"),
        ("EL", "GRC"),
        ("GR", "GRC"),
        ("XK", "XKX"),
        ("TW", "TWN"),
        ("HK", "HKG"),
        ("CD", "COD"),
        ("CG", "COG"),
        ("KP", "PRK"),
        ("KR", "KOR"),
        ("", None),
        ("ZZ", None),
        ("DEU", None),
        ("İ", None),
    ],
)
def test_alpha2(code: str, expected: str | None) -> None:
    assert alpha3_of_alpha2(code) == expected


def test_names_and_membership() -> None:
    assert name_of("CIV") == "Côte d'Ivoire"
    assert name_of("PRK") == "Democratic People's Republic of Korea"
    assert name_of("ZZZ") is None
    assert is_country("XKX")
    assert not is_country("xkx")


@given(st.text(max_size=4))
@settings(max_examples=100, deadline=None)
def test_any_text_gives_a_country_or_none(code: str) -> None:
    found = alpha3_of_alpha2(code)
    assert found is None or is_country(found)


@pytest.mark.skipif(not CODES.exists(), reason="shared reference tables are not here")
def test_codes_agree_with_the_reference_table() -> None:
    with CODES.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    reference = {(row["alpha-3"], row["alpha-2"], row["country-code"]) for row in rows}
    ours = {(c.alpha3, c.alpha2, c.numeric) for c in countries() if c.numeric}
    assert ours == reference
