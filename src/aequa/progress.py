"""How a long run tells where it is: a bar on a terminal, lines with times elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

Tell = Callable[[str, int, int | None], None]
"""``tell(step, done, total)``: ``done`` of ``total`` (None: unknown) in the named step."""

_EVERY = 5.0
"""Seconds between two lines of a log."""


@contextmanager
def telling(quiet: bool = False) -> Iterator[Tell]:
    """A function that shows progress on standard error while the block runs."""
    console = Console(stderr=True)
    if quiet:
        yield lambda step, done, total: None
    elif console.is_terminal:
        with _bars(console) as tell:
            yield tell
    else:
        yield _lines(console)


@contextmanager
def _bars(console: Console) -> Iterator[Tell]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as bars:
        tasks = {}

        def tell(step: str, done: int, total: int | None) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=total)
            bars.update(tasks[step], completed=done, total=total)

        yield tell


def _lines(console: Console) -> Tell:
    start = time.monotonic()
    last = ("", -_EVERY)

    def tell(step: str, done: int, total: int | None) -> None:
        nonlocal last
        now = time.monotonic() - start
        if step == last[0] and now - last[1] < _EVERY and done != total:
            return
        last = (step, now)
        of = f" of {total:,}" if total is not None else ""
        console.print(f"[{now:6.1f} s] {step}: {done:,}{of}", highlight=False, markup=False)

    return tell
