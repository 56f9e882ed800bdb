"""How far the labels can be trusted: the classifier's model card, label by label."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aequa.report import formats
from aequa.report.accuracy import of_goal, part
from aequa.report.figure import Cell, Figure, Grid, Material
from aequa.report.names import name
from aequa.report.words import say

METRICS = ("precision", "recall", "f1", "ece", "n")


def accuracy(material: Material) -> Figure:
    """The model card's figures, goal by goal and label by label."""
    card = material.about.get("card") or {}
    lines = [
        _metrics(f"{goal} {name('goal', goal)}", held)
        for goal in range(1, 18)
        if (held := of_goal(card, goal))
    ]
    lines += [_metrics(label, held) for label, held in _others(card)]
    return Figure(
        key="accuracy",
        title=say("How often a label is right"),
        lead=say(
            "Precision: of the works given the label, how many deserve it. Recall: of the works "
            "that deserve it, how many got it. Cross-validated on works annotated for this "
            "project, which are richer in goals and harm than most: where a label is rarer, its "
            "precision is lower than here."
        ),
        grid=Grid(_heads(), tuple(lines)),
        basis=say("n = judged works that carry the label."),
        css="open",
    )


def _heads() -> tuple[str, ...]:
    return (
        say("Label"),
        say("Precision"),
        say("Recall"),
        say("F1"),
        say("Calibration error"),
        say("n"),
    )


def _metrics(label: str, held: Mapping[str, Any]) -> tuple[Cell, ...]:
    numbers = [
        formats.count(held.get(metric)) if metric == "n" else formats.decimal(held.get(metric))
        for metric in METRICS
    ]
    return (Cell(label, numeric=False), *map(Cell, numbers))


def _others(card: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every other label of the card that has a precision, a recall or an F1."""
    for group, kind in KINDS.items():
        held = part(card, group)
        if _measured(held):
            yield (name("card", group), held)
        for code, figures in held.items():
            if isinstance(figures, Mapping) and _measured(figures):
                yield (f"{name('card', group)}: {name(kind, code)}", figures)


KINDS = {
    "ai": "card",
    "contribution": "contribution",
    "challenges": "challenge",
    "areas": "area",
}
"""Parts of the card and the kind of name of their labels."""


def _measured(held: Mapping[str, Any]) -> bool:
    return any(formats.known(held.get(metric)) is not None for metric in METRICS[:3])


def language_accuracy(material: Material) -> Figure:
    """How well the classifier reads each language."""
    card = material.about.get("card") or {}
    rows = [(code, held) for code, held in part(card, "languages").items() if part(held)]
    lines = tuple(
        (
            Cell(name("language", code), numeric=False),
            Cell(formats.decimal(held.get("identified"))),
            Cell(formats.decimal(held.get("micro_f1"))),
            Cell(formats.decimal(part(held, "ai").get("f1"))),
            Cell(formats.decimal(part(held, "hinders_or_mixed").get("f1"))),
            Cell(formats.count(held.get("works"))),
        )
        for code, held in rows
    )
    heads = (
        say("Language"),
        say("Identified"),
        say("Goals, micro F1"),
        say("AI, F1"),
        say("Harm, F1"),
        say("n"),
    )
    return Figure(
        key="language-accuracy",
        title=say("How well each language is read"),
        lead=say(
            "Measured on passages written for this purpose; works in other languages get no "
            "goals rather than guesses."
        ),
        grid=Grid(heads, lines),
        basis=say("n = passages."),
        css="open",
    )
