"""A server on this machine that speaks OpenAlex's pages, with failures on request."""

from __future__ import annotations

import base64
import gzip
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from aequa.fetch.connection import Access
from aequa.fetch.pages import Query
from aequa.fetch.waiting import Clock
from aequa.fetching import Fetched, openalex

Answer = tuple[int, dict[str, str], bytes]
Trouble = Callable[["Api", Answer], Answer | None]
"""Changes an answer; None cuts the connection in the middle of it."""


def work(number: int) -> dict[str, Any]:
    """One work in the schema of OpenAlex's API, with text that needs care."""
    words = f'Lernen über Wälder № {number} \u2028 «深度学习» "quoted" \\ /'.split(" ")
    return {
        "id": f"https://openalex.org/W{number}",
        "ids": {"openalex": f"https://openalex.org/W{number}"},
        "doi": f"https://doi.org/10.5555/aequa.{number}",
        "title": f"Learning to manage forest number {number} \u2013 Überblick",
        "publication_year": 2000 + number % 25,
        "language": "en" if number % 3 else "pt",
        "type": "article",
        "primary_location": {"source": {"display_name": "Made Forests"}, "is_oa": True},
        "cited_by_count": number,
        "citation_normalized_percentile": {"value": 0.1234567890123, "is_in_top_1_percent": False},
        "authorships": [
            {
                "author": {"display_name": f"Ana Árvore {number}"},
                "institutions": [{"display_name": "Made University", "country_code": "BR"}],
                "countries": ["BR"],
            }
        ],
        "abstract_inverted_index": {word: [place] for place, word in enumerate(words)},
    }


WORKS = [work(number) for number in range(1, 951)]


@dataclass
class Api:
    """The state of the server, which tests change and look at."""

    works: list[dict[str, Any]]
    url: str = ""
    key: str | None = None
    largest: int = 200
    """Works per page that the server takes."""
    total: Callable[[int], int] = lambda number: number
    """The count that the server states, from the true one."""
    headers: dict[str, str] = field(default_factory=dict)
    troubles: list[Trouble | None] = field(default_factory=list)
    """What befalls the next answers, in order."""
    asked: list[tuple[dict[str, str], dict[str, str]]] = field(default_factory=list)
    """Parameters and headers (lower case) of every request."""

    def pages(self) -> list[dict[str, str]]:
        """Parameters of the requests for pages, without those for a count."""
        return [parameters for parameters, _ in self.asked if "cursor" in parameters]

    def answer(self, parameters: dict[str, str], headers: dict[str, str]) -> Answer:
        """What the API answers when nothing is wrong with it."""
        if self.key and headers.get("authorization") != f"Bearer {self.key}":
            sent = headers.get("authorization", "")
            return error(403, "API key not valid", f"{sent} is no key we know")
        size = int(parameters.get("per-page", 25))
        if not 1 <= size <= self.largest:
            return error(400, "Pagination error.", f"per-page must be 1 to {self.largest}")
        for key in filter(None, parameters.get("filter", "").split(",")):
            if (name := key.partition(":")[0]) not in self.works[0]:
                return error(400, "Invalid query parameters.", f"{name} is not a valid field.")
        found = [work for work in self.works if matches(work, parameters)]
        start = decoded(parameters.get("cursor", "*"))
        shown = found[start : start + size]
        more = start + size < len(found)
        fields = parameters["select"].split(",") if "select" in parameters else None
        meta = {
            "count": self.total(len(found)),
            "db_response_time_ms": 31,
            "page": None if "cursor" in parameters else 1,
            "per_page": size,
            "next_cursor": encoded(start + size) if more else None,
            "groups_count": None,
        }
        results = [{key: w[key] for key in fields or w if key in w} for w in shown]
        body = json.dumps({"meta": meta, "results": results, "group_by": []})
        return 200, dict(self.headers), body.encode()


def matches(work: dict[str, Any], parameters: dict[str, str]) -> bool:
    if parameters.get("search", "").casefold() not in work["title"].casefold():
        return False
    conditions = filter(None, parameters.get("filter", "").split(","))
    return all(str(work[key]) == value for key, value in (c.split(":", 1) for c in conditions))


def encoded(start: int) -> str:
    return base64.b64encode(f"[{start}, '+/?&']".encode()).decode()


def decoded(cursor: str) -> int:
    return 0 if cursor == "*" else int(base64.b64decode(cursor)[1:].partition(b",")[0])


def error(status: int, name: str, message: str, **headers: str) -> Answer:
    found = {key.replace("_", "-"): value for key, value in headers.items()}
    return status, found, json.dumps({"error": name, "message": message}).encode()


def refused(status: int, message: str = "made to fail", **headers: str) -> Trouble:
    """A trouble that answers with an error of the API."""
    return lambda api, answer: error(status, "Error", message, **headers)


def changed(change: Callable[[bytes], bytes]) -> Trouble:
    """A trouble that sends another body, of right length."""
    return lambda api, answer: (answer[0], answer[1], change(answer[2]))


def cut(api: Api, answer: Answer) -> None:
    """A trouble that breaks the connection in mid-page."""


class Troubles:
    """The troubles, for tests to name (test files cannot import this one)."""

    refused = staticmethod(refused)
    changed = staticmethod(changed)
    cut = staticmethod(cut)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    api: Api

    def handle(self) -> None:
        """As ever, but a client that was killed is no failure of the server."""
        with suppress(ConnectionError):
            super().handle()

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        parameters = {key: values[0] for key, values in parse_qs(parts.query).items()}
        headers = {key.lower(): value for key, value in self.headers.items()}
        self.api.asked.append((parameters, headers))
        if parts.path != "/works":
            self.send(*error(404, "Not found", parts.path))
            return
        answer = self.api.answer(parameters, headers)
        trouble = self.api.troubles.pop(0) if self.api.troubles else None
        made = trouble(self.api, answer) if trouble else answer
        self.send(*(made or answer), whole=made is not None)

    def send(self, status: int, headers: dict[str, str], body: bytes, whole: bool = True) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if whole else body[: len(body) // 2])
        self.close_connection = not whole

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the tests look at ``asked``."""


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    """The server, with 950 works."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("OPENALEX_API_KEY", raising=False)
    api = Api([dict(work) for work in WORKS])
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"api": api}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    api.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield api
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def trouble() -> type[Troubles]:
    return Troubles


@dataclass
class Fetcher:
    """Fetches from the server with a clock that is only counted."""

    api: Api
    folder: Path
    slept: list[float] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    time: float = 1_700_000_000.0

    def __call__(
        self, *filters: str, out: str = "works.jsonl.gz", key: str | None = None, **query: Any
    ) -> Fetched:
        asked = Query(filters=filters, **({"search": "forest"} | query))
        access = Access(self.api.url, "me@example.org", key)
        tell = self.told.append
        return openalex(
            asked,
            access,
            self.folder / out,
            lambda *step: tell(step),
            self.said.append,
            Clock(self.sleep, lambda: self.time, lambda: self.time, lambda: 0.5),
        )

    def __post_init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []

    def ids(self, name: str) -> list[int]:
        """The numbers of the works in a file, in order."""
        lines = gzip.decompress((self.folder / name).read_bytes()).splitlines()
        return [int(json.loads(line)["id"].rpartition("W")[2]) for line in lines]

    def left(self) -> set[str]:
        """The names of all files that are there."""
        return {path.name for path in self.folder.iterdir()}

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


@pytest.fixture
def fetch(api: Api, tmp_path: Path) -> Fetcher:
    return Fetcher(api, tmp_path)
