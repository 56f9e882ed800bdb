"""One question asked until it is answered: which failures are asked again, and which end it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

import orjson

from aequa.core.errors import FetchError
from aequa.fetch.connection import Access, Answer, Ask, BrokenError, Parameters
from aequa.fetch.waiting import LONGEST, Clock, Pace, asked, back_off, clock_time, used_up

ATTEMPTS = 8
"""Failures in a row after which a question is given up: about two minutes of waiting."""
Say = Callable[[str], None]
"""``say(line)`` tells people what is going on."""
_AGAIN = (408, 425, 429)
_KEY_HINT = (
    "; a key is free at https://openalex.org/settings/api, give it as OPENALEX_API_KEY or --api-key"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\s]+")
_Read = TypeVar("_Read")


class RefusedError(FetchError):
    """The API answered that it will not give what was asked."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Patient:
    """Asks an API for works, slowly enough, again after failures, as long as there is hope."""

    def __init__(self, ask: Ask, access: Access, clock: Clock, say: Say) -> None:
        self._ask, self._access, self._clock, self._say = ask, access, clock, say
        self._pace = Pace(clock)
        self._host = urlsplit(access.url).hostname
        self._last: Answer | None = None

    def works(self, parameters: Parameters, read: Callable[[bytes], _Read]) -> _Read:
        """What ``read`` makes of the API's answer; when it raises ``BrokenError``, asked again.

        Raises:
            FetchError: the API refuses (``RefusedError``), its budget is used up, or it failed
                ``ATTEMPTS`` times in a row.
        """
        failures = 0
        while True:
            self._hold()
            told = None
            try:
                answer = self._ask("/works", parameters)
                if answer.status == 200:
                    found = read(answer.body)
                    self._last = answer
                    return found
                told = self._refusal(answer)
                why = message(answer)
            except BrokenError as error:
                why = str(error)
            failures += 1
            self._wait(failures, told, why)

    def _hold(self) -> None:
        """Wait for the pace, and for the budget when the last answer said that none is left."""
        if self._last is not None:
            seconds = used_up(self._last.headers, self._clock.now())
            self._last = None
            if seconds:
                self._spend(seconds, "the API's budget is used up")
                self._clock.sleep(seconds)
        self._pace.wait()

    def _wait(self, failures: int, told: float | None, why: str) -> None:
        why = self._hidden(why)
        if failures == ATTEMPTS:
            raise FetchError(f"{self._host}: failed {failures} times in a row, at last: {why}")
        seconds = max(back_off(failures, self._clock.chance()), told or 0.0)
        self._say(f"{self._host}: {why}; asking again in {seconds:.1f} s")
        self._clock.sleep(seconds)

    def _refusal(self, answer: Answer) -> float | None:
        """Seconds the API asks to wait; raises when asking again is no use."""
        again = answer.status in _AGAIN or answer.status >= 500
        if not again and not (answer.status == 403 and "retry-after" in answer.headers):
            hint = _KEY_HINT if answer.status == 401 else ""
            raise RefusedError(
                self._hidden(f"{self._host}: {message(answer)}{hint}"), answer.status
            )
        now = self._clock.now()
        budget = used_up(answer.headers, now) if answer.status in (403, 429) else None
        told = asked(answer.headers, now)
        seconds = max(told or 0.0, budget or 0.0)
        used = "" if budget is None else "the API's budget is used up: "
        self._spend(seconds, used + message(answer))
        return seconds

    def _spend(self, seconds: float, why: str) -> None:
        """Refuse to wait so long that a person would rather know."""
        if seconds > LONGEST:
            when = clock_time(self._clock.now(), seconds)
            raise FetchError(self._hidden(f"{self._host}: {why}; it answers again at {when}"))

    def _hidden(self, text: str) -> str:
        """The text without the API key, should a server repeat it."""
        return text.replace(self._access.key, "***") if self._access.key else text


def message(answer: Answer) -> str:
    """The status and what the API says of it, on one line.

    >>> message(Answer(400, {}, b'{"error": "Invalid filter", "message": "no field wells"}'))
    'answered 400: Invalid filter: no field wells'
    >>> message(Answer(502, {}, b"<html>"))
    'answered 502'
    """
    try:
        raw = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        raw = None
    given = [raw.get("error"), raw.get("message")] if isinstance(raw, dict) else []
    said = [_CONTROL.sub(" ", text).strip()[:400] for text in given if isinstance(text, str)]
    where = answer.headers.get("location", "") if 300 <= answer.status < 400 else ""
    moved = [f"moved to {_CONTROL.sub('', where)[:200]}, expected that as --url"] if where else []
    return ": ".join([f"answered {answer.status}", *filter(None, said), *moved])
