"""How well a label can be trusted: read from the classifier's model card, in any of its parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aequa.report import formats
from aequa.report.words import say, say_n


def trust_head() -> str:
    """Head of the column that says how often a label is right."""
    return say("Label precision / recall")


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
        return formats.missing()
    return " / ".join(formats.decimal(value) for value in both)


def harm(card: Mapping[str, Any]) -> str:
    """How far the class "hinders or mixed" can be trusted, in one sentence; empty without figures.

    >>> harm({"contribution": {"hinders_or_mixed": {"precision": 0.5, "recall": 0.7, "n": 22}}})
    'Label precision 0.50 and recall 0.70 for "hinders or mixed" (22 judged works carry it).'
    """
    held = part(card, "contribution", "hinders_or_mixed")
    if all(formats.known(held.get(name)) is None for name in ("precision", "recall")):
        return ""
    right, found = (formats.decimal(held.get(name)) for name in ("precision", "recall"))
    size = formats.known(held.get("n"))
    if size is None:
        return say(
            'Label precision {right} and recall {found} for "hinders or mixed".',
            right=right,
            found=found,
        )
    return say_n(
        'Label precision {right} and recall {found} for "hinders or mixed" ({n} judged work '
        "carries it).",
        'Label precision {right} and recall {found} for "hinders or mixed" ({n} judged works '
        "carry it).",
        size,
        right=right,
        found=found,
        n=formats.count(size),
    )


def unfound(card: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Goals and challenges of which the classifier found none among the judged works.

    >>> unfound({"goals": {"17": {"recall": 0.0}}, "challenges": {"bias": {"recall": 0.7}}})
    [('goal', '17')]
    """
    goals = [("goal", str(goal), of_goal(card, goal)) for goal in range(1, 18)]
    others = [("challenge", code, part(held)) for code, held in part(card, "challenges").items()]
    return [(kind, code) for kind, code, held in goals + others if held.get("recall") == 0]


LEAST = 0.01
"""Smaller gaps between true and assigned shares than this say nothing about a direction."""


def lean(card: Mapping[str, Any]) -> str:
    """Which way shares of works with a goal err: ``under``, ``over``, ``level`` or empty.

    Read from the judged works that were drawn at random: the share that truly has no goal
    against the share to which the classifier gives none.

    >>> lean({"goals_overall": {"dev_random_strata": {
    ...     "no_goal_truth": 0.71, "no_goal_assigned": 0.77}}})
    'under'
    """
    held = part(card, "goals_overall", "dev_random_strata")
    true, given = (formats.known(held.get(f"no_goal_{which}")) for which in ("truth", "assigned"))
    if true is None or given is None:
        return ""
    if abs(given - true) < LEAST:
        return "level"
    return "under" if given > true else "over"


def uncorrected(card: Mapping[str, Any]) -> str:
    """That shares are not corrected for label errors, and which way the card says they err."""
    said = say("Shares are counts of labels as given, not corrected for label errors.")
    which = lean(card)
    if not which:
        return said
    held = part(card, "goals_overall", "dev_random_strata")
    measured = say(
        "Of {n} judged works drawn at random, {true} concern no goal and the classifier gives none "
        "to {given}.",
        n=formats.count(held.get("works")),
        true=formats.share(held["no_goal_truth"]),
        given=formats.share(held["no_goal_assigned"]),
    )
    leanings = {
        "under": say("So explicit shares are likely understated."),
        "over": say("So explicit shares are likely overstated."),
        "level": say("So explicit shares seem to err neither way."),
    }
    return f"{said} {measured} {leanings[which]}"
