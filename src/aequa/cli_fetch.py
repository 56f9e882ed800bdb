"""``aequa fetch`` on the command line: options in, sentences or JSON out. It computes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import orjson

from aequa.options import SomeRejectedError, every
from aequa.progress import telling


@click.group()
def fetch() -> None:
    """Fetch publications over the network, into a file that ingest reads."""


@fetch.command("openalex")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write, .jsonl.gz or .jsonl.",
)
@click.option("--search", metavar="TEXT", help="Words to find in title, abstract and full text.")
@click.option(
    "--filter",
    "filters",
    multiple=True,
    metavar="KEY:VALUE",
    help="One of OpenAlex's filters; works must match all that are given.",
)
@click.option(
    "--select",
    metavar="FIELDS",
    help="Fields to fetch, with commas, * for all [those that ingest reads].",
)
@click.option("--limit", type=int, metavar="N", help="Fetch at most N works.")
@click.option("--mailto", metavar="ADDRESS", help="Your address, for OpenAlex to write to.")
@click.option(
    "--api-key", envvar="OPENALEX_API_KEY", metavar="KEY", help="Better: set OPENALEX_API_KEY."
)
@click.option("--url", metavar="BASE", help="A mirror [https://api.openalex.org].")
@click.option("--count", is_flag=True, help="Only say how many works match.")
@every
def fetch_openalex(**given: Any) -> None:
    """Fetch the works of OpenAlex that match, gently; a run that was cut off goes on.

    Give --search, --filter or --limit. The count comes first. Run the same command again to go on
    after Ctrl-C, a break or a used-up budget.
    """
    from aequa import fetching

    if given["output"] is None and not given["count"]:
        raise click.UsageError("expected --output, or --count")
    say = fetching.saying(click.echo, given["quiet"])
    query, access = fetching.options(given)
    if given["count"]:
        found = fetching.total(query, access, say)
        line = f"{found.works:,} works match, about {found.pages:,} pages to fetch"
        click.echo(orjson.dumps(found._asdict()).decode() if given["as_json"] else line)
        return
    try:
        with telling(given["quiet"]) as tell:
            done = fetching.openalex(query, access, given["output"], tell, say)
    except KeyboardInterrupt:
        if told := fetching.kept(given["output"]):
            click.echo(told, err=True)
        raise
    for note in done.notes:
        click.echo(note, err=True)
    line = f"{done.works:,} works fetched, {done.resumed:,} of them before; {given['output']}"
    click.echo(orjson.dumps(done._asdict()).decode() if given["as_json"] else line)
    if given["strict"] and done.short:
        raise SomeRejectedError
