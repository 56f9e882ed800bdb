"""How well a label can be trusted: read from the classifier's model card, in any of its parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aequa.report import formats

TRUST = "Label precision / recall"
"""Head of the column that says how often a label is right."""


def part(card: Any, *path: str) -> Mapping[str, Any]:
    """A nested part of the card, or an empty one where the card has none.

    >>> part({"ai": {"f1": 0.9}}, "ai"), part({}, "ai", "dev")
    ({'f1': 0.9}, {})
    """
    held: Any = card
    for step in path:
        held = held.get(step) if isinstance(held, Mapping) else None
    return held if isinstance(held, Mapping) else {}


def of_goal(card: Mapping[str, Any], goal: object) -> Mapping[str, Any]:
    """Figures of one goal, whether the card lists goals or maps them by number.

    >>> of_goal({"goals": {"3": {"f1": 0.9}}}, 3), of_goal({"goals": [{"goal": 3, "f1": 0.9}]}, 3)
    ({'f1': 0.9}, {'goal': 3, 'f1': 0.9})
    """
    held = card.get("goals")
    if isinstance(held, Mapping) and isinstance(held.get("per_goal"), Mapping | list):
        held = held["per_goal"]
    if isinstance(held, list):
        rows = [row for row in held if isinstance(row, Mapping)]
        return next((row for row in rows if str(row.get("goal")) == str(goal)), {})
    return part(held, str(goal)) if isinstance(held, Mapping) else {}


def brief(figures: Mapping[str, Any]) -> str:
    """Precision and recall in one cell, as beside every label.

    >>> brief({"precision": 0.9, "recall": 0.8}), brief({})
    ('0.90 / 0.80', 'n/a')
    """
    both = figures.get("precision"), figures.get("recall")
    if formats.known(both[0]) is None and formats.known(both[1]) is None:
        return formats.MISSING
    return " / ".join(formats.decimal(value) for value in both)
