"""Whole pages kept in memory: made once per address and language, sent as they are or gzipped.

A workspace does not change while it is served, so a page needs to be made once. The entity tag is
the digest of its bytes (RFC 9110); a reader who holds it gets 304 and no body.
"""

from __future__ import annotations

import gzip
from collections import OrderedDict
from hashlib import sha256
from threading import Lock
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

MOST = 32_000_000
"""Bytes of pages that are kept; the least recently asked for go first."""
_SMALL = 600
"""Bytes under which gzip gains nothing."""


class Reply(NamedTuple):
    """A page as it is sent."""

    body: bytes
    zipped: bytes
    """The same, gzipped; empty where that is no smaller."""
    media: str
    etag: str
    headers: tuple[tuple[str, str], ...] = ()


def reply(body: bytes, media: str, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    """Bytes as a reply, with their entity tag and their gzipped form."""
    small = len(body) < _SMALL or media.startswith(("image/png", "application/vnd"))
    zipped = b"" if small else gzip.compress(body, 5, mtime=0)
    return Reply(body, zipped, media, f'"{sha256(body).hexdigest()[:24]}"', headers)


class Kept:
    """Replies by key, within a bound of bytes; safe to use from several threads."""

    def __init__(self, most: int = MOST) -> None:
        self._most, self._held, self._size = most, OrderedDict[object, Reply](), 0
        self._lock = Lock()

    def get(self, key: object) -> Reply | None:
        """The reply kept under a key, if any."""
        with self._lock:
            found = self._held.get(key)
            if found is not None:
                self._held.move_to_end(key)
            return found

    def put(self, key: object, made: Reply) -> None:
        """Keep a reply, and let go of old ones until all fit; one that fits nowhere is not kept."""
        size = _size(made)
        if size > self._most:
            return
        with self._lock:
            old = self._held.pop(key, None)
            self._size += size - (_size(old) if old else 0)
            self._held[key] = made
            while self._size > self._most:
                self._size -= _size(self._held.popitem(last=False)[1])


def _size(made: Reply) -> int:
    return len(made.body) + len(made.zipped)


def answer(request: Request, made: Reply, cache: str = "no-cache") -> Response:
    """The response to a request: 304 where the reader holds the page, gzipped where it may be."""
    headers = {"ETag": made.etag, "Cache-Control": cache, "Vary": "Accept-Encoding"}
    headers.update(made.headers)
    if _held(request.headers.get("if-none-match", ""), made.etag):
        return Response(status_code=304, headers=headers)
    body = made.body
    if made.zipped and "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["Content-Encoding"] = made.zipped, "gzip"
    return Response(body, media_type=made.media, headers=headers)


def _held(told: str, etag: str) -> bool:
    """Whether If-None-Match names the tag; weak comparison, as RFC 9110 has it."""
    return told.strip() == "*" or etag in [
        one.strip().removeprefix("W/") for one in told.split(",") if one.strip()
    ]
