"""The commonest figure: one share per row, as a bar with its interval and a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aequa.report import corrected as correction
from aequa.report.accuracy import brief, of_goal, part, trust_head
from aequa.report.charts.bars import Bar, bars
from aequa.report.figure import (
    Cell,
    Figure,
    Grid,
    Material,
    basis,
    drawn,
    placed_heads,
    share_cells,
    share_heads,
    summary,
    value,
)
from aequa.report.formats import count, known
from aequa.report.names import name
from aequa.report.stored import Row
from aequa.report.words import say


@dataclass(frozen=True)
class Ranking:
    """How one table of shares is shown."""

    key: str
    title: str
    lead: str
    table: str
    column: str
    """The column that names the row; ``goal`` rows take the goals' own colours."""
    kind: str
    """Which names to print, as in the messages."""
    rule: str
    """Which rule leads to the works behind a number."""
    example: Callable[[Row], str] = lambda row: ""
    """Key of the examples behind a row."""
    colour: str = "supports"
    head: str = ""
    trust: str = ""
    """Part of the model card whose figures stand beside each label."""
    measure: str = ""
    """Measure of the table ``corrected`` whose shares stand beside the labelled ones."""
    placed: bool = False
    """Rows are countries, groups or sectors, to which works of unknown place may belong."""
    basis: str = ""
    """The line under the figure, where that of the rows would mislead."""

    @property
    def heads(self) -> tuple[str, ...]:
        """Heads of the columns of a share."""
        return placed_heads() if self.placed else share_heads()


def ranking(material: Material, how: Ranking, rows: Sequence[Row]) -> Figure:
    """The figure of ``rows``, in their order; empty where there are none."""
    if not rows:
        return Figure(how.key, how.title, how.lead, tables=(how.table,))
    firm = [row for row in rows if not row.get("few")] or list(rows)
    desc = summary((label(how, row), row.get("share")) for row in firm)
    left = len(rows) - len(firm)
    more = say("{n} more with too few works are in the table only.", n=count(left))
    return Figure(
        key=how.key,
        title=how.title,
        lead=how.lead,
        charts=(bars(how.key, how.title, desc, [_bar(how, row) for row in firm]),),
        grid=Grid(_heads(how), tuple(_line(material, how, row) for row in rows)),
        basis=f"{basis(rows)} {more}" if left else basis(rows),
        tables=(how.table, "corrected") if how.measure else (how.table,),
    )


def label(how: Ranking, row: Row) -> str:
    """The printed name of a row; goals carry their number."""
    code = row.get(how.column)
    return f"{code} {name('goal', code)}" if how.column == "goal" else name(how.kind, code)


def descending(rows: Sequence[Row]) -> list[Row]:
    """Largest share first, then those on too few works, unknown ones last; ties as they came."""
    return sorted(
        rows, key=lambda row: (bool(row.get("few")), -(_none_last(known(row.get("share")))))
    )


def _none_last(share: float | None) -> float:
    return -1.0 if share is None else share


def _bar(how: Ranking, row: Row) -> Bar:
    value_of, row = value(row), drawn(row)
    goal = row["goal"] if how.column == "goal" and row.get("goal") else None
    return Bar(
        label=name(how.kind, row.get(how.column)),
        value=value_of,
        parts=(("goal" if goal and how.colour == "goal" else how.colour, known(row.get("share"))),),
        low=known(row.get("low")),
        high=known(row.get("high")),
        goal=goal,
    )


def _heads(how: Ranking) -> tuple[str, ...]:
    beside = correction.heads() if how.measure else ()
    trust = (trust_head(),) if how.trust else ()
    return (how.head or how.title, *share_heads(), *beside, *trust)


def _line(material: Material, how: Ranking, row: Row) -> tuple[Cell, ...]:
    href, code = material.works(how.example(row), how.rule), row.get(how.column)
    line = (Cell(label(how, row), numeric=False), *share_cells(row, href))
    if how.measure:
        line += correction.cells(correction.of(material, how.measure, code))
    if not how.trust:
        return line
    card = material.about.get("card") or {}
    figures = of_goal(card, code) if how.trust == "goals" else part(card, how.trust, str(code))
    return (*line, Cell(brief(figures)))
