"""One country beside its peers, its region and the world: what all its chapters share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from aequa.core.groups import groups
from aequa.core.intervals import wilson
from aequa.report import formats
from aequa.report.charts.points import Point, described
from aequa.report.figure import (
    Cell,
    Figure,
    Grid,
    Material,
    drawn,
    estimate,
    share_cells,
    value,
)
from aequa.report.names import country, name
from aequa.report.stored import Row
from aequa.report.words import say

Role = Literal["own", "peer", "region", "world"]


@dataclass(frozen=True)
class Beside:
    """One of those compared."""

    role: Role
    code: str
    """ISO 3166-1 alpha-3 of a country, the name of a region, or ``world``."""

    @property
    def label(self) -> str:
        """Its printed name."""
        if self.role == "world":
            return say("World")
        return name("region", self.code) if self.role == "region" else country(self.code)

    @property
    def css(self) -> str:
        """The country stands out, the others are neutral."""
        return "supports" if self.role == "own" else "neutral"


def peers(material: Material, iso3: str) -> tuple[str, ...]:
    """The countries it is compared with, the nearest first; none where it is not ranked."""
    rows = material.stored.rows("gap_peers", iso3=iso3)
    return tuple(str(row["peer"]) for row in sorted(rows, key=lambda row: row["place"]))


def compared(material: Material, iso3: str) -> tuple[Beside, ...]:
    """The country, its peers, its region and the world, in this order."""
    region = groups("region").get(iso3, "unclassified")
    placed = () if region == "unclassified" else (Beside("region", region),)
    near = (Beside("peer", one) for one in peers(material, iso3))
    return (Beside("own", iso3), *near, *placed, Beside("world", "world"))


def rule(material: Material, iso3: str) -> str:
    """How the peers were found, in words."""
    names = [country(one) for one in peers(material, iso3)]
    if not names:
        return say(
            "{country} has too few data to be ranked, so it has no peers; its region and the "
            "world stand beside it.",
            country=country(iso3),
        )
    return say(
        "Peers: {names}. They are ranked countries of the same income group, those of the same "
        "region first, then those nearest in population.",
        names=", ".join(names),
    )


def shares(
    material: Material,
    iso3: str,
    about: Figure,
    found: Callable[[Beside], Row],
    rule_of: str = "country",
) -> Figure:
    """``about`` with one share per compared place: drawn as dots, and in its table.

    ``found`` gives the row of shares of a place, an empty one where there is none.
    """
    rows = [(one, found(one)) for one in compared(material, iso3)]
    held = [(one, row) for one, row in rows if row]
    marks = [Point(one.label, value(row), *estimate(drawn(row)), css=one.css) for one, row in held]
    lines = tuple(_line(material, one, row, rule_of) for one, row in held)
    return Figure(
        key=about.key,
        title=about.title,
        lead=about.lead,
        charts=described(about.key, about.title, marks),
        grid=Grid(heads(), lines),
        basis=about.basis or caveat(),
        tables=about.tables,
    )


def heads() -> tuple[str, ...]:
    """Heads of a table of shares by place."""
    return (
        say("Where"),
        say("Works"),
        say("Share"),
        say("95% interval"),
        say("n"),
        say("May be here too"),
    )


def caveat() -> str:
    """What the intervals cover, and what shares of few works are."""
    return say(
        "Full counting: a work counts once in each country of its authors. 95% interval for "
        "chance, not for label errors. A share of fewer than 30 works is not drawn."
    )


def _line(material: Material, one: Beside, row: Row, rule_of: str) -> tuple[Cell, ...]:
    is_country = one.role in ("own", "peer")
    href = material.works(f"country-{one.code}" if is_country else "", rule_of)
    return (Cell(one.label, numeric=False), *share_cells(row, href, placed=True))


def pooled(rows: Sequence[Row]) -> Row:
    """Several rows of shares as one, as if their works were of one place; empty without works.

    >>> pooled([{"count": 1.0, "denominator": 4.0}, {"count": 2.0, "denominator": 4.0}])["share"]
    0.375
    """
    count = sum(formats.known(row.get("count")) or 0.0 for row in rows)
    works = sum(formats.known(row.get("denominator")) or 0.0 for row in rows)
    lost = sum(formats.known(row.get("unknown")) or 0.0 for row in rows)
    return shared(count, works, lost)


def shared(count: float, works: float, lost: float) -> Row:
    """A row of shares with its interval, of whole works; empty without works."""
    if works <= 0:
        return {}
    low, high = (float(bound) for bound in wilson(count / works, works))
    share = {"share": count / works, "low": low, "high": high, "few": works < 30}
    return {"count": count, "denominator": works, "unknown": lost, **share}


def middle(values: Sequence[float | None]) -> float | None:
    """The median of what is known.

    >>> middle([3.0, None, 1.0]), middle([None])
    (2.0, None)
    """
    known = sorted(one for one in values if one is not None)
    if not known:
        return None
    half = len(known) // 2
    return known[half] if len(known) % 2 else (known[half - 1] + known[half]) / 2


def scored_beside(label: str, score: float | None, beside: float | None) -> Point:
    """A score of the country with the median of its peers."""
    words = formats.decimal(score, 1)
    if beside is not None:
        words = say("{score} (peers {beside})", score=words, beside=formats.decimal(beside, 1))
    return Point(label, words, score, None, None, beside=beside)


def share_beside(label: str, row: Row, world: Row) -> Point:
    """A share of the country with that of the world; without its dot where it has few works."""
    words, other = value(row), formats.known(world.get("share"))
    if other is not None:
        words = say("{share} (world {world})", share=words, world=formats.share(other))
    return Point(label, words, *estimate(drawn(row)), beside=other)


def legend(material: Material, iso3: str, world: bool = False) -> tuple[tuple[str, str], ...]:
    """What the two colours of dots mean; the neutral one is the world or the peers' median."""
    own = ("supports", country(iso3))
    if world:
        return (own, ("neutral", say("World")))
    return (own, ("neutral", say("Median of peers"))) if peers(material, iso3) else (own,)


def apart(own: Row, other: Row) -> str:
    """``higher``, ``lower`` or ``alike`` (the intervals overlap); empty where either is unsure.

    >>> apart({"low": 0.3, "high": 0.4}, {"low": 0.1, "high": 0.2})
    'higher'
    """
    ends = [formats.known(row.get(end)) for row in (own, other) for end in ("low", "high")]
    if any(end is None for end in ends) or own.get("few") or other.get("few"):
        return ""
    low, high, other_low, other_high = (end or 0.0 for end in ends)
    return "higher" if low > other_high else "lower" if high < other_low else "alike"


def versus(own: Row, world: Row) -> str:
    """One sentence on how a share stands to the world's; empty where either is unsure."""
    share = formats.share(world.get("share"))
    told = {
        "higher": lambda: say("That is above the world's {share}.", share=share),
        "lower": lambda: say("That is below the world's {share}.", share=share),
        "alike": lambda: say(
            "That is not clearly different from the world's {share}.", share=share
        ),
    }
    found = apart(own, world)
    return told[found]() if found else ""
