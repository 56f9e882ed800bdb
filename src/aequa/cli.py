"""The command line: arguments in, exit codes out. It computes nothing.

Exit codes: 0 done, 1 the work could not be done, 2 wrong usage, 3 done but some records were
rejected (with ``--strict``), 130 interrupted.
"""

from __future__ import annotations

import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import click
import orjson

from aequa import __version__
from aequa.core.errors import AequaError, SpecError
from aequa.progress import telling

USAGE = 2
REJECTED = 3
INTERRUPTED = 130


class SomeRejectedError(Exception):
    """Raised when ``--strict`` was given and some records were rejected."""


def _shared(command: Callable[..., None]) -> Callable[..., None]:
    """The options that every command has."""
    for option in (
        click.option("--debug", is_flag=True, help="Show the full trace of an error."),
        click.option("--quiet", is_flag=True, help="Show no progress."),
        click.option(
            "--strict", is_flag=True, help="End with exit code 3 when any record was rejected."
        ),
        click.option(
            "--json", "as_json", is_flag=True, help="Print the counts as one JSON line at the end."
        ),
    ):
        command = option(command)
    return command


_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)
_rejects = click.option(
    "--rejects",
    type=_FILE,
    help="Where to list rejected and repaired records [OUTPUT.rejects.jsonl].",
)


def _output(what: str, kind: click.Path) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return click.option("-o", "--output", required=True, type=kind, help=what)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="aequa")
def aequa() -> None:
    """Evidence on AI and the Sustainable Development Goals, from your own corpus."""


@aequa.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@_output("The corpus to write.", _FILE)
@_rejects
@_shared
def ingest(files: tuple[str, ...], output: Path, rejects: Path | None, **shared: Any) -> None:
    """Read publication exports into one corpus without duplicates.

    FILE: any mix of OpenAlex, Web of Science, Scopus, PubMed, IEEE, RIS, BibTeX or aequa's own
    files, plain or gzipped, told apart by content; also folders, globs, and - for standard input.
    OUTPUT ends in .parquet, .jsonl or .csv.
    """
    from aequa import pipeline

    with telling(shared["quiet"]) as tell:
        done = pipeline.ingest(files, output, rejects or _beside(output), tell)
    counts = done.counts
    if not shared["as_json"]:
        click.echo(
            f"{counts.read:,} read = {counts.kept:,} kept + {counts.merged:,} merged"
            f" + {counts.rejected:,} rejected"
        )
    _finish(counts._asdict(), rejects or _beside(output), shared)


@aequa.command()
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@_output("The labels to write.", _FILE)
@click.option("--scores", is_flag=True, help="Add the scores of all 17 goals.")
@_rejects
@_shared
def classify(
    inputs: tuple[str, ...], output: Path, scores: bool, rejects: Path | None, **shared: Any
) -> None:
    """Label each work: language, AI or not, goals, contribution, challenges, areas.

    INPUT: any file that ingest reads, or JSON lines with id, title, abstract. One record per
    work, in order, nothing merged. OUTPUT ends in .jsonl, .csv or .parquet.
    """
    from aequa import pipeline
    from aequa.classify.engine import Spec

    with telling(shared["quiet"]) as tell:
        done, rejected = pipeline.classify(
            inputs, output, rejects or _beside(output), Spec(scores=scores), tell
        )
    if not shared["as_json"]:
        click.echo(f"{done:,} works labelled, {rejected:,} rejected")
    counts = {"read": done + rejected, "kept": done, "merged": 0, "rejected": rejected}
    _finish(counts, rejects or _beside(output), shared)


@aequa.command()
@click.argument("works", nargs=-1, metavar="[WORKS]...")
@_output("The folder to write: index.html, tables/, report.json, ro-crate-metadata.json.", _FOLDER)
@_shared
def report(works: tuple[str, ...], output: Path, **shared: Any) -> None:
    """Write the report of a corpus: how AI research helps and harms the 17 goals.

    WORKS: any files that ingest reads. Without WORKS the bundled sample of real AI works is used.
    """
    from aequa import pipeline

    with telling(shared["quiet"]) as tell:
        done = pipeline.report(works, output, tell)
    counts = done.counts
    if not shared["as_json"]:
        click.echo(
            f"{counts.read:,} read = {counts.kept:,} kept + {counts.merged:,} merged"
            f" + {counts.rejected:,} rejected; {output / 'index.html'}"
        )
    _finish(counts._asdict(), output / "rejects.jsonl", shared)


def _beside(output: Path) -> Path:
    if not output.name:
        raise click.UsageError(f"--output: found '{output}', expected the name of a file")
    return output.with_name(output.name + ".rejects.jsonl")


def _finish(counts: dict[str, int], rejects: Path, shared: dict[str, Any]) -> None:
    if counts["rejected"]:
        click.echo(f"{counts['rejected']:,} rejected records are listed in {rejects}", err=True)
    if shared["as_json"]:
        click.echo(orjson.dumps(counts).decode())
    if shared["strict"] and counts["rejected"]:
        raise SomeRejectedError


def main() -> None:
    """Run the command line and exit with the code that the module's docstring lists."""
    for name in ("SIGTERM", "SIGHUP"):  # a scheduler's or terminal's end is as tidy as Ctrl-C
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _interrupted)
    sys.exit(run(sys.argv[1:]))


def _interrupted(number: int, frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def run(arguments: list[str]) -> int:
    """Run one command; the exit code. Errors go to standard error in one line."""
    try:
        aequa.main(arguments, prog_name="aequa", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except SomeRejectedError:
        return REJECTED
    except (KeyboardInterrupt, click.Abort):
        click.echo("aequa: interrupted; no file was left half written", err=True)
        return INTERRUPTED
    except SpecError as error:
        _failed(str(error), arguments)
        return USAGE
    except (AequaError, OSError) as error:
        return _failed(str(error), arguments)
    except Exception as error:
        return _failed(f"unexpected {type(error).__name__}: {error}", arguments)
    return 0


def _failed(message: str, arguments: list[str]) -> int:
    """Say in one line what went wrong; called while the error is being handled."""
    if "--debug" in arguments:
        traceback.print_exc()
    first, *rest = message.splitlines() or [""]
    click.echo(f"aequa: {first}{' (--debug shows more)' if rest else ''}", err=True)
    return 1
