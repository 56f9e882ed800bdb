"""``aequa fetch``: works that match a query, from OpenAlex's API to a file that ingest reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from aequa.core.errors import FetchError, SpecError
from aequa.fetch.connection import Access, BrokenError, connected
from aequa.fetch.pages import PER_PAGE, SELECT, Page, Query, count, page
from aequa.fetch.part import Part, State, check_output, growing, part_of
from aequa.fetch.patience import Patient, RefusedError, Say
from aequa.fetch.waiting import Clock
from aequa.progress import Tell

URL = "https://api.openalex.org"
SHORT = 0.01
"""The share of works by which the API may fall short of its own count and be believed."""
_ENDED = 3
"""An end that comes too early is asked again so many times in all."""


class Total(NamedTuple):
    """How many works match, and in about how many pages those wanted come."""

    works: int
    pages: int


class Fetched(NamedTuple):
    """What a fetch did."""

    matching: int
    """By the API's last word."""
    works: int
    """Works in the file."""
    pages: int
    resumed: int
    """Works that an earlier run had fetched."""
    short: int
    """Works that the API counted and did not give."""
    notes: tuple[str, ...]
    """What people should know."""


def options(given: Mapping[str, Any]) -> tuple[Query, Access]:
    """What and whom to ask, from the options of the command line.

    Raises:
        SpecError: naming the option that has no valid value.
    """
    names = given["select"]
    fields = SELECT if names is None else tuple(name.strip() for name in names.split(","))
    query = Query(
        search=given["search"],
        filters=tuple(sorted(set(given["filters"]))),
        select=() if fields == ("*",) else fields,
        limit=given["limit"],
    )
    key = (given["api_key"] or "").strip() or None
    return query, Access((given["url"] or URL).rstrip("/"), given["mailto"], key)


def saying(echo: Callable[..., None], quiet: bool) -> Say:
    """A function that tells people what is going on, on standard error, unless they want quiet."""
    return (lambda line: None) if quiet else (lambda line: echo(line, err=True))


def total(query: Query, access: Access, say: Say, clock: Clock | None = None) -> Total:
    """Ask how many works match, and nothing else.

    Raises:
        FetchError: the API refuses or does not answer.
    """
    clock = clock or Clock()
    with connected(access) as ask:
        return _total(Patient(ask, access, clock, say), query)


def openalex(
    query: Query, access: Access, output: Path, tell: Tell, say: Say, clock: Clock | None = None
) -> Fetched:
    """Fetch the works that match into ``output``, one JSON object a line as the API sent it.

    A run that ended early, however, is gone on with by the same call, and ends with the same bytes.

    Raises:
        FetchError: the API refuses, its budget is used up, it failed too often, or the disk is
            full; what came before is kept.
        BusyError: another run is writing ``output``'s part.
        InputError: the part was begun with another query, or is damaged.
        SpecError: the query asks for all of OpenAlex, or ``output`` has a suffix of another format.
    """
    if not (query.search or query.filters or query.limit):
        raise SpecError(
            "expected --search, --filter or --limit: all of OpenAlex comes faster as a snapshot"
            " (docs/fetch.md)"
        )
    check_output(output)
    clock = clock or Clock()
    asked = {"url": access.url, **query.stored()}
    with _keeping(output), growing(output, asked) as part, connected(access) as ask:
        resumed = part.state.works
        patient = Patient(ask, access, clock, say)
        _announce(patient, query, part.state, say)
        while part.state.cursor is not None:
            _turn(patient, query, part)
            tell("fetching", part.state.works, _wanted(part.state.last_count or 0, query))
        part.finish()
        return _fetched(part.state, query, resumed)


def kept(output: Path) -> str:
    """What is there to go on from, in a sentence; empty when there is nothing."""
    part = part_of(output)
    if not part.exists() or not part.stat().st_size:
        return ""
    return f"{part} is kept, the same command goes on from there"


