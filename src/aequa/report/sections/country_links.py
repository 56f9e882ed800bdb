"""Where a country stands in the goals, and what is linked to the goals it is furthest from."""

from __future__ import annotations

from collections.abc import Sequence

from aequa.core.groups import groups
from aequa.report import formats
from aequa.report.charts.network import goal_of, is_drawn
from aequa.report.charts.points import Point, described
from aequa.report.figure import Cell, Figure, Grid, Material, Section
from aequa.report.names import country, name
from aequa.report.sections.country_beside import legend, middle, peers, scored_beside
from aequa.report.stored import Row
from aequa.report.words import say

FAR = 5
"""Goals whose links are told: those the country is furthest from."""


def section(material: Material, iso3: str) -> Section:
    """The country's goal scores, and the links of its lowest ones in the network of all."""
    return Section(
        key="interlink",
        title=say("Where it stands in the goals, and what moves with them"),
        lead=say(
            "A single country has too few years of data for a network of its own. So the links "
            "are those found over all countries, read from where {country} stands.",
            country=country(iso3),
        ),
        figures=(scores(material, iso3), linked(material, iso3)),
    )


def scored(material: Material, iso3: str) -> dict[int, float]:
    """The country's known scores by goal."""
    rows = material.stored.rows("goal_scores", iso3=iso3)
    found = {int(row["goal"]): formats.known(row.get("score")) for row in rows}
    return {goal: score for goal, score in found.items() if score is not None}


def furthest(material: Material, iso3: str) -> list[int]:
    """Its goals from the lowest score up."""
    known = scored(material, iso3)
    return sorted(known, key=lambda goal: (known[goal], goal))


def scores(material: Material, iso3: str) -> Figure:
    """The score of each goal beside the median of peers, region and world."""
    key, title = "country-scores", say("Scores of the 17 goals")
    rows = _by_goal(material, iso3)
    near = peers(material, iso3)
    marks = _marks(material, iso3, sorted(scored(material, iso3)))
    return Figure(
        key=key,
        title=title,
        lead=say(
            "From 0 to 100, the best there is. Scores follow the method of the Sustainable "
            "Development Report on openly licensed indicators."
        ),
        charts=described(key, title, marks, 100.0, "{:g}".format),
        grid=Grid(
            _heads(),
            tuple(_line(material, iso3, goal, row, near) for goal, row in sorted(rows.items())),
        ),
        basis=_basis(),
        tables=("goal_scores",),
        legend=legend(material, iso3),
    )


def lowest(material: Material, iso3: str) -> Figure:
    """The goals that the country is furthest from, for the opening."""
    key, title = "finding-interlink", say("The goals it is furthest from")
    rows, near = _by_goal(material, iso3), peers(material, iso3)
    order = furthest(material, iso3)[:FAR]
    marks = _marks(material, iso3, order)
    return Figure(
        key=key,
        title=title,
        lead=say("Scores from 0 to 100, the best there is."),
        charts=described(key, title, marks, 100.0, "{:g}".format),
        grid=Grid(_heads(), tuple(_line(material, iso3, goal, rows[goal], near) for goal in order)),
        basis=_basis(),
        tables=("goal_scores",),
        legend=legend(material, iso3),
    )


def _by_goal(material: Material, iso3: str) -> dict[int, Row]:
    return {int(row["goal"]): row for row in material.stored.rows("goal_scores", iso3=iso3)}


def _basis() -> str:
    return say(
        "From the bundled panel, not from the corpus. Scores have no interval: their sources give "
        "none."
    )


def _heads() -> tuple[str, ...]:
    return (
        say("Goal"),
        say("Score"),
        say("Year"),
        say("Rank"),
        say("Of"),
        say("Median of peers"),
        say("Median of region"),
        say("Median of the world"),
    )


