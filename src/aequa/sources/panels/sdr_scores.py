"""Goal scores of the Sustainable Development Report by country and year, as a CSV file.

The layout of 2023, plain or gzipped: ``country_code,country,year,sdg_index_score,goal_1_score`` to
``goal_17_score``. Such files write 0 both for a score of 0 and for no score. A goal that is 0 in
every year of a country is taken as missing, a 0 among other values as a score: the file's own
index, a mean of 17 goals, agrees (``docs/scores.md`` says how far).
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from aequa.core.countries import is_country
from aequa.core.errors import FormatError, InputError
from aequa.core.goals import goals
from aequa.sources.panels.table import PLACED, CellReject, PanelRead, indicator_rows, settle

NAME = "Sustainable Development Report scores (CSV)"

_INDEX = "sdg_index_score"
_SCORES = (_INDEX, *(f"goal_{goal}_score" for goal in range(1, 18)))
_NAMES = ("index", *(f"goal:{goal}" for goal in range(1, 18)))
_KEYS = ("country_code", "year")
_YEARS = range(1900, 2101)


def sniff(path: Path) -> bool:
    """Whether a file has this layout, by its first line.

    >>> sniff(Path("nowhere.csv"))
    False
    """
    try:
        with _opened(path) as stream:
            header = stream.readline(4096).strip().split(",")
    except (OSError, EOFError, UnicodeDecodeError):
        return False
    return {*_KEYS, *_SCORES} <= set(header)


def read(path: Path) -> PanelRead:
    """The panel of ``goal:1`` … ``goal:17`` and ``index``, all from 0 to 100.

    Rows that are of no country (the publisher's groups) are rejected. Raises ``InputError`` when
    the file cannot be read and ``FormatError`` when a column is missing.
    """
    rows = _records(path)
    values, empty = _scores(rows)
    codes = np.array([str(row["country_code"]).strip() for row in rows], object)
    unscored = (values == 0) & _always_zero(values, codes)
    why = [_reason(row) for row in rows]
    usable = np.array([reason is None for reason in why], bool)[:, None]
    numbers, held = np.isfinite(values) & (values >= 0) & (values <= 100), ~empty & ~unscored
    refused = [
        CellReject(str(path), None, int(row) + 1, _SCORES[at], why[row] or _bad(rows, row, at))
        for row, at in np.argwhere(held & ~(usable & numbers))
    ]
    places = np.argwhere(held & usable & numbers)
    about = [_about(name) for name in _NAMES]
    found = _placed(rows, values, codes, places)
    note = (
        f"{int((unscored & usable).sum())} zeros are taken as missing: 0 in all years of a country"
    )
    missing = int((~held).sum())
    return settle(found, indicator_rows(about), str(path), refused, missing, (note,))


def _opened(path: Path) -> IO[str]:
    with path.open("rb") as head:
        packed = head.read(2) == b"\x1f\x8b"
    if packed:
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _records(path: Path) -> list[dict[str, str]]:
    try:
        with _opened(path) as stream:
            table = csv.DictReader(stream, restval="")
            lost = [name for name in (*_KEYS, *_SCORES) if name not in (table.fieldnames or ())]
            if lost:
                raise FormatError(
                    f"{path}, row 1: no column {lost[0]!r}, expected {', '.join(_KEYS)}"
                )
            return list(table)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: found no readable CSV in UTF-8 ({error})") from error


def _scores(
    rows: Sequence[dict[str, str]],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """The numbers (rows, 18), NaN for what is none, and which cells are empty."""
    texts = [[row[name].strip() for name in _SCORES] for row in rows]
    shape = (len(rows), len(_SCORES))
    values = np.array([[_number(cell) for cell in row] for row in texts], np.float64).reshape(shape)
    return values, np.array([[not cell for cell in row] for row in texts], bool).reshape(shape)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return np.nan


def _always_zero(values: npt.NDArray[np.float64], codes: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Which cells belong to a country and goal that has nothing but zeros."""
    names, place = np.unique(codes.astype(str), return_inverse=True)
    some = np.zeros((len(names), values.shape[1]), bool)
    np.logical_or.at(some, place.reshape(-1), np.nan_to_num(values) != 0)
    return np.asarray(~some[place.reshape(-1)], bool)


def _reason(row: dict[str, str]) -> str | None:
    if not is_country(row["country_code"].strip()):
        return "country: found a code of no country, expected one of ISO 3166-1 alpha-3"
    year = row["year"].strip()
    if not (year.isascii() and year.isdigit() and len(year) == 4 and int(year) in _YEARS):
        return f"year: found {year!r:.80}, expected 1900 to 2100"
    return None


def _bad(rows: Sequence[dict[str, str]], row: int, at: int) -> str:
    return f"value: found {rows[row][_SCORES[at]]!r:.80}, expected a score from 0 to 100"


def _about(name: str) -> dict[str, Any]:
    titles = {f"goal:{goal.goal}": (goal.name, goal.goal) for goal in goals()}
    title, goal = titles.get(name, ("SDG Index", None))
    about = {"indicator": name, "name": title, "goal": goal, "direction": 1, "lower": 0.0}
    more = {"optimum": 100.0, "unit": "score of 0 to 100", "source": "Sachs et al."}
    return {**about, **more}


def _placed(
    rows: Sequence[dict[str, str]],
    values: npt.NDArray[np.float64],
    codes: npt.NDArray[Any],
    places: npt.NDArray[np.int64],
) -> pa.Table:
    row, at = places.T.reshape(2, -1)
    size = len(row)
    columns = [
        pa.array(codes[row].tolist(), pa.string()),
        pa.array([_NAMES[column] for column in at], pa.string()),
        pa.array([int(rows[place]["year"]) for place in row], pa.int16()),
        pa.array(values[row, at], pa.float64()),
        pa.nulls(size, pa.string()),
        pa.array(row + 1, pa.int64()),
        pa.array([_SCORES[column] for column in at], pa.string()),
        pa.nulls(size, pa.string()),
    ]
    return pa.Table.from_arrays(columns, schema=PLACED)
