"""``aequa evaluate`` and ``aequa audit`` on the command line: how far the labels can be trusted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import orjson

from aequa.options import SomeRejectedError, every, finish
from aequa.progress import telling

_SHOWN = 10
"""Rejected records that ``evaluate`` shows of one file."""
_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.argument("labelled", nargs=-1, metavar="[LABELLED]...", type=click.Path(path_type=Path))
@click.option(
    "--tier",
    type=click.Choice(["fast", "cascade", "accurate"]),
    help="Which tier to judge [LABELLED: cascade; without: every tier of the card].",
)
@click.option(
    "--compare",
    is_flag=True,
    help="Judge the other tiers too, with paired intervals of the difference (with LABELLED).",
)
@every
def evaluate(labelled: tuple[Path, ...], tier: str | None, compare: bool, **shared: Any) -> None:
    """Print how good the labels are, the weakest goals and languages first.

    Without LABELLED: the cross-validated figures of the shipped weights, as the model card records
    them. LABELLED: JSON lines or CSV of texts with goals or other labels, plain or gzipped; they
    are classified now, and texts the weights were trained on are judged apart.
    """
    from aequa import evaluating

    if not labelled:
        if compare:
            raise click.UsageError("--compare: expected LABELLED texts to compare the tiers on")
        result = evaluating.recorded(tier)
        if not shared["as_json"]:
            evaluating.show(evaluating.recorded_sections(tier))
    else:
        with telling(shared["quiet"]) as tell:
            result = evaluating.measured(labelled, tier, compare, tell)
        if not shared["as_json"]:
            evaluating.show(evaluating.measured_sections(result))
        for one in result["files"]:
            _told(one, evaluating.told(one))
    if shared["as_json"]:
        click.echo(orjson.dumps(result).decode())
    if shared["strict"] and any(one["rejected"] for one in result.get("files", [])):
        raise SomeRejectedError


def _told(one: dict[str, Any], line: str) -> None:
    """The books of one labelled file on standard error, with the first rejected records."""
    click.echo(line, err=True)
    for row in one["rejects"][:_SHOWN]:
        click.echo(f"  rejected: line {row['line']}: {row['reason']}", err=True)
    if one["rejected"] > _SHOWN:
        more = one["rejected"] - _SHOWN
        click.echo(f"  and {more:,} more rejected records (--json lists all)", err=True)


@click.group()
def audit() -> None:
    """Check the labels of a corpus by hand, and correct its shares by what was found."""


@audit.command("sample")
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.option("--size", default=200, show_default=True, help="How many works to label.")
@click.option("--seed", default=0, show_default=True, help="Seed of the draw.")
@click.option("-o", "--output", type=_FILE, help="The sheet to write [DIR/audit.csv].")
@every
def audit_sample(folder: Path, size: int, seed: int, output: Path | None, **shared: Any) -> None:
    """Draw works at random into a sheet for a person to label.

    DIR: a folder that report wrote. The sheet holds texts, not the machine's answers; beside it
    lies a guide on how to label.
    """
    from aequa import audits
    from aequa.audit.strata import Spec

    done = audits.sample(folder, Spec(size, seed), output or folder / "audit.csv")
    if shared["as_json"]:
        click.echo(orjson.dumps({"works": done.works, "drawn": done.drawn}).decode())
    else:
        click.echo(f"{done.drawn:,} of {done.works:,} works drawn: fill in {done.sheet}")
        click.echo(f"how to label: {done.guide}; then: aequa audit estimate {folder}")


@audit.command("estimate")
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.option("--audit", "path", type=_FILE, help="The sheet as filled in [DIR/audit.csv].")
@every
def audit_estimate(folder: Path, path: Path | None, **shared: Any) -> None:
    """Correct the shares of a corpus by the labels of a person.

    DIR: a folder that report wrote and audit sample drew from. Writes DIR/audit.parquet.
    """
    from aequa import audits

    done = audits.estimate(folder, path or folder / "audit.csv")
    for line in done.troubles:
        click.echo(line, err=True)
    if not shared["as_json"]:
        click.echo("\n".join(done.lines))
    finish(done.counts, done.rejects, shared)


@audit.command("flags")
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.option("-o", "--output", type=_FILE, help="The sheet to write [DIR/flags.csv].")
@every
def audit_flags(folder: Path, output: Path | None, **shared: Any) -> None:
    """Write the labels that readers of the dashboard called wrong into a sheet.

    DIR: a folder that aequa serve --write shows. They are no random sample: no share is estimated
    from them.
    """
    from aequa import audits

    out = output or folder / "flags.csv"
    held, cut = audits.flags(folder, out)
    if not shared["as_json"]:
        click.echo(f"{held:,} labels called wrong: {out}; no random sample, so for no estimate")
    finish({"read": held + cut, "kept": held, "merged": 0, "rejected": cut}, folder, shared)
