"""Which goals pull which along: the network of the bundled panel beside what chance finds."""

from __future__ import annotations

from aequa.report import formats
from aequa.report.charts.network import goal_of, is_drawn, pictures
from aequa.report.charts.points import Point, described
from aequa.report.figure import Cell, Figure, Grid, Material, Section
from aequa.report.names import name
from aequa.report.sections import literature
from aequa.report.stored import Row
from aequa.report.words import say

_SIDES = ("synergy", "tradeoff")


def _basis(said: str) -> str:
    """What the numbers are, and where they are from."""
    panel = say(
        "From the bundled panel of openly licensed indicators, not from the corpus; aequa "
        "interlink does the same for a panel of your own."
    )
    return f"{said} {panel}"


def section(material: Material) -> Section:
    """Placebo, network and cascade."""
    return Section(
        key="interlink",
        title=say("Goals that pull each other along"),
        lead=say(
            "Two series that both rise correlate, whether or not one has to do with the other. So "
            "every count of links stands beside the count among pairs that cannot be linked: an "
            "indicator of one country with another indicator of another country."
        ),
        figures=(
            placebo(material),
            network(material),
            cascade(material),
            *literature.figures(material),
        ),
    )


def placebo(material: Material) -> Figure:
    """What share of pairs each method calls a link, and what share of a placebo's."""
    title = say("Found, and found among unrelated series")
    rows = [row for row in material.stored.rows("goal_placebo", group="all") if row.get("pairs")]
    marks = [mark for row in rows for side in _SIDES for mark in _beside(row, side)]
    return Figure(
        key="goal-placebo",
        title=title,
        lead=say(
            "The classical method correlates ranks within countries (Pradhan et al. 2017); the "
            "conservative one compares yearly changes beyond what all countries share. Only what a "
            "method finds beyond its placebo can be a link."
        ),
        charts=described("goal-placebo", title, marks),
        grid=Grid(
            (
                say("Method and kind"),
                say("Share"),
                say("Placebo"),
                say("Placebo interval"),
                say("Excess"),
                say("Pairs"),
            ),
            tuple(_row(row, side) for row in rows for side in _SIDES),
        ),
        basis=_basis(
            say("Placebo: mean of random pairings of countries, with the middle 95% of them.")
        ),
        tables=("goal_placebo",),
    )


def _beside(row: Row, side: str) -> list[Point]:
    share = formats.known(row.get(f"share_{side}"))
    chance = formats.known(row.get(f"placebo_{side}"))
    low, high = (formats.known(row.get(end)) for end in _ends(side))
    return [
        Point(_kind(row, side), formats.share(share), share, None, None),
        Point(say("… among unrelated series"), formats.share(chance), chance, low, high, "neutral"),
    ]


def _kind(row: Row, side: str) -> str:
    """Level, method and side of a count, in words."""
    kinds = {
        "synergy": say("{level}, {method} method, synergies"),
        "tradeoff": say("{level}, {method} method, trade-offs"),
    }
    return kinds[side].format(
        level=name("level", row["level"]), method=name("method", row["method"])
    )


def _ends(side: str) -> tuple[str, str]:
    prefix = "placebo" if side == "synergy" else f"placebo_{side}"
    return f"{prefix}_low", f"{prefix}_high"


def _row(row: Row, side: str) -> tuple[Cell, ...]:
    low, high = (row.get(end) for end in _ends(side))
    excess = formats.known(row.get(f"excess_{side}"))
    return (
        Cell(_kind(row, side), numeric=False),
        Cell(formats.share(row.get(f"share_{side}"))),
        Cell(formats.share(row.get(f"placebo_{side}"))),
        Cell(formats.interval(low, high)),
        Cell(_points(excess)),
        Cell(formats.count(row.get("pairs"))),
    )


def _points(excess: float | None) -> str:
    if excess is None:
        return formats.missing()
    return say("{n} points", n=formats.signed(100 * excess))


def network(material: Material) -> Figure:
    """The links between goals that stand at a false discovery rate of 5%."""
    title = say("The network of goals")
    rows = [row for row in material.stored.rows("goal_links", group="all") if is_drawn(row)]
    held = sorted((row for row in rows if row["holds"]), key=lambda row: -abs(row["estimate"]))
    drawn = pictures(rows, "goal-")
    return Figure(
        key="goal-links",
        title=title,
        lead=say(
            "{held} of {all} pairs of goals move together beyond chance. A link says that goals "
            "improve in the same years, not that one makes the other improve; some goals are "
            "measured by the same events (disasters count for goals 11 and 13).",
            held=len(held),
            all=len(rows),
        ),
        charts=(drawn["matrix"], drawn["chord"]) if rows else (),
        captions=(say("All pairs; outlined ones stand"), say("The links that stand")),
        grid=Grid(
            (
                say("Goals"),
                say("Correlation of changes"),
                say("95% interval"),
                say("q"),
                say("Countries"),
            ),
            tuple(_link(row) for row in held),
        ),
        basis=_basis(
            say("Conservative method, false discovery rate 5%, intervals by resampling countries.")
        ),
        tables=("goal_links", "goal_centrality"),
        legend=(("supports", say("Improve together")), ("hinders", say("One at the other’s cost"))),
        css="pair",
    )


def _link(row: Row) -> tuple[Cell, ...]:
    one, other = (name("goal", goal_of(row[end])) for end in ("source", "target"))
    low, high = (formats.decimal(row.get(end)) for end in ("low", "high"))
    return (
        Cell(say("{one} and {other}", one=one, other=other), numeric=False),
        Cell(formats.decimal(row.get("estimate"))),
        Cell(say("{low} to {high}", low=low, high=high)),
        Cell(formats.decimal(row.get("q"), 3)),
        Cell(formats.count(row.get("countries"))),
    )


def cascade(material: Material) -> Figure:
    """What follows over all other goals, with ranks only where the intervals part."""
    rows = [row for row in material.stored.rows("goal_cascade") if row.get("response") is not None]
    last = max((row["horizon"] for row in rows), default=0)
    shown = sorted((r for r in rows if r["horizon"] == last), key=lambda r: -r["response"])
    ranked = sum(bool(row["ranked"]) for row in shown)
    return Figure(
        key="goal-cascade",
        title=say("What follows when a goal improves"),
        lead=say(
            "Points by which the other goals together have risen {years} years after one rises by "
            "a point. {ranked} of {all} goals can be ranked: where intervals overlap, no order is "
            "told.",
            years=last,
            ranked=ranked,
            all=len(shown),
        ),
        grid=Grid(
            (say("Goal"), say("Points"), say("95% interval"), say("Rank")),
            tuple(_follows(row) for row in shown),
        ),
        basis=_basis(
            say("Local projections (Jordà 2005); the wider of two errors, for all goals at once.")
        ),
        tables=("goal_cascade", "goal_calibration"),
    )


def _follows(row: Row) -> tuple[Cell, ...]:
    low, high = (formats.decimal(row.get(end)) for end in ("low", "high"))
    return (
        Cell(name("goal", goal_of(row["source"])), numeric=False),
        Cell(formats.decimal(row.get("response"))),
        Cell(say("{low} to {high}", low=low, high=high)),
        Cell(f"{row['rank_low']}–{row['rank_high']}"),
    )
