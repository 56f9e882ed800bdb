"""The opening: five findings, each a number with its interval, a sentence and a chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aequa.report import corrected as correction
from aequa.report import formats
from aequa.report.charts.bars import Bar, bars
from aequa.report.charts.points import Point, described
from aequa.report.figure import (
    Cell,
    Figure,
    Grid,
    Material,
    basis,
    estimate,
    share_cells,
    share_heads,
    summary,
)
from aequa.report.names import name
from aequa.report.sections import maps, panel_findings
from aequa.report.sections.sentences import bare, said, sentence
from aequa.report.stored import Row
from aequa.report.words import say

MOST = 6
"""Goals that the first finding draws; the chapter has all."""


@dataclass(frozen=True)
class Finding:
    """One conclusion, as the opening prints it."""

    topic: str
    chapter: str
    """Key of the section that it opens."""
    number: str
    interval: str
    sentence: str
    href: str
    """To the works or the table behind the number."""
    figure: Figure
    unmeasured: str = ""
    """What the conclusion is about and no table measures yet."""


def findings(material: Material) -> tuple[Finding, ...]:
    """The five, in the order of the chapters; one without its table says that there is no data."""
    return (
        progress(material),
        issues(material),
        Finding(
            say("Interlinkages"),
            "interlink",
            *panel_findings.interlinkages(material),
            figure=panel_findings.beside_chance(material),
        ),
        Finding(
            say("The intelligence gap"),
            "divide",
            *_gap(material),
            figure=maps.works(material),
        ),
        together(material),
    )


def progress(material: Material) -> Finding:
    """Works that support a goal, and which goals."""
    row = material.stored.row("headline", reading="explicit", scope="all")
    found = correction.of(material, "explicit")
    return Finding(
        topic=say("Progress and development"),
        chapter="goals",
        number=formats.share(_large(row, found)),
        interval=correction.explained(row, found) if row else "",
        sentence=sentence(material),
        href=material.works("headline-explicit", "headline"),
        figure=_supported(material),
    )


def _large(row: Row, found: Row) -> object:
    """The corrected share where there is one, else the labelled one."""
    return found["corrected"] if correction.is_corrected(found) else row.get("share")


def _supported(material: Material) -> Figure:
    """The goals that most works support, in their own colours."""
    key, title = "finding-progress", say("The goals that most works support")
    rows = material.stored.rows("goals", contribution="supports", scope="all")
    known = [row for row in rows if formats.known(row.get("share")) is not None]
    shown = sorted(known, key=lambda row: (-row["share"], row["goal"]))[:MOST]
    if not shown:
        return Figure(key, title, tables=("goals",))
    marks = [
        Bar(
            name("goal", row["goal"]),
            formats.share(row["share"]),
            (("goal", row["share"]),),
            formats.known(row.get("low")),
            formats.known(row.get("high")),
            row["goal"],
        )
        for row in shown
    ]
    desc = summary((mark.label, mark.parts[0][1]) for mark in marks)
    lines = (
        (
            Cell(f"{row['goal']} {name('goal', row['goal'])}", numeric=False),
            *share_cells(row, material.works(f"goal-{row['goal']}-supports", "goal")),
        )
        for row in shown
    )
    return Figure(
        key,
        title,
        charts=(bars(key, title, desc, marks),),
        grid=Grid((say("Goal"), *share_heads()), tuple(lines)),
        basis=f"{say('As labelled.')} {basis(shown)}",
        tables=("goals",),
    )


def issues(material: Material) -> Finding:
    """Works that speak of a challenge, and of which."""
    rows = material.stored.rows("challenges", scope="all")
    every = next((row for row in rows if row.get("challenge") == "any"), {})
    each = [row for row in rows if row.get("challenge") != "any"]
    each = sorted(each, key=lambda row: -(formats.known(row.get("share")) or 0.0))
    found = correction.of(material, "challenge", "any")
    return Finding(
        topic=say("Issues"),
        chapter="issues",
        number=formats.share(_large(every, found)),
        interval=correction.explained(every, found) if every else "",
        sentence=_raised(material, every, each),
        href=material.works("challenge-any", "challenge"),
        figure=_challenges(material, each),
    )


def _raised(material: Material, every: Row, each: Sequence[Row]) -> str:
    against = material.stored.row("headline", reading="hinders", scope="all")
    if not each or formats.known(every.get("share")) is None or not against:
        return ""
    return say(
        "Of the works, {any} speak of a challenge that artificial intelligence raises, most often "
        "{challenge}, {most}; {against} give ground that they work against a goal.",
        any=bare(every, correction.of(material, "challenge", "any")),
        challenge=name("challenge", each[0]["challenge"]),
        most=said(each[0], correction.of(material, "challenge", each[0]["challenge"])),
        against=said(against, correction.of(material, "hinders")),
    )


def _challenges(material: Material, each: Sequence[Row]) -> Figure:
    key, title = "finding-issues", say("The challenges that works raise")
    return _dots(
        material,
        Figure(key, title, basis=say("As labelled."), tables=("challenges",)),
        each,
        say("Challenge"),
        "challenge",
    )


def _dots(
    material: Material, figure: Figure, rows: Sequence[Row], head: str, column: str
) -> Figure:
    """A dot plot of shares by the values of a column, with its table."""
    marks = [
        Point(
            name(column, row[column]),
            formats.share(row.get("share")),
            *estimate(row),
            css="mixed" if column == "challenge" else "supports",
        )
        for row in rows
    ]
    rule = "challenge" if column == "challenge" else "collaboration"
    lines = (
        (
            Cell(name(column, row[column]), numeric=False),
            *share_cells(row, material.works(f"{rule}-{row[column]}", rule)),
        )
        for row in rows
    )
    return Figure(
        figure.key,
        figure.title,
        charts=described(figure.key, figure.title, marks),
        grid=Grid((head, *share_heads()), tuple(lines)),
        basis=f"{figure.basis} {basis(rows)}".strip(),
        tables=figure.tables,
    )


def _gap(material: Material) -> tuple[str, str, str, str]:
    """Number, interval, sentence and address of the fourth finding."""
    row = material.stored.row("concentration", measure="top5_countries_share")
    share, ends = formats.share(row.get("value")), formats.interval(row.get("low"), row.get("high"))
    return (
        share,
        say("95% interval {ends}, of the works whose country is known", ends=ends) if row else "",
        maps.sentence(material, share) if row else "",
        material.works("concentration-top5_countries_share", "countries"),
    )


TOGETHER = ("domestic", "north_north", "north_south", "south_south")


def together(material: Material) -> Finding:
    """What the works say of cooperation, and that resources and governance are not measured."""
    rows = [row for kind in TOGETHER if (row := material.stored.row("collaboration", kind=kind))]
    held = {row["kind"]: row for row in rows}
    both = held.get("north_south", {})
    known = formats.known(both.get("share")) is not None
    figure = Figure("finding-together", say("Who writes with whom"), tables=("collaboration",))
    return Finding(
        topic=say("Open resources, capacity and governance"),
        chapter="commons",
        number=formats.share(both.get("share")),
        interval=say("95% interval {ends}, as the records say", ends=_ends(both)) if known else "",
        sentence=_joined(both, held.get("south_south", {})) if known else "",
        href=material.works("collaboration-north_south", "collaboration"),
        figure=_dots(material, figure, rows if known else [], say("Kind"), "kind"),
        unmeasured=say(
            "Not measured yet: open data, models and tools that can be shared; which needs meet "
            "which offers; norms, standards and commitments."
        ),
    )


def _joined(both: Row, south: Row) -> str:
    return say(
        "Of {works} works whose countries are known, {both} have authors in the North and in the "
        "South, and {south} have authors in several countries of the South alone.",
        works=formats.count(both.get("denominator")),
        both=formats.share(both.get("share")),
        south=correction.with_interval(south),
    )


def _ends(row: Row) -> str:
    return formats.interval(row.get("low"), row.get("high"))
