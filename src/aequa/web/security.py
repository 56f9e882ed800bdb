"""The door of the dashboard: who may ask, how much and how often, and what every answer says.

One ASGI layer around all rooms. Nothing here knows what is asked for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aequa.web.limits import Buckets
from aequa.web.problems import Problem
from aequa.web.refusals import refusal

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}
LONGEST = 2048
"""Characters of a path with its query."""
BODY = 16_384
"""Bytes of a form."""
PATIENCE = 10.0
"""Seconds that an answer may take."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})
_METHODS = frozenset({"GET", "HEAD", "POST"})


class Door:
    """Refuse what is too long, too often, of another origin or for another host; time the rest."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str] | None, rate: float) -> None:
        """``hosts``: names that we answer to, None for any; ``rate``: requests a second, 0: any."""
        self._app, self._hosts = app, hosts
        self._buckets = Buckets(rate) if rate else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            self._check(scope)
            async with asyncio.timeout(PATIENCE):
                await self._app(scope, _bounded(receive), guarded)
        except (Problem, TimeoutError) as found:
            if started:
                raise
            told = found if isinstance(found, Problem) else Problem(503, "Too slow", "", 5)
            await refusal(Request(scope), told)(scope, receive, guarded)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        if len(scope.get("raw_path", b"")) + len(scope.get("query_string", b"")) > LONGEST:
            raise Problem(414, "The address is too long", f"expected at most {LONGEST} characters")
        if self._hosts is not None and _host(headers) not in self._hosts:
            raise Problem(421, "Not this host", "the Host header names another machine")
        if scope["method"] not in _METHODS:
            raise Problem(405, "Not a method of this server", "expected GET, HEAD or POST")
        if scope["method"] == "POST" and not same_origin(headers):
            raise Problem(403, "Not from here", "expected a form of this very server")
        if self._buckets is not None:
            wait = self._buckets.take((scope.get("client") or ("",))[0])
            if wait:
                raise Problem(429, "Too many requests", "", wait)


def _host(headers: Mapping[str, str]) -> str:
    """The name in the Host header, without its port."""
    host = headers.get("host", "")
    return host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host


def same_origin(headers: Mapping[str, str]) -> bool:
    """Whether a form comes from a page of this very server.

    Browsers say so themselves (Fetch Metadata); older ones send Origin. Neither: not a browser,
    and then no one's session can be misused.

    >>> same_origin({"host": "a:1", "origin": "http://b:1"})
    False
    """
    told = headers.get("sec-fetch-site")
    if told is not None:
        return told in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


def _bounded(receive: Receive) -> Receive:
    """The body of a request, refused where it grows too large."""
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > BODY:
            raise Problem(413, "Too much was sent", f"expected at most {BODY} bytes")
        return message

    return counted
