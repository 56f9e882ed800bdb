"""Works against need: each goal's and each country's share of both."""

from __future__ import annotations

from collections.abc import Sequence

from aequa.report import formats
from aequa.report.charts.scatter import Dot, Scale, scatter
from aequa.report.figure import Cell, Figure, Grid, Material, short
from aequa.report.names import country, name
from aequa.report.stored import Row
from aequa.report.words import say

_LEAST, _MOST = 1e-5, 1.0
"""Ends of the countries' scale; less is drawn at its end and told in the table."""


def figures(material: Material) -> tuple[Figure, ...]:
    """Goals, then countries."""
    return goals(material), countries(material)


def goals(material: Material) -> Figure:
    """Each goal's share of works against its share of the people affected."""
    key, title = "need-goals", say("Works on a goal, and the need for it")
    rows = material.stored.rows("attention_goals", subject="works", need="people")
    order = sorted(rows, key=lambda row: -(formats.known(row.get("share")) or 0.0))
    dots = [
        Dot(
            f"{row['goal']} {name('goal', row['goal'])}",
            row["share_need"],
            row["share"],
            _words(row),
        )
        for row in order
        if _both(row)
    ]
    across, up = (_plain(say("Share of need"), dots), _plain(say("Share of works"), dots))
    return Figure(
        key=key,
        title=title,
        lead=_goals_lead(rows) if rows else "",
        charts=(scatter(key, title, _told(dots), dots, across, up),) if dots else (),
        grid=Grid(
            (
                say("Goal"),
                say("Works"),
                say("Share of works"),
                say("Share of need"),
                say("Ratio"),
                say("95% interval"),
            ),
            tuple(_goal(material, row) for row in order),
        ),
        basis=say(
            "Works split over their goals. Need: population × distance to the goal, from the "
            "bundled panel. Interval for chance in the number of works; none where there is no "
            "work. A distance is not a cost, and equal distances are not equal need."
        ),
        tables=("attention_goals", "goal_scores", "country_attention"),
    )


def _goals_lead(rows: Sequence[Row]) -> str:
    sure = [row for row in rows if formats.known(row.get("ratio")) is not None and row["amount"]]
    over = [row for row in sure if (formats.known(row.get("low")) or 0.0) > 1]
    under = [row for row in rows if _is_under(row)]
    return say(
        "Of 17 goals, {over} have clearly more works than their share of need, and {under} clearly "
        "fewer.",
        over=formats.count(len(over)),
        under=formats.count(len(under)),
    )


def _is_under(row: Row) -> bool:
    """Whether the whole interval is below 1; a goal without a work counts where need is known."""
    if formats.known(row.get("ratio")) is None:
        return False
    return not row["amount"] or (formats.known(row.get("high")) or 1.0) < 1


def _goal(material: Material, row: Row) -> tuple[Cell, ...]:
    ends = [formats.decimal(row.get(end)) for end in ("low", "high")]
    held = say("{low} to {high}", low=ends[0], high=ends[1])
    return (
        Cell(f"{row['goal']} {name('goal', row['goal'])}", numeric=False),
        Cell(formats.count(row["amount"]), material.works(f"goal-{row['goal']}-any", "goal")),
        Cell(formats.share(row.get("share"))),
        Cell(formats.share(row.get("share_need"))),
        Cell(formats.decimal(row.get("ratio"))),
        Cell(held if row["amount"] else formats.missing()),
    )


def countries(material: Material) -> Figure:
    """Each country's share of works against its share of the people affected."""
    key, title = "need-countries", say("Works of a country, and its need")
    rows = material.stored.rows("attention_countries", subject="works")
    held = sorted((row for row in rows if _both(row)), key=lambda row: -row["share_need"])
    dots = _country_dots(held)
    without = sum(not row["share"] for row in held)
    return Figure(
        key=key,
        title=title,
        lead=say(
            "Each dot is a country with a work, on scales of ratios. {without} countries with need "
            "have no work here; the file attention_countries lists them too.",
            without=formats.count(without),
        )
        if held
        else "",
        charts=(
            scatter(
                key,
                title,
                _told(dots[:20]),
                dots,
                _ratios(say("Share of need")),
                _ratios(say("Share of works")),
            ),
        )
        if dots
        else (),
        grid=Grid(
            (
                say("Country"),
                say("Works"),
                say("Per million people"),
                say("Share of works"),
                say("Share of need"),
                say("Ratio"),
            ),
            tuple(_country(material, row) for row in held if row["share"] > 0),
        ),
        basis=say(
            "Works of known country, split over countries. Need: the mean over the goals of the "
            "people affected, from the bundled panel. No interval: shares are counts."
        ),
        tables=("attention_countries", "goal_scores"),
    )


def _country_dots(rows: Sequence[Row]) -> list[Dot]:
    """The countries with a work, those with most need first."""
    return [
        Dot(short(country(row["country"]), 22), row["share_need"], row["share"], _words(row))
        for row in rows
        if row["share"] > 0
    ]


def _words(row: Row) -> str:
    works, needed = formats.share(row["share"]), formats.share(row["share_need"])
    return say("{works} of works, {need} of need", works=works, need=needed)


def _country(material: Material, row: Row) -> tuple[Cell, ...]:
    href = material.works(f"country-{row['country']}", "country")
    return (
        Cell(country(row["country"]), numeric=False),
        Cell(formats.count(row["amount"]), href),
        Cell(formats.decimal(row.get("per_million"))),
        Cell(formats.share(row.get("share"))),
        Cell(formats.share(row.get("share_need"))),
        Cell(formats.decimal(row.get("ratio"))),
    )


def _both(row: Row) -> bool:
    shares = [formats.known(row.get(name)) for name in ("share", "share_need")]
    return None not in shares and bool(shares[1])


def _told(dots: Sequence[Dot]) -> str:
    return "; ".join(f"{dot.label}: {dot.told}" for dot in dots) + "."


def _plain(title: str, dots: Sequence[Dot]) -> Scale:
    """An axis from 0 to the next tenth above all shares, the same for both."""
    most = max((max(dot.x, dot.y) for dot in dots), default=0.1)
    top = (int(most * 10) + 1) / 10
    step = 0.1 if top > 0.2 else 0.05
    marks = tuple((at * step, formats.tick(at * step)) for at in range(round(top / step) + 1))
    return Scale(title, 0.0, top, marks)


def _ratios(title: str) -> Scale:
    marks = tuple((mark, formats.tick(mark)) for mark in (1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0))
    return Scale(title, _LEAST, _MOST, marks, log=True)
