"""``aequa serve`` on the command line: the dashboard and the JSON API of a report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from aequa.options import every


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Which address of this machine answers."
)
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="0: any free one.",
)
@click.option("--write", is_flag=True, help="Let readers say that a label is wrong.")
@click.option(
    "--rate",
    default=50.0,
    show_default=True,
    type=click.FloatRange(0),
    help="Requests a second from one address; 0 for any.",
)
@every
def serve(folder: Path, host: str, port: int, write: bool, rate: float, **shared: Any) -> None:
    """Show a report as a dashboard, and answer programs, until Ctrl-C.

    DIR: a folder that report wrote. Nothing in it is changed but .serve/ (the index for search)
    and, with --write, flags.jsonl.
    """
    from aequa import serving

    def told(address: str) -> None:
        if not shared["quiet"]:
            click.echo(f"aequa: serving {folder} at {address} (Ctrl-C ends)")

    serving.serve(folder, host, port, write, rate, told)
