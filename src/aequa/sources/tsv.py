"""The small tables beside the readers: one canonical value and its printed forms per line."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def forms(name: str) -> dict[str, str]:
    """Each printed form of a table and the value it stands for.

    >>> forms("languages.tsv")["slovene"]
    'sl'
    """
    table = files("aequa.sources").joinpath(name).read_text("utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and line[0] != "#")
    return {form: value for value, printed in rows for form in printed.split("|")}
