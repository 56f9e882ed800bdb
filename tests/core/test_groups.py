from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from aequa.core.countries import countries, is_country
from aequa.core.errors import SpecError
from aequa.core.groups import TABLE, as_table, groupings, groups, notes

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
CODES = SHARED / "reference" / "country_codes_ISO-3166-Countries-with-Regional-Codes.csv"
INCOME_2018 = SHARED / "indicators" / "wdi" / "WDICountry_2019.csv"

MOVED_SINCE_2018 = """
ARG ASM BEN BGR COM CPV CRI ETH GEO GIN GUY HTI IDN JOR LBN MDA MNG NAM NPL NRU ROU RUS SDN SEN SLV
TJK TZA UKR VEN XKX ZWE
"""
"""Economies whose income group of July 2025 differs from the one of July 2018."""


@pytest.mark.parametrize("grouping", [each.grouping for each in groupings()])
def test_every_country_has_a_value_in_every_grouping(grouping: str) -> None:
    values = groups(grouping)
    assert list(values) == [country.alpha3 for country in countries()]
    assert all(value.strip() for value in values.values())


@pytest.mark.parametrize(
    ("grouping", "counts"),
    [
        ("income", {"low": 25, "lower-middle": 50, "upper-middle": 54, "high": 88}),
        ("north_south", {"North": 67, "South": 182, "unclassified": 1}),
        ("ldc", {"LDC": 44, "other": 206}),
        ("lldc", {"LLDC": 32, "other": 218}),
        ("sids", {"SIDS": 39, "associate": 18, "other": 193}),
    ],
)
def test_counts(grouping: str, counts: dict[str, int]) -> None:
    found = Counter(groups(grouping).values())
    assert {group: found[group] for group in counts} == counts


@pytest.mark.parametrize(
    ("grouping", "group", "members"),
    [
        ("income", "unclassified", "VEN ETH"),
        ("income", "high", "RUS BGR CRI PLW GUY PAN ROU TWN HKG CHL GGY JEY"),
        ("income", "upper-middle", "CHN BRA ZAF MEX IDN ARG UKR DZA IRN CPV WSM MNG"),
        ("income", "lower-middle", "IND KEN NGA EGY PAK BGD JOR LBN NAM PSE TZA"),
        ("income", "low", "AFG COD SDN SYR YEM RWA UGA PRK"),
        ("region", "unclassified", "ATA"),
        ("region", "Asia", "CYP TUR GEO TWN ISR"),
        ("region", "Europe", "RUS XKX UKR"),
        ("subregion", "Northern Africa", "SDN EGY"),
        ("north_south", "North", "ISR JPN KOR AUS NZL CYP RUS USA XKX BMU"),
        ("north_south", "South", "CHN IND BRA ZAF SGP TUR MEX TWN HKG SAU KAZ"),
        ("ldc", "other", "BTN STP VUT GNQ MDV"),
        ("ldc", "LDC", "BGD NPL LAO TLS HTI TUV RWA AGO"),
        ("lldc", "LLDC", "BTN MKD KAZ BOL ZWE SWZ"),
        ("lldc", "other", "CHE AUT SRB"),
        ("sids", "SIDS", "SGP CUB COK NIU GNB BLZ"),
        ("sids", "other", "BHR LKA MLT"),
        ("sids", "associate", "PRI GUM BMU"),
    ],
)
def test_famous_members(grouping: str, group: str, members: str) -> None:
    expected = set(members.split())
    assert {code for code in expected if groups(grouping)[code] != group} == set()


def test_unknown_grouping_names_the_choices() -> None:
    with pytest.raises(SpecError, match=r"income.*sids"):
        groups("wealth")


def test_table_joins_in_duckdb() -> None:
    table = as_table()
    assert table.schema == TABLE
    assert table.num_rows == 250 * len(groupings())
    assert set(table["country"].to_pylist()) == {country.alpha3 for country in countries()}
    connection = duckdb.connect()
    connection.register("country_groups", table)
    sql = """select count(*) from country_groups where "grouping" = 'ldc' and "group" = 'LDC'"""
    assert connection.execute(sql).fetchone() == (44,)


def test_notes_name_countries() -> None:
    assert all(is_country(code) and note for code, note in notes().items())
    assert {"TWN", "VEN", "ETH", "CYP"} <= notes().keys()


@pytest.mark.skipif(not CODES.exists(), reason="shared reference tables are not here")
def test_regions_agree_with_the_reference_table() -> None:
    with CODES.open(encoding="utf-8") as lines:
        rows = {row["alpha-3"]: row for row in csv.DictReader(lines)}
    for code, row in rows.items():
        if row["region"]:
            assert groups("region")[code] == row["region"]
            assert groups("subregion")[code] == row["sub-region"]


@pytest.mark.skipif(not INCOME_2018.exists(), reason="shared indicators are not here")
def test_income_differs_from_2018_only_where_the_world_bank_moved_a_country() -> None:
    short = {"High": "high", "Low": "low", "Lower": "lower-middle", "Upper": "upper-middle"}
    with INCOME_2018.open(encoding="utf-8-sig") as lines:
        rows = [row for row in csv.DictReader(lines) if row["Income Group"]]
    then = {row["Country Code"]: short[row["Income Group"].split()[0]] for row in rows}
    moved = {
        code for code, group in then.items() if is_country(code) and groups("income")[code] != group
    }
    assert sorted(moved) == MOVED_SINCE_2018.split()
