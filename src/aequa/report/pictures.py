"""A figure's charts as files that can be taken along: their names, and the documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from aequa.core.aside import aside
from aequa.report.charts import standalone
from aequa.report.figure import Figure
from aequa.report.words import say

PANELS = 3
"""Columns of a picture that holds all panels of small multiples."""


def pictures(figure: Figure) -> dict[str, tuple[Markup, ...]]:
    """The charts of each picture by its name: small multiples are one, other charts one each.

    >>> list(pictures(Figure("goals", "", charts=(Markup("<svg/>"), Markup("<svg/>")))))
    ['goals', 'goals-2']
    """
    if "multiples" in figure.css:
        return {figure.key: figure.charts} if figure.charts else {}
    return {
        figure.key if place == 1 else f"{figure.key}-{place}": (chart,)
        for place, chart in enumerate(figure.charts, 1)
    }


def picture_names(figure: Figure) -> list[str]:
    """The names of a figure's pictures, for the links below it."""
    return list(pictures(figure))


def document(figure: Figure, name: str, about: Mapping[str, Any]) -> str:
    """One picture as an SVG document with its title, what it rests on, and who made it when.

    Raises:
        KeyError: the figure has no picture of that name.
    """
    charts = pictures(figure)[name]
    return standalone.sheet(
        charts,
        standalone.Caption(_title(figure, name), source(figure, about), figure.legend),
        PANELS if len(charts) > 1 else 1,
    )


def _title(figure: Figure, name: str) -> str:
    """The figure's title, and its chart's own line where it has several."""
    if not figure.captions:
        return figure.title
    place = picture_names(figure).index(name)
    return f"{figure.title}: {figure.captions[place]}"


def source(figure: Figure, about: Mapping[str, Any]) -> str:
    """What stands under a picture: its basis, its tables, and version and date of the report."""
    said = [figure.basis]
    if figure.tables:
        said.append(say("Data: {tables}.", tables=", ".join(figure.tables)))
    if about.get("sample"):
        said.append(say("Bundled sample, judged from titles alone."))
    version, created = about.get("version"), about.get("created")
    said.append(" ".join(str(part) for part in ("aequa", version, created) if part) + ".")
    return " ".join(part for part in said if part)


def write(directory: Path, figures: Iterable[Figure], about: Mapping[str, Any]) -> list[str]:
    """Write ``charts/*.svg`` and ``*.png``, then remove those of an earlier run; all paths.

    Without a font on this machine a PNG would have no words, so there are none then.
    """
    folder = directory / "charts"
    folder.mkdir(exist_ok=True)
    lettered = standalone.writes_text()
    written = []
    for figure in figures:
        for name in pictures(figure):
            drawn = document(figure, name, about)
            files = {f"{name}.svg": drawn.encode()}
            if lettered:
                files[f"{name}.png"] = standalone.png(drawn)
            for file, content in files.items():
                _write(folder / file, content)
                written.append(f"charts/{file}")
    for old in folder.iterdir():
        if old.suffix in (".svg", ".png", ".tmp") and f"charts/{old.name}" not in written:
            old.unlink()
    return written


def _write(path: Path, content: bytes) -> None:
    with aside(path) as beside:
        beside.write_bytes(content)
