"""What a page shows, of the world or of one country: made once for the page and its pictures."""

from __future__ import annotations

from typing import NamedTuple

from aequa.report import country as one
from aequa.report.edition import Edition
from aequa.report.figure import Figure, Material, Section
from aequa.report.sections import chapters, findings, limits, opening, sentences
from aequa.report.sections.findings import Finding
from aequa.report.sections.statements import statements
from aequa.report.sections.works import chosen
from aequa.report.stored import Row, Stored
from aequa.report.words import say


class Content(NamedTuple):
    """The parts of a page, in its order."""

    title: str
    standfirst: str
    findings: tuple[Finding, ...]
    caution: str
    cards: list[opening.Card] | None
    """The readings side by side; a country's edition has none."""
    chapters: list[Section]
    limits: Section
    statements: list[tuple[str, str]]

    def figures(self) -> list[Figure]:
        """Every figure of the page that may have a chart."""
        first = [finding.figure for finding in self.findings]
        sections = (*self.chapters, self.limits)
        return [*first, *(figure for section in sections for figure in section.figures)]


def examples(stored: Stored, edition: Edition) -> tuple[Row, ...]:
    """The works that the page lists."""
    return one.examples(stored, edition.country) if edition.country else chosen(stored)


def content(material: Material, edition: Edition) -> Content:
    """All parts of the edition, in the language that is spoken."""
    caution = sentences.caution(material)
    said = statements(material)
    if edition.country:
        head = one.head(material, edition.country)
        return Content(
            head.title,
            head.sentence,
            one.opening(material, edition.country),
            caution,
            None,
            one.sections(material, edition.country),
            limits.section(material),
            [*one.statements(material, edition.country), *said],
        )
    return Content(
        say(
            "How artificial intelligence research serves the Sustainable Development Goals, and "
            "where it works against them"
        ),
        sentences.standfirst(material),
        findings.findings(material),
        caution,
        opening.cards(material),
        chapters.chapters(material),
        limits.section(material),
        said,
    )
