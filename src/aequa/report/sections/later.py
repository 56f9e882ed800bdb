"""Conclusions 3 to 5: named, with one line on what is not built yet."""

from __future__ import annotations

from aequa.report.figure import Section


def sections() -> list[Section]:
    """Open resource, capacity building and governance."""
    return [
        Section(
            key="commons",
            number="3",
            title="Open resource",
            missing="The network of open data, models and tools is not yet built.",
        ),
        Section(
            key="capacity",
            number="4",
            title="Capacity building",
            missing="The planner that matches needs with offers is not yet built.",
        ),
        Section(
            key="governance",
            number="5",
            title="Governance",
            lead="The challenges that works raise, above, are where governance starts.",
            missing="Risks, norms, standards and commitments are not yet built.",
        ),
    ]
