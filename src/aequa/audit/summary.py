"""The result of an audit as lines of text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from aequa.core.goals import goals

_HEAD = (
    f"{'share of AI works, %':<44}{'machine':>8}{'audited':>9}{'95 % interval':>17}"
    f"{'labelled':>13}{'worth':>8}{'precision':>11}{'recall':>8}"
)
_NAMES = {
    "ai": "AI works among all works",
    "explicit": "supports a goal",
    "applied": "names an area of use",
    "hinders": "hinders a goal",
}


def lines(table: pa.Table) -> Iterator[str]:
    """One line per measure of an audit's table (``engine.Result.data``), after a head line.

    Rows that neither the person nor the machine ever used are left out and counted at the end.
    """
    yield _HEAD
    idle = 0
    for row in table.to_pylist():
        if not row["found"] and not row["machine"]:
            idle += 1
            continue
        yield (
            f"{_name(row):<44}{_percent(row['machine']):>8}{_percent(row['share']):>9}"
            f"{_interval(row):>17}{_found(row):>13}{_count(row['effective']):>8}"
            f"{_percent(row['precision']):>11}{_percent(row['recall']):>8}"
        )
    if idle:
        yield f"{idle} labels that neither the person nor the machine used: see audit.parquet"


def _name(row: dict[str, Any]) -> str:
    """What a row is about, at most 44 characters.

    >>> _name({"measure": "goal_supports", "key": "3"})
    'supports goal 3 Good Health and Well-being'
    """
    measure, key = row["measure"], row["key"]
    if measure in _NAMES:
        return _NAMES[measure]
    if not measure.startswith("goal"):
        return f"{measure} {key}"
    verb = "supports" if measure == "goal_supports" else "touches"
    return f"{verb} goal {key} {goals()[int(key) - 1].name}"[:43]


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}"


def _count(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"


def _found(row: dict[str, Any]) -> str:
    return f"{row['found']:,} of {row['labelled']:,}"


def _interval(row: dict[str, Any]) -> str:
    if row["share"] is None:
        return "too few"
    return f"{_percent(row['low'])} to {_percent(row['high'])}"
