"""A figure of the page: a chart, the same numbers as a table, and what they rest on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from aequa.report import formats
from aequa.report.links import anchor
from aequa.report.stored import Row, Stored
from aequa.report.words import say


@dataclass(frozen=True)
class Cell:
    """One cell of a printed table."""

    text: str
    href: str | None = None
    numeric: bool = True
    strong: bool = False
    """The head of a row that readers must not miss."""


@dataclass(frozen=True)
class Grid:
    """A printed table: its column heads and its rows, whose first cell is the row's head."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Figure:
    """What the template draws; a figure without rows says that there is no data."""

    key: str
    title: str
    lead: str = ""
    charts: tuple[Markup, ...] = ()
    grid: Grid = Grid((), ())
    basis: str = ""
    tables: tuple[str, ...] = ()
    legend: tuple[tuple[str, str], ...] = ()
    css: str = ""
    captions: tuple[str, ...] = ()
    """A line above each chart, where a figure has several of different kinds."""


@dataclass(frozen=True)
class Section:
    """One part of the page."""

    key: str
    title: str
    lead: str = ""
    figures: tuple[Figure, ...] = ()
    missing: str = ""
    """One line that names what is not built yet."""
    number: str = ""


@dataclass(frozen=True)
class Material:
    """All that the sections are made from."""

    stored: Stored
    about: Mapping[str, Any] = field(default_factory=dict)
    keys: frozenset[str] = frozenset()
    """Keys of the examples that the page lists."""
    linked: Callable[[str, str], str] | None = None
    """Where the works behind a number are, when not in the page: the dashboard's drill-down."""

    def works(self, key: str, rule: str) -> str:
        """Fragment of the works behind a number: listed ones, else how to filter all of them."""
        if self.linked is not None:
            return self.linked(key, rule)
        return f"#{anchor('works', key)}" if key in self.keys else f"#rule-{rule}"


def share_heads() -> tuple[str, ...]:
    """Heads of the columns that ``share_cells`` fills."""
    return (say("Works"), say("Share"), say("95% interval"), say("n"), say("Unknown"))


def placed_heads() -> tuple[str, ...]:
    """The same for countries, groups and sectors, to which works of unknown place may belong."""
    return (*share_heads()[:-1], say("May be here too"))


def share_cells(row: Row, href: str | None, placed: bool = False) -> tuple[Cell, ...]:
    """Count (linked to its works), share, interval, denominator and unknown share.

    ``placed``: in place of the unknown share, how many works of unknown place may belong here.
    """
    lost = formats.count(row.get("unknown")) if placed else formats.share(unknown_share(row))
    return (
        Cell(formats.count(row.get("count")), href if formats.known(row.get("count")) else None),
        Cell(formats.share(row.get("share"))),
        Cell(formats.interval(row.get("low"), row.get("high"))),
        Cell(_denominator(row)),
        Cell(lost),
    )


def _denominator(row: Row) -> str:
    number = formats.count(row.get("denominator"))
    return say("{n} (few)", n=number) if row.get("few") else number


def unknown_share(row: Row) -> float | None:
    """Works for which the question has no answer, as a share of all works asked.

    >>> unknown_share({"denominator": 90.0, "unknown": 10.0})
    0.1
    """
    answered, unknown = formats.known(row.get("denominator")), formats.known(row.get("unknown"))
    if answered is None or unknown is None or answered + unknown <= 0:
        return None
    return unknown / (answered + unknown)


def estimate(row: Row) -> tuple[float | None, float | None, float | None]:
    """Share and the two ends of its interval, None where not known."""
    return (
        formats.known(row.get("share")),
        formats.known(row.get("low")),
        formats.known(row.get("high")),
    )


def basis(rows: Iterable[Row], unit: str = "works") -> str:
    """The line under a chart: denominator, unknown share and what the interval is.

    ``unit``: what the denominator counts, ``works`` or ``works a year``.

    >>> basis([{"denominator": 90.0, "unknown": 10.0}])
    'n = 90 works, unknown = 10.0%, 95% interval.'
    """
    held = list(rows)
    sizes = [size for row in held if (size := formats.known(row.get("denominator"))) is not None]
    gaps = [gap for row in held if (gap := unknown_share(row)) is not None]
    number, unknown = _range(sizes, formats.count), _range(gaps, formats.share)
    if unit == "works a year":
        return say(
            "n = {n} works a year, unknown = {unknown}, 95% interval.",
            n=number,
            unknown=unknown,
        )
    return say("n = {n} works, unknown = {unknown}, 95% interval.", n=number, unknown=unknown)


def _range(values: Sequence[float], written: Callable[[object], str]) -> str:
    if not values:
        return formats.missing()
    first, last = written(min(values)), written(max(values))
    return first if first == last else say("{first} to {last}", first=first, last=last)


def drawn(row: Row) -> Row:
    """The row as charts show it: without the share where it rests on too few works.

    >>> drawn({"share": 1.0, "few": True, "denominator": 1.0})["share"] is None
    True
    """
    return {**row, "share": None, "low": None, "high": None} if row.get("few") else row


def value(row: Row, of: object = None) -> str:
    """The number at the end of a row: its share, or that it rests on too few works.

    >>> value({"share": 1.0, "few": True, "denominator": 1.0})
    'too few works (1)'
    """
    works = formats.known(row.get("denominator"))
    if row.get("few") and works:
        return say("too few works ({n})", n=formats.count(works))
    share = formats.share(row.get("share"))
    if formats.known(of) is None:
        return share
    return say("{share} of {whole}", share=share, whole=formats.count(of))


def short(label: str, most: int = 28) -> str:
    """A label that leaves room for its number on a narrow screen.

    >>> short("United Kingdom of Great Britain and Northern Ireland")
    'United Kingdom of Great…'
    """
    if len(label) <= most:
        return label
    cut = label[:most].rpartition(" ")[0] or label[:most]
    return f"{cut}…"


def summary(pairs: Iterable[tuple[str, object]]) -> str:
    """A chart's description for those who cannot see it: every label with its share."""
    words = "; ".join(f"{label}: {formats.share(share)}" for label, share in pairs)
    return f"{words}." if words else say("No number is known.")


def ends(years: Sequence[tuple[int, float | None, float | None, float | None]]) -> str:
    """A trend's description: its first and its last year, once where they are the same.

    >>> ends([(2020, 0.5, None, None)])
    '2020: 50.0%.'
    """
    shown = years[:1] if len(years) < 2 else (years[0], years[-1])
    return summary((str(point[0]), point[1]) for point in shown)
