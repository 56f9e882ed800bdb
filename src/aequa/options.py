"""What every command of the command line has: its options, and its way to end with code 3."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import orjson


class SomeRejectedError(Exception):
    """Raised when ``--strict`` was given and some records were rejected, or a shard failed."""


def every(command: Callable[..., None]) -> Callable[..., None]:
    """The options that every command has."""
    for option in (
        click.option("--debug", is_flag=True, help="Show the full trace of an error."),
        click.option("--quiet", is_flag=True, help="Show no progress."),
        click.option(
            "--strict", is_flag=True, help="End with exit code 3 when any record was rejected."
        ),
        click.option(
            "--json",
            "as_json",
            is_flag=True,
            help="Print the result (counts, or figures) as one JSON line at the end.",
        ),
    ):
        command = option(command)
    return command


def finish(counts: dict[str, int], rejects: Path, shared: dict[str, Any], failed: int = 0) -> None:
    """Say where rejected records are, print the counts if asked, and end with code 3 if need be."""
    if counts["rejected"]:
        click.echo(f"{counts['rejected']:,} rejected records are listed in {rejects}", err=True)
    if shared["as_json"]:
        click.echo(orjson.dumps(counts).decode())
    if failed or (shared["strict"] and counts["rejected"]):
        raise SomeRejectedError
