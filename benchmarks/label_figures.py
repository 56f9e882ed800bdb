"""From answers to the cells of a table: F1, shares, and their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from aequa.classify.models import GOALS
from aequa.evaluation.metrics import compared, with_interval
from aequa.evaluation.resampling import bootstrap
from benchmarks.labellers import Answer

Bools = npt.NDArray[np.bool_]
SEED = 20261124


def figures(truth: Bools, found: Sequence[Answer]) -> list[str]:
    """Macro F1, micro F1, top-1, recall, silence where it is right, goals a text."""
    said = matrix([one.goals for one in found])
    best = matrix([[one.best] if one.best else [] for one in found])
    some, spoken = (np.asarray(one.any(axis=1)) for one in (truth, said))
    return [
        *reversed(f1(with_interval(truth, said, SEED))),
        share(np.asarray((best & truth).any(axis=1)), some) if best.any() else "—",
        share((truth & said).sum(axis=1), truth.sum(axis=1)),
        "—" if some.all() else share(~some & ~spoken, ~some),
        f"{said.sum(axis=1).mean():.2f}",
    ]


def f1(row: Mapping[str, Any]) -> list[str]:
    """Micro F1, macro F1."""
    return [spread(row[f"{kind}_f1"], row[f"{kind}_interval"]) for kind in ("micro", "macro")]


def over(truth: Bools, found: Sequence[Answer], usual: Sequence[Answer]) -> str:
    """Macro F1 of a tool less that of another."""
    said, other = (matrix([one.goals for one in each]) for each in (found, usual))
    gap = compared(truth, said, other, SEED)
    return spread(gap["macro_difference"], gap["macro_interval"], "+.2f")


def matrix(goals: Sequence[Sequence[int]]) -> Bools:
    """Shape (texts, goals)."""
    found = np.zeros((len(goals), GOALS), bool)
    for row, own in enumerate(goals):
        found[row, [goal - 1 for goal in own]] = True
    return found


def share(part: npt.NDArray[Any], whole: npt.NDArray[Any]) -> str:
    """Σ part / Σ whole over texts, with its interval."""

    def ratio(rows: npt.NDArray[np.int64]) -> float:
        total = whole[rows].sum()
        return float(part[rows].sum() / total) if total else float("nan")

    return spread(ratio(np.arange(len(part))), bootstrap(ratio, range(len(part)), SEED))


def spread(value: float, interval: Sequence[float] | None, form: str = ".2f") -> str:
    """A figure and its interval, where it has one."""
    ends = "" if interval is None else " [" + ", ".join(f"{end:{form}}" for end in interval) + "]"
    return f"{value:{form}}{ends}"


def number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"
