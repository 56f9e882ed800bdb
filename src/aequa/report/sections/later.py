"""Open resources, capacity and governance: what the tables say of them, and what none measures."""

from __future__ import annotations

from aequa.report.figure import Figure, Section
from aequa.report.words import say


def section(figures: tuple[Figure, ...]) -> Section:
    """The last chapter, with the figures of cooperation and of countries' data."""
    return Section(
        key="commons",
        title=say("Open resources, capacity and governance"),
        lead=say(
            "Capacity grows where people work together and governments have data to decide on; "
            "both are counted here. Governance starts from the challenges that works raise, which "
            "the chapter on issues counts."
        ),
        figures=figures,
        missing=say(
            "Not measured yet: open data, models and tools that can be shared; which needs meet "
            "which offers; risks, norms, standards and commitments."
        ),
    )