@contextmanager
def _keeping(output: Path) -> Iterator[None]:
    try:
        yield
    except FetchError as error:
        raise FetchError("; ".join(filter(None, [str(error), kept(output)]))) from error
    except OSError as error:  # of the disk, since a broken connection is another error
        reason = f"{part_of(output)}: cannot be written ({error.strerror})"
        raise FetchError("; ".join(filter(None, [reason, kept(output)]))) from error


def _total(patient: Patient, query: Query) -> Total:
    cheap = {**replace(query, select=("id",)).parameters(), "per-page": "1"}
    found = patient.works(cheap, count)
    return Total(found, -(-_wanted(found, query) // PER_PAGE[0]))


def _announce(patient: Patient, query: Query, state: State, say: Say) -> None:
    """Say what is about to come, before it comes."""
    if state.works:
        say(f"going on after {state.works:,} works of {_wanted(state.last_count or 0, query):,}")
    elif state.cursor is not None:
        found = _total(patient, query)
        say(
            f"{found.works:,} works match; fetching {_wanted(found.works, query):,}"
            f" in about {found.pages:,} pages"
        )


def _wanted(found: int, query: Query) -> int:
    return found if query.limit is None else min(found, query.limit)


def _turn(patient: Patient, query: Query, part: Part) -> None:
    """Ask for one page and add it to the part."""
    state = part.state
    found, per_page = _asked(patient, query, state)
    room = None if query.limit is None else query.limit - state.works
    works = found.works[:room]
    have = state.works + len(works)
    done = have == query.limit or (not found.works and have >= found.total)
    part.add(
        works,
        replace(
            state,
            per_page=per_page,
            cursor=None if done else found.cursor,
            works=have,
            pages=state.pages + 1,
            first_count=found.total if state.first_count is None else state.first_count,
            last_count=found.total,
        ),
    )


def _asked(patient: Patient, query: Query, state: State) -> tuple[Page, int]:
    """The next page, and works per page; the API may have come to take fewer than we ask for."""
    sizes = (state.per_page,) if state.pages else PER_PAGE
    for size in sizes:
        wanted = size if query.limit is None else min(size, query.limit)
        place = {"per-page": str(wanted), "cursor": state.cursor or "*"}
        try:
            return patient.works({**query.parameters(), **place}, _Reader(state, query)), size
        except RefusedError as error:
            if size == sizes[-1] or not _about_size(str(error)):
                raise
    raise AssertionError("sizes is never empty")


def _about_size(text: str) -> bool:
    return any(name in text.lower() for name in ("per-page", "per_page", "per page"))


class _Reader:
    """Reads the page after ``state``; one that cannot be right is broken, to be asked again."""

    def __init__(self, state: State, query: Query) -> None:
        self._state, self._query = state, query
        self._ended = 0

    def __call__(self, body: bytes) -> Page:
        found = page(body)
        have = self._state.works + len(found.works)
        missing = _wanted(found.total, self._query) - have
        if found.cursor is not None and found.cursor == self._state.cursor:
            raise BrokenError("the page names itself as the next")
        if found.cursor is not None and not found.works and missing > 0:
            raise BrokenError("the page holds no works though more were counted")
        if found.cursor is None and missing > 0:
            self._ended += 1
            told = f"the API ended after {have:,} of {found.total:,} works"
            if self._ended < _ENDED:
                raise BrokenError(told)
            if missing > SHORT * found.total:
                raise FetchError(told)
        return found


def _fetched(state: State, query: Query, resumed: int) -> Fetched:
    matching = state.last_count or 0
    short = max(0, _wanted(matching, query) - state.works)
    notes = []
    if state.first_count != state.last_count:
        notes.append(
            f"the API's count changed from {state.first_count:,} to {matching:,} while paging:"
            " a work may be missing or come twice"
        )
    if short:
        notes.append(f"the API counted {short:,} works more than it gave")
    return Fetched(matching, state.works, state.pages, resumed, short, tuple(notes))
