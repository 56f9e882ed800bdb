"""The one file that opens outgoing connections: one request in, one answer out, no retries here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from aequa import __version__
from aequa.core.errors import SpecError

LARGEST = 256 << 20
"""Bytes of one answer, unpacked, that are read; a page of 200 works has about 3 MB."""
PATIENCE = 60.0
"""Seconds without a byte after which a connection counts as broken."""
_HERE = ("localhost", "127.0.0.1", "::1")

Parameters = Mapping[str, str]


class BrokenError(Exception):
    """No whole answer came: the connection broke, or the answer is damaged; asking again helps."""


@dataclass(frozen=True)
class Answer:
    """What the server sent."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


Ask = Callable[[str, Parameters], Answer]
"""``ask(path, parameters)``; raises ``BrokenError``."""


@dataclass(frozen=True)
class Access:
    """Where to ask, and who asks."""

    url: str
    mailto: str | None = None
    """An address the API's keepers can write to; sent in the User-Agent."""
    key: str | None = field(default=None, repr=False)
    """The API key; sent in a header, so that it is in no address, log or trace."""

    def __post_init__(self) -> None:
        """Refuse what cannot be sent.

        Raises:
            SpecError: a URL that is not http(s), holds a password, or would carry the key
                unencrypted over a network; an address or key with characters of no such thing.
        """
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
            raise SpecError(f"--url: found {self.url}, expected http(s)://HOST[/PATH]")
        if parts.username or parts.password:
            raise SpecError("--url: holds a user or password, expected http(s)://HOST[/PATH]")
        if self.key is not None and not _sendable(self.key):
            raise SpecError("--api-key: expected letters, digits and signs of ASCII, no spaces")
        if self.key and parts.scheme == "http" and parts.hostname not in _HERE:
            raise SpecError(f"--url: {self.url} would show the API key, expected https://")
        if self.mailto is not None and ("@" not in self.mailto or not _sendable(self.mailto)):
            raise SpecError(f"--mailto: found {self.mailto!r}, expected an address such as a@b.org")


def _sendable(text: str) -> bool:
    return bool(text) and all("!" <= char <= "~" for char in text)


def agent(mailto: str | None) -> str:
    """Who asks, for the User-Agent header.

    >>> agent("me@example.org").partition(" ")[2]
    '(mailto:me@example.org)'
    """
    return f"aequa/{__version__}" + (f" (mailto:{mailto})" if mailto else "")


@contextmanager
def connected(access: Access) -> Iterator[Ask]:
    """A function that asks the server; the connection is kept from one request to the next."""
    import httpx  # 0.2 s that no other command should pay

    headers = {"User-Agent": agent(access.mailto), "Accept": "application/json"}
    if access.key:
        headers["Authorization"] = f"Bearer {access.key}"
    with httpx.Client(headers=headers, timeout=PATIENCE, follow_redirects=False) as client:

        def ask(path: str, parameters: Parameters) -> Answer:
            try:
                with client.stream("GET", access.url + path, params=dict(parameters)) as response:
                    found = {name.lower(): value for name, value in response.headers.items()}
                    return Answer(response.status_code, found, _body(response.iter_bytes()))
            except httpx.RequestError as error:
                raise BrokenError(f"{type(error).__name__}: {error}".rstrip(": ")) from error

        yield ask


def _body(pieces: Iterator[bytes]) -> bytes:
    found = bytearray()
    for piece in pieces:
        found += piece
        if len(found) > LARGEST:
            raise BrokenError(f"the answer has over {LARGEST >> 20} MiB, expected a page of works")
    return bytes(found)
