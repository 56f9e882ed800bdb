"""``aequa interlink`` and ``aequa divide`` on the command line: from a panel of indicators."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from aequa.options import every, finish
from aequa.progress import telling

_PANELS = click.argument(
    "panels", nargs=-1, metavar="[PANEL]...", type=click.Path(path_type=Path, dir_okay=False)
)
_FOLDER = click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder to write: tables as CSV, and result.json with their provenance.",
)
_REPORT = click.option(
    "--report",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="A folder that report wrote: the works of its corpus are looked at too.",
)


@click.command()
@_PANELS
@_FOLDER
@_REPORT
@every
def interlink(panels: tuple[Path, ...], output: Path, report: Path | None, **shared: Any) -> None:
    """Tell which goals pull which others along, beyond common trend and chance.

    PANEL: countries by indicators and years: the UN's SDG database, the Sustainable Development
    Report's workbook, World Bank files, or any long or wide CSV, Parquet or XLSX. Without PANEL the
    bundled panel is used. Writes links.csv, placebo.csv, centrality.csv, cascade.csv and more.
    """
    from aequa import linking

    with telling(shared["quiet"]) as tell:
        linked = linking.interlink(panels, tell, report)
        linking.write(linked, output)
    if not shared["as_json"]:
        click.echo("\n".join([*linking.told(linked), str(output / "links.csv")]))
    finish(linked.loaded.counts, output / "rejects.jsonl", shared)


@click.command()
@_PANELS
@_FOLDER
@_REPORT
@every
def divide(panels: tuple[Path, ...], output: Path, report: Path | None, **shared: Any) -> None:
    """Measure the intelligence gap: attention, data and technology, between countries and goals.

    PANEL: as for interlink; it is added to the bundled panel, which fills what it lacks. Writes
    index.csv, imbalances.csv, decomposition.csv, coverage.csv, country/ISO3.json and more.
    """
    from aequa import dividing

    with telling(shared["quiet"]) as tell:
        divided = dividing.divide(panels, tell, report)
        dividing.write(divided, output)
    if not shared["as_json"]:
        click.echo("\n".join([*dividing.told(divided), str(output / "index.csv")]))
    finish(divided.loaded.counts, output / "rejects.jsonl", shared)
