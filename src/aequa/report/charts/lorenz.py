"""Lorenz curves: what share of all works the least attended share of goals or countries has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from aequa.report.charts import svg
from aequa.report.formats import tick

SIZE = 280.0


def lorenz(
    key: str, title: str, desc: str, curves: Mapping[str, Sequence[tuple[float, float]]]
) -> Markup:
    """Up to three curves of (x, y) in [0, 1] below the line of equality, with a legend."""
    marks = [0.0, 0.25, 0.5, 0.75, 1.0]
    lines = [Markup('<polyline class="equal" points="0,1000 1000,0"/>')]
    legend = []
    for place, (label, ends) in enumerate(curves.items()):
        path = " ".join(f"{x * 1000:.0f},{1000 - y * 1000:.0f}" for x, y in ends)
        lines.append(Markup('<polyline class="curve line{}" points="{}"/>').format(place, path))
        legend.append(svg.rect(12, 16 + place * 22, 18, 4, f"line{place}"))
        legend.append(svg.text(38, 23 + place * 22, label, "label"))
    across = [svg.line(0, SIZE * (1 - mark), "100%", SIZE * (1 - mark), "grid") for mark in marks]
    axis = svg.axis(1, marks, 0, SIZE, [tick(mark) for mark in marks])
    body = [*across, axis, svg.plane(0, SIZE, Markup("").join(lines)), *legend]
    return svg.frame(key, title, desc, SIZE + 20, body)
