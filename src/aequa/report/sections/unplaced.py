"""What works of unknown country do to the numbers of countries and groups."""

from __future__ import annotations

from collections.abc import Iterable

from aequa.report import formats
from aequa.report.stored import Row
from aequa.report.words import say


def placed_basis(rows: Iterable[Row]) -> str:
    """Works with a place, the share of all without one, and what the last column says."""
    held = list(rows)
    total = sum(formats.known(row.get("works_fractional")) or 0.0 for row in held)
    lost = unplaced(held)
    unknown = formats.missing() if lost is None else formats.share(lost)
    works = formats.count(total * (1 - (lost or 0.0)))
    return say(
        "n = {works} works placed (fractional), unknown = {unknown}, 95% interval. May be here "
        "too: works not counted in the row that have an author of unknown country.",
        works=works,
        unknown=unknown,
    )


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
    said = [
        say(
            "{lost} of the works, counted in parts, have no known country.",
            lost=formats.share(lost),
        )
    ]
    if grouping in TILTED:
        said.append(
            say(
                "Institutions of poorer countries are resolved less often, so the unknown part "
                "likely leans to the South and its groups are undercounted."
            )
        )
    south = next((row for row in held if row.get("group") == "South"), {})
    least = formats.known(south.get("share_of_works"))
    if grouping == "north_south" and least is not None:
        said.append(
            say(
                "The South holds at least {least} and at most {most}.",
                least=formats.share(least),
                most=formats.share(min(least + lost, 1.0)),
            )
        )
    return " ".join(said)


TILTED = ("income", "north_south")
"""Groupings in which the unknown part weighs most on the comparison."""
