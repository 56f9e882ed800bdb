"""One grid for each kind of figures: names in the first column, text in every cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from aequa.core.goals import goals

_CONFUSED = 20
_PARTS = ("supports", "hinders_or_mixed", "end_to_end")
"""What hangs below figures of the contribution without being another set of texts."""


class Grid(NamedTuple):
    """One table: cells are text, the first column is a name."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def without_empty_columns(grid: Grid) -> Grid:
    """The grid without columns in which every cell is empty.

    >>> without_empty_columns(Grid("T", ("label", "95 %", "n"), (("a", "", "12"),))).head
    ('label', 'n')
    """
    kept = [place for place in range(len(grid.head)) if any(row[place] for row in grid.rows)]
    rows = tuple(tuple(row[place] for place in kept) for row in grid.rows)
    return grid._replace(head=tuple(grid.head[place] for place in kept), rows=rows)


def number(value: Any) -> str:
    """A figure with three digits, large and whole numbers as such, ``n/a`` where there is none.

    >>> number(0.5), number(1224), number(3456.7), number(None), number(True)
    ('0.500', '1,224', '3,457', 'n/a', 'yes')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) < 100 else f"{value:,.0f}"
    return "n/a" if value is None else str(value)


def signed(value: float | None) -> str:
    """A difference with its sign.

    >>> signed(0.5)
    '+0.500'
    """
    return "n/a" if value is None else f"{value:+.3f}"


def between(pair: Any) -> str:
    """An interval, empty where there is none.

    >>> between([0.25, 0.5]), between(None)
    ('0.25–0.50', '')
    """
    if not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) != 2:
        return ""
    return f"{pair[0]:.2f}–{pair[1]:.2f}"


def labels(title: str, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> Grid:
    """Precision, recall and F1 of each label, with intervals where there are."""
    cells = tuple(
        (
            name,
            number(row.get("f1")),
            between(row.get("f1_interval")),
            number(row.get("precision")),
            between(row.get("precision_interval")),
            number(row.get("recall")),
            between(row.get("recall_interval")),
            number(row.get("ece")),
            number(row.get("n")),
        )
        for name, row in rows
    )
    head = ("label", "F1", "95 %", "precision", "95 %", "recall", "95 %", "calib. error", "n")
    return Grid(title, head, cells)


def nested(name: str, row: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """A row of figures and the rows of parts that hang below it."""
    if "f1" in row or "macro_f1" in row:
        yield name, row
    for key, part in row.items():
        if isinstance(part, Mapping) and key not in _PARTS:
            yield key.replace("_", " "), part


def overall(title: str, rows: Mapping[str, Any]) -> Grid:
    """Micro and macro F1 of each set of texts, and how often there is no label."""
    cells: list[tuple[str, ...]] = [
        (
            name.replace("_", " "),
            number(row.get("works")),
            number(row.get("micro_f1")),
            between(row.get("micro_interval")),
            number(row.get("macro_f1")),
            between(row.get("macro_interval")),
            number(row.get("no_goal_truth")),
            number(row.get("no_goal_assigned")),
            number(row.get("no_goal", {}).get("f1")),
        )
        for name, row in rows.items()
    ]
    head = ("texts", "n", "micro F1", "95 %", "macro F1", "95 %", "no label", "assigned", "F1")
    width = len(head) if any("no_goal" in row for row in rows.values()) else 6
    return Grid(title, head[:width], tuple(row[:width] for row in cells))


def recorded(row: Mapping[str, Any]) -> Grid:
    """The figures of ``figures.recorded_goal``."""
    names = {
        "top1": "best-scored goal is the recorded one",
        "answered": "some goal assigned, of texts with one",
        "answer": "best assigned goal or none is as recorded",
        "answer_macro_f1": "the same, macro F1 over goals",
    }
    cells = tuple(
        (text, number(row[key]), between(row.get(f"{key}_interval")))
        for key, text in names.items()
        if key in row
    )
    if not cells:
        return Grid("", (), ())
    note = f"{row['works']:,} texts, {row['with_goal']:,} with a goal; others may be right as well"
    return Grid("Texts of which one goal was recorded", ("measure", "figure", "95 %"), cells, note)


def directions(row: Mapping[str, Any]) -> Grid:
    """The figures of the contribution, and of those of parts that hang below."""
    cells, notes = [], []
    for name, part in nested("all", row):
        harm, support = part.get("hinders_or_mixed", {}), part.get("supports", {})
        figures = (part.get("macro_f1"), support.get("f1"), harm.get("f1"), harm.get("precision"))
        macro, *others = map(number, figures)
        ends = map(number, (harm.get("recall"), part.get("ece"), support.get("n"), harm.get("n")))
        cells.append((name, macro, between(part.get("macro_interval")), *others, *ends))
        if "ranked_right" in part:
            share = f"{100 * part['ranked_right']:.0f} % of {part['pairs']} pairs"
            notes.append(f"{name}: in {share} the harmful text scores above its twin")
        if "both_right" in part:
            share = f"{100 * part['both_right']:.0f} % of {part['pairs']} pairs"
            notes.append(f"{name}: in {share} both texts are read rightly")
        if "found" in part:
            notes.append(
                f"judged on {part['found']:,} of {part['known']:,} true goals: those found"
            )
    head = ("texts", "macro F1", "95 %", "supp. F1", "harm F1", "harm prec.", "harm recall")
    ends_head = ("calib. error", "supp. n", "harm n")
    title = "Contribution: supports (supp.) against hinders or mixed (harm)"
    return Grid(title, (*head, *ends_head), tuple(cells), "; ".join(notes))


def languages(rows: Mapping[str, Any], title: str = "Languages") -> Grid:
    """One row for each language."""
    cells = tuple(
        (
            name,
            number(row.get("works")),
            number(row.get("micro_f1")),
            between(row.get("micro_interval")),
            number(row.get("macro_f1")),
            number(row.get("ai", {}).get("f1")),
            number(row.get("hinders_or_mixed", {}).get("f1")),
            number(row.get("ece")),
            number(row.get("identified")),
        )
        for name, row in rows.items()
    )
    head = ("language", "n", "goals micro F1", "95 %", "macro F1", "AI F1", "harm F1")
    return Grid(title, (*head, "calib. error", "identified"), cells)


def sources(rows: Mapping[str, Any]) -> Grid:
    """Goals of each source of texts."""
    keys = ["works", "micro_f1", "micro_interval", "macro_f1", "macro_interval"]
    keys += ["top1", "top1_interval", "answer", "answer_macro_f1"]
    cells = tuple(
        (
            name,
            *(between(row.get(k)) if "interval" in k else figure(row, k) for k in keys),
        )
        for name, row in rows.items()
    )
    head = ("source", "n", "micro F1", "95 %", "macro F1", "95 %", "best is recorded", "95 %")
    note = "the last three: only where one goal was recorded"
    return Grid("Goals by source", (*head, "answer right", "its macro F1"), cells, note)


def figure(row: Mapping[str, Any], key: str) -> str:
    """The figure under a key, empty where the row has no such figure.

    >>> figure({"f1": None}, "f1"), figure({}, "f1")
    ('n/a', '')
    """
    return number(row[key]) if key in row else ""


def calibration(rows: Mapping[str, Any]) -> Grid:
    """Calibration error and Brier score of each set of texts."""
    keys = ("ece", "ece_equal_mass", "brier")
    cells = tuple(
        (name.replace("_", " "), *(number(row.get(key)) for key in keys))
        for name, row in rows.items()
        if row.get("ece") is not None
    )
    head = ("texts", "equal width", "equal mass", "Brier score")
    return Grid("Calibration error of goals, over all text × goal", head, cells)


def reliability(rows: Sequence[Mapping[str, Any]]) -> Grid:
    """The bins of ``metrics.reliability``."""
    cells = tuple(
        (
            f"{row['from']:.1f}–{row['to']:.1f}",
            number(row["n"]),
            number(row["chance"]),
            number(row["true"]),
            between(row.get("interval")),
        )
        for row in rows
    )
    return Grid(
        "Chances of goals against what came true", ("chance", "n", "mean", "true", "95 %"), cells
    )


def confusion(rows: Any) -> Grid:
    """The most frequent confusions, from true → given → works (also as 18 rows of 18)."""
    names = [*(str(goal.goal) for goal in goals()), "none"]
    if isinstance(rows, Sequence):
        rows = {
            name: dict(zip(names, row, strict=False))
            for name, row in zip(names, rows, strict=False)
        }
    pairs = [
        (count, true, given)
        for true, row in rows.items()
        for given, count in row.items()
        if true != given and count
    ]
    pairs.sort(key=lambda one: -one[0])
    text = {str(goal.goal): f"{goal.goal} {goal.name}" for goal in goals()}
    cells = tuple(
        (text.get(true, "(nothing missed)"), text.get(given, "(nothing wrong)"), f"{count:.1f}")
        for count, true, given in pairs[:_CONFUSED]
    )
    note = "a missed goal counts 1, shared by the wrong goals of its text"
    return Grid(
        "Most frequent confusions of goals", ("true, missed", "given", "texts"), cells, note
    )
