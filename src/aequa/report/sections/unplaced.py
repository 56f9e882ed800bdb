"""What works of unknown country do to the numbers of countries and groups."""

from __future__ import annotations

from collections.abc import Iterable

from aequa.report import formats
from aequa.report.stored import Row


def placed_basis(rows: Iterable[Row]) -> str:
    """Works with a place, the share of all without one, and what the last column says."""
    held = list(rows)
    total = sum(formats.known(row.get("works_fractional")) or 0.0 for row in held)
    lost = unplaced(held)
    unknown = formats.MISSING if lost is None else formats.share(lost)
    works = formats.count(total * (1 - (lost or 0.0)))
    return (
        f"n = {works} works placed (fractional), unknown = {unknown}, "
        f"95{formats.SPACE}% interval. {HERE}"
    )


HERE = "May be here too: works not counted in the row that have an author of unknown country."


def unplaced(rows: Iterable[Row]) -> float | None:
    """What share of all works, counted in parts, is of unknown country; None without works."""
    held = [(is_placed(row), formats.known(row.get("works_fractional")) or 0.0) for row in rows]
    total = sum(works for _, works in held)
    return sum(works for placed, works in held if not placed) / total if total else None


def is_placed(row: Row) -> bool:
    """Whether the row is of a known country or group."""
    return row.get("country", row.get("group")) not in (None, "unknown")


def note(grouping: str, rows: Iterable[Row]) -> str:
    """What the works of unknown country do to a comparison of groups; empty where all are known.

    For North and South the bounds are those of no assumption at all: none or all of the unknown
    part is the South's (Manski 1989, "Anatomy of the selection problem", J. Hum. Resour. 24(3)).
    """
    held = list(rows)
    lost = unplaced(held)
    if not lost:
        return ""
    said = f"{formats.share(lost)} of the works, counted in parts, have no known country."
    if grouping not in TILTED:
        return said
    said += (
        " Institutions of poorer countries are resolved less often, so the unknown part likely "
        "leans to the South and its groups are undercounted."
    )
    south = next((row for row in held if row.get("group") == "South"), {})
    least = formats.known(south.get("share_of_works"))
    if grouping != "north_south" or least is None:
        return said
    most = min(least + lost, 1.0)
    return (
        f"{said} The South holds at least {formats.share(least)} and at most {formats.share(most)}."
    )


TILTED = ("income", "north_south")
"""Groupings in which the unknown part weighs most on the comparison."""
