"""Tables drawn: aligned lines for a pipe, rich tables for a terminal, Markdown for a page."""

from __future__ import annotations

from collections.abc import Iterable
from unicodedata import combining, east_asian_width

from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from aequa.evaluation.grids import Grid


def as_text(grids: Iterable[Grid]) -> str:
    r"""Plain lines, columns aligned, numbers to the right.

    >>> print(as_text([Grid("T", ("label", "n"), (("a", "12"),))]))
    T
      label   n
      a      12
    <BLANKLINE>
    """
    return "\n".join(line for grid in grids for line in [*_lines(grid), ""])


def _lines(grid: Grid) -> list[str]:
    rows = [grid.head, *grid.rows]
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    lines = [grid.title]
    for first, *others in rows:
        cells = [first + " " * (widths[0] - _width(first))]
        cells += [
            " " * (width - _width(cell)) + cell
            for cell, width in zip(others, widths[1:], strict=True)
        ]
        lines.append("  " + "  ".join(cells).rstrip())
    return [*lines, f"  ({grid.note})"] if grid.note else lines


def _width(cell: str) -> int:
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in cell)


def as_markdown(grids: Iterable[Grid]) -> str:
    r"""One heading and one table each.

    >>> as_markdown([Grid("T", ("label", "n"), (("a|b", "12"),))])
    '### T\n\n| label | n |\n|---|---:|\n| a\\|b | 12 |\n'
    """
    parts = []
    for grid in grids:
        lines = [f"### {grid.title}", "", _row(grid.head), _rule(len(grid.head))]
        lines += [*map(_row, grid.rows), *(["", f"{grid.note}."] if grid.note else [])]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _rule(columns: int) -> str:
    return "|---|" + "---:|" * (columns - 1)


def on_terminal(grids: Iterable[Grid], console: Console) -> None:
    """The tables as rich draws them: words wrap, figures are never cut.

    A table whose figures do not fit into the terminal comes as plain lines.
    """
    for grid in grids:
        least = [_least(grid, place) for place in range(len(grid.head))]
        if sum(least) + 2 * len(least) > console.width:
            for line in _lines(grid):
                console.print(Text(line), soft_wrap=True)
            continue
        console.print(Text(f"\n{grid.title}", style="bold"))
        console.print(_drawn(grid, least))
        if grid.note:
            console.print(Text(grid.note, style="dim"))


def _drawn(grid: Grid, least: list[int]) -> RichTable:
    table = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(Text(grid.head[0]), min_width=least[0], overflow="fold")
    for name, width in zip(grid.head[1:], least[1:], strict=True):
        table.add_column(Text(name), justify="right", width=width, overflow="fold")
    for row in grid.rows:
        table.add_row(*map(Text, row))
    return table


def _least(grid: Grid, place: int) -> int:
    """Columns of characters that a column of the grid needs; names may wrap."""
    if place == 0:
        return 8
    return max(
        _width(part) for part in [*grid.head[place].split(), *(row[place] for row in grid.rows)]
    )