def _marks(material: Material, iso3: str, order: Sequence[int]) -> list[Point]:
    """A dot for the country and one for the median of its peers, goal by goal."""
    known, near = scored(material, iso3), peers(material, iso3)
    return [
        scored_beside(
            f"{goal} {name('goal', goal)}", known[goal], middle(_scores(material, goal, near))
        )
        for goal in order
    ]


def _scores(material: Material, goal: int, countries: Sequence[str] | None) -> list[float | None]:
    return [
        formats.known(row.get("score"))
        for row in material.stored.rows("goal_scores", goal=goal)
        if countries is None or row["iso3"] in countries
    ]


def standing(material: Material, goal: int, score: float) -> tuple[int, int]:
    """The rank of a score in a goal, and among how many countries."""
    known = [one for one in _scores(material, goal, None) if one is not None]
    return 1 + sum(one > score for one in known), len(known)


def _line(
    material: Material, iso3: str, goal: int, row: Row, near: Sequence[str]
) -> tuple[Cell, ...]:
    own = formats.known(row.get("score"))
    region = groups("region").get(iso3)
    around = [one for one, group in groups("region").items() if group == region]
    rank, of = standing(material, goal, own) if own is not None else (None, None)
    return (
        Cell(f"{goal} {name('goal', goal)}", numeric=False),
        Cell(formats.decimal(own, 1)),
        Cell(str(row["year"]) if row.get("year") else formats.missing()),
        Cell(formats.count(rank)),
        Cell(formats.count(of)),
        Cell(formats.decimal(middle(_scores(material, goal, near)), 1)),
        Cell(formats.decimal(middle(_scores(material, goal, around)), 1)),
        Cell(formats.decimal(middle(_scores(material, goal, None)), 1)),
    )


def of_goal(material: Material, goal: int) -> list[Row]:
    """The links of a goal that stand, over all countries, the strongest first."""
    rows = (row for row in material.stored.rows("goal_links", group="all") if is_drawn(row))
    held = [row for row in rows if row["holds"] and goal in _ends(row)]
    return sorted(held, key=lambda row: -abs(row["estimate"]))


def _ends(row: Row) -> tuple[int, int]:
    return goal_of(row["source"]), goal_of(row["target"])


def linked(material: Material, iso3: str) -> Figure:
    """What is linked to the goals that the country is furthest from."""
    known = scored(material, iso3)
    far = furthest(material, iso3)[:FAR]
    lines = tuple(line for goal in far for line in _links(material, goal, known))
    return Figure(
        key="country-links",
        title=say("What moves with the goals it is furthest from"),
        lead=say(
            "Goals that improve in the same years as these, over all countries and beyond what all "
            "countries share. A link does not say that one makes the other improve, nor that it "
            "holds in this country."
        ),
        grid=Grid(
            (
                say("Goal"),
                say("Score"),
                say("Linked with"),
                say("Score"),
                say("Correlation of changes"),
                say("95% interval"),
            ),
            lines,
        ),
        basis=say("False discovery rate 5%, intervals by resampling countries."),
        tables=("goal_links", "goal_scores"),
        css="open",
    )


def _links(material: Material, goal: int, known: dict[int, float]) -> list[tuple[Cell, ...]]:
    first = Cell(f"{goal} {name('goal', goal)}", numeric=False)
    score = Cell(formats.decimal(known.get(goal), 1))
    rows = of_goal(material, goal)
    if not rows:
        nothing = (Cell(formats.missing()) for _ in range(3))
        return [(first, score, Cell(say("no link stands"), numeric=False), *nothing)]
    lines: list[tuple[Cell, ...]] = []
    for row in rows:
        other = next(end for end in _ends(row) if end != goal)
        low, high = (formats.decimal(row.get(end)) for end in ("low", "high"))
        lines.append(
            (
                first,
                score,
                Cell(f"{other} {name('goal', other)}", numeric=False),
                Cell(formats.decimal(known.get(other), 1)),
                Cell(formats.decimal(row.get("estimate"))),
                Cell(say("{low} to {high}", low=low, high=high)),
            )
        )
    return lines
