"""The command line: arguments in, exit codes out. It computes nothing.

Exit codes: 0 done, 1 the work could not be done, 2 wrong usage, 3 done but some records were
rejected (with ``--strict``) or a part of the work failed again and again, 130 interrupted.
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

from aequa import __version__
from aequa.cli_checks import audit, evaluate
from aequa.cli_fetch import fetch
from aequa.cli_panel import divide, interlink
from aequa.cli_serve import serve
from aequa.core.errors import AequaError, SpecError
from aequa.options import SomeRejectedError, every, finish
from aequa.progress import telling

USAGE = 2
REJECTED = 3
INTERRUPTED = 130
_FOLDER = click.Path(path_type=Path, file_okay=False)


class _Place(click.Path):
    """A file of this machine; with ``--runner`` any place that the cluster reaches, as text."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The value as a path or, with ``--runner``, as it is."""
        if ctx is not None and isinstance(ctx.params.get("runner"), str):
            return str(value)
        return super().convert(value, param, ctx)


_PLACE = _Place(path_type=Path, dir_okay=False)
_runner = click.option(
    "--runner",
    metavar="MASTER",
    is_eager=True,  # known before places are converted
    help="A Spark cluster: spark://HOST:PORT, yarn, k8s://…, local[2] [no Spark, this machine].",
)
_rejects = click.option(
    "--rejects",
    type=_PLACE,
    help="Where to list rejected and repaired records [OUTPUT.rejects.jsonl].",
)


_tier = click.option(
    "--tier",
    type=click.Choice(["fast", "cascade", "accurate"]),
    default="cascade",
    show_default=True,
    help="Who reads the works: a linear model, an encoder too where that is unsure, or both.",
)


def _output(what: str, kind: click.Path) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return click.option("-o", "--output", required=True, type=kind, help=what)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="aequa")
def aequa() -> None:
    """Evidence on AI and the Sustainable Development Goals, from your own corpus."""


for _command in (fetch, interlink, divide, evaluate, audit, serve):
    aequa.add_command(_command)


@aequa.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@_output("The corpus to write.", _PLACE)
@_rejects
@_runner
@every
def ingest(
    files: tuple[str, ...], output: Any, rejects: Any, runner: str | None, **shared: Any
) -> None:
    """Read publication exports into one corpus without duplicates.

    FILE: any mix of OpenAlex, Web of Science, Scopus, PubMed, IEEE, RIS, BibTeX or aequa's own
    files, plain or gzipped, told apart by content; also folders, globs, and - for standard input.
    OUTPUT ends in .parquet, .jsonl or .csv. With --runner: JSON lines and Parquet at any place the
    cluster reaches, to a folder of Parquet files.
    """
    rejects = rejects or _beside(output)
    with telling(shared["quiet"]) as tell:
        if runner:
            from aequa.cluster.corpus import ingest as ingest_on_cluster

            counts, failed = ingest_on_cluster(files, output, rejects, runner, tell), 0
        else:
            from aequa import pipeline

            done = pipeline.ingest(files, output, rejects, tell)
            counts, failed = done.counts, done.failed
    if not shared["as_json"]:
        click.echo(
            f"{counts.read:,} read = {counts.kept:,} kept + {counts.merged:,} merged"
            f" + {counts.rejected:,} rejected"
        )
    finish(counts._asdict(), rejects, shared, failed)


@aequa.command()
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@_output("The labels to write.", _PLACE)
@click.option("--scores", is_flag=True, help="Add the scores of all 17 goals.")
@_tier
@_rejects
@_runner
@every
def classify(
    inputs: tuple[str, ...],
    output: Any,
    scores: bool,
    tier: str,
    rejects: Any,
    runner: str | None,
    **shared: Any,
) -> None:
    """Label each work: language, AI or not, goals, contribution, challenges, areas.

    INPUT: any file that ingest reads, or JSON lines with id, title, abstract. One record per
    work, in order, nothing merged. OUTPUT ends in .jsonl, .csv or .parquet. With --runner as for
    ingest.
    """
    from aequa.classify.engine import Spec

    spec, rejects = Spec(scores=scores, tier=tier), rejects or _beside(output)
    with telling(shared["quiet"]) as tell:
        if runner:
            from aequa.cluster.labels import classify as classify_on_cluster

            done, rejected = classify_on_cluster(inputs, output, rejects, spec, runner, tell)
        else:
            from aequa import pipeline

            done, rejected = pipeline.classify(inputs, output, rejects, spec, tell)
    if not shared["as_json"]:
        click.echo(f"{done.works:,} works labelled, {rejected:,} rejected; {done.told()}")
    counts = {"read": done.works + rejected, "kept": done.works, "merged": 0, "rejected": rejected}
    finish(counts, rejects, shared, done.failed)


@aequa.command()
@click.argument("works", nargs=-1, metavar="[WORKS]...")
@_output("The folder to write: index.html, tables/, report.json, ro-crate-metadata.json.", _FOLDER)
@click.option(
    "--labels",
    multiple=True,
    metavar="LABELS",
    help="Parquet labels of WORKS from classify, when WORKS is a corpus from ingest in Parquet.",
)
@click.option("--country", metavar="ISO3", help="Write the edition of one country, such as KEN.")
@click.option(
    "--language", default="en", show_default=True, help="en, fr, es, pt, ar, zh, ru or sw."
)
@click.option("--pdf", is_flag=True, help="Also report.pdf; needs Chromium, Chrome or Edge.")
@_tier
@every
def report(
    works: tuple[str, ...],
    output: Path,
    labels: tuple[str, ...],
    country: str | None,
    language: str,
    pdf: bool,
    tier: str,
    **shared: Any,
) -> None:
    """Write the report of a corpus: how AI research helps and harms the 17 goals.

    WORKS: any files that ingest reads. Without WORKS the bundled sample of real AI works is used.
    With --labels nothing is read or classified again: --tier says who made the labels.
    """
    if labels and not works:
        raise click.UsageError("--labels: expected WORKS, the corpus that was labelled")
    from aequa import pipeline
    from aequa.classify.engine import Spec
    from aequa.report import pdf as printer
    from aequa.report.edition import edition

    asked = edition(country, language, pdf)
    if asked.pdf:
        printer.browser()  # a missing one is told before the work, not after it
    with telling(shared["quiet"]) as tell:
        if labels:
            done = pipeline.tabulate(works, labels, output, Spec(tier=tier), tell, asked)
        else:
            done = pipeline.report(works, output, Spec(tier=tier), tell, asked)
    counts = done.counts
    if not shared["as_json"]:
        click.echo(
            f"{counts.read:,} read = {counts.kept:,} kept + {counts.merged:,} merged"
            f" + {counts.rejected:,} rejected; {done.labelled.told()}; {output / 'index.html'}"
        )
    finish(counts._asdict(), output / "rejects.jsonl", shared, done.failed)


def _beside(output: Any) -> Any:
    if isinstance(output, str):
        return output.rstrip("/") + ".rejects.jsonl"
    if not output.name:
        raise click.UsageError(f"--output: found '{output}', expected the name of a file")
    return output.with_name(output.name + ".rejects.jsonl")


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
        told = "no file was left half written; the same command goes on from here"
        click.echo(f"aequa: interrupted; {told}", err=True)
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
