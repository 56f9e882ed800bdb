from __future__ import annotations

import pyarrow as pa
import pytest

from aequa.core.errors import InputError
from aequa.divide.language import LANGUAGES, RESOURCES, coverage, ranged

SPOKEN = pa.table(
    [
        ["KEN", "KEN", "KEN", "TWN", "TWN", "ATA"],
        ["sw", "ki", "en", "zh_Hant", "nan", "en"],
        [60.0, 20.0, 20.0, 90.0, 10.0, 0.0],
    ],
    names=LANGUAGES.names,
)
HOURS = pa.table(
    [["sw", "en", "zh-TW", "zh-HK", "ki"], [300.0, 2000.0, 60.0, 50.0, 12.0]],
    names=RESOURCES.names,
)


def test_shares_of_speakers_by_country() -> None:
    rows = {row["country"]: row for row in coverage(SPOKEN, HOURS, 100).to_pylist()}
    assert rows["KEN"] == {"country": "KEN", "languages": 3, "covered": 2, "share": 80.0}
    assert rows["TWN"]["share"] == 90.0  # 60 + 50 hours of Chinese, none of Min Nan
    assert rows["ATA"]["share"] is None


def test_the_range_is_over_thresholds() -> None:
    rows = {row["country"]: row for row in ranged(SPOKEN, HOURS).to_pylist()}
    assert (rows["KEN"]["low"], rows["KEN"]["share"], rows["KEN"]["high"]) == (20.0, 80.0, 100.0)
    assert rows["ATA"]["low"] is None


def test_more_hours_asked_for_never_cover_more() -> None:
    shares = [coverage(SPOKEN, HOURS, hours)["share"][1].as_py() for hours in (0, 12, 111, 5000)]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] == 100


@pytest.mark.parametrize("wrong", [-1.0, None, float("nan")])
def test_a_wrong_number_is_named(wrong: float | None) -> None:
    rows = pa.table([["sw"], [wrong]], names=RESOURCES.names)
    with pytest.raises(InputError, match="hours, language sw"):
        coverage(SPOKEN, rows, 100)


def test_no_languages_no_rows() -> None:
    assert coverage(LANGUAGES.empty_table(), HOURS, 100).num_rows == 0
    assert ranged(LANGUAGES.empty_table(), HOURS).num_rows == 0
