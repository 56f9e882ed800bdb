"""The chapters after the opening: one for each thing that a reader asks, in a sensible order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from aequa.report.figure import Figure, Material, Section
from aequa.report.sections import divide, goals, issues, later, links, maps, standing
from aequa.report.words import say


def chapters(material: Material) -> list[Section]:
    """Progress, development, issues; interlinkages; the gap, twice; what is not measured."""
    made = [
        *_goals(goals.section(material)),
        replace(issues.section(material), title=say("Issues: what works against the goals")),
        replace(
            links.section(material), title=say("Interlinkages: goals that pull each other along")
        ),
        *_gap(material, divide.section(material)),
    ]
    return [replace(section, number=str(at)) for at, section in enumerate(made, 1)]


def _goals(whole: Section) -> tuple[Section, Section]:
    """How AI helps the goals: goal by goal, and then field by field and year by year."""
    return (
        replace(
            whole,
            title=say("Progress: how AI works help the goals"),
            figures=_named(whole.figures, ("progress",)),
            missing="",
        ),
        Section(
            key="development",
            title=say("Development: fields of use, and the years"),
            lead=say(
                "Where works say that they are of use, and how the share of works that support a "
                "goal has changed from year to year."
            ),
            figures=_named(whole.figures, ("areas", "years")),
        ),
    )


WORKING_TOGETHER = ("collaboration", "collaboration-years", "gap-coverage")
"""Figures that say something of cooperation and of open data, and so belong to the last chapter."""
MEANS = ("gap-index", "gap-inequality", "gap-decomposition")
"""Figures of what countries have at hand, made from the panel."""


def _gap(material: Material, whole: Section) -> tuple[Section, Section, Section]:
    """The gap in research, the gap in means, and what is known of closing it."""
    others = tuple(
        figure for figure in whole.figures if figure.key not in (*WORKING_TOGETHER, *MEANS)
    )
    index, *rest = _named(whole.figures, MEANS) or (Figure("gap-index", ""),)
    means = (maps.gap(material), index, standing.order(material), *rest)
    return (
        replace(whole, title=say("The intelligence gap: who makes the research"), figures=others),
        Section(
            key="means",
            title=say("The intelligence gap: what countries have at hand"),
            lead=say(
                "From a panel of open indicators, not from the works: what a country needs to take "
                "part, and how unevenly the world has it."
            ),
            figures=(*means, standing.means_and_works(material)),
        ),
        later.section(_named(whole.figures, WORKING_TOGETHER)),
    )


def _named(figures: Iterable[Figure], keys: Iterable[str]) -> tuple[Figure, ...]:
    """The figures with these keys, in the order of the keys."""
    held = {figure.key: figure for figure in figures}
    return tuple(held[key] for key in keys if key in held)
