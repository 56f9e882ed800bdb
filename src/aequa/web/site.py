"""What every room of the dashboard stands on: the report that is served, and its pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlencode

from jinja2 import ChoiceLoader, Environment, PackageLoader
from starlette.requests import Request
from starlette.responses import Response

from aequa.core.goals import goals as all_goals
from aequa.report import page as report_page
from aequa.report import words
from aequa.report.content import Content, content
from aequa.report.edition import Edition
from aequa.report.figure import Material
from aequa.report.links import anchor
from aequa.report.names import name
from aequa.web import assets
from aequa.web.problems import Problem
from aequa.web.replies import Kept, Reply, answer, reply

if TYPE_CHECKING:
    from aequa.web.queries import Corpus

HTML = "text/html; charset=utf-8"


class Engines(NamedTuple):
    """What the dashboard may have computed; ``serving`` passes it in, for no engine is known here.

    ``reweigh`` takes the weights a reader chose and answers with ranks (``aequa.reweighing``).
    """

    reweigh: Callable[..., Any] | None = None


NONE = Engines()


@dataclass(frozen=True)
class Site:
    """One report as it is served. Immutable but for the pages it keeps."""

    directory: Path
    material: Material
    digest: str
    """Of ``report.json``: changes with everything that the report shows"""
    writable: bool = False
    """Whether readers may say that a label is wrong"""
    engines: Engines = NONE
    corpus: Corpus | None = None
    """The works, or None where the folder holds only tables"""
    kept: Kept = field(default_factory=Kept)
    templates: Environment = field(default_factory=lambda: _environment())

    def page(
        self,
        request: Request,
        template: str,
        values: Callable[[], Mapping[str, Any]],
        status: int = 200,
        keep: bool = True,
    ) -> Response:
        """The page of an address: kept from before, or made from ``values()`` and a template.

        ``values`` is called within the language of the address, only where the page must be made;
        it gives at least ``title`` and may raise Problem. ``keep=False`` for pages that change.
        """

        def made() -> Reply:
            return reply(self.render(request, template, values()).encode(), HTML)

        done = self.once(request, made) if keep else self.speaking(request, made)
        return _with_status(answer(request, done), status)

    def once(self, request: Request, made: Callable[[], Reply]) -> Reply:
        """The reply kept for an address, else made, in the language of the address."""
        key = (request.url.path, tuple(sorted(request.query_params.multi_items())))
        found = self.kept.get(key)
        if found is None:
            found = self.speaking(request, made)
            self.kept.put(key, found)
        return found

    def speaking(self, request: Request, made: Callable[[], Reply]) -> Reply:
        """``made()`` in the language of the address."""
        with words.speaking(language_of(request)):
            return made()

    def render(self, request: Request, template: str, values: Mapping[str, Any]) -> str:
        """A template with what every page has; in the language that is spoken."""
        language, place = words.language(), values.get("place", "report")
        return self.templates.get_template(template).render(
            {
                "language": language,
                "direction": words.direction(),
                "languages": self._switch(request),
                "here": request.url.path,
                "root": f"/{language}",
                "about": self.material.about,
                "digest": self.digest,
                "goals": all_goals(),
                "stored": list(self.material.stored.tables),
                "sections": navigation(language),
                "picture_href": lambda one, kind: f"/{language}/figures/{place}/{one}.{kind}",
                "origin_href": lambda one: f"/{language}/methods#{anchor('table', one)}",
                "cite_href": lambda one: f"/{language}/figures/{place}/{one}",
                **values,
            }
        )

    def _switch(self, request: Request) -> list[tuple[str, str, str]]:
        """Code, own name and address of this page in every language."""
        _, _, rest = request.url.path.lstrip("/").partition("/")
        query = f"?{request.url.query}" if request.url.query else ""
        return [
            (code, own, f"/{code}/{quote(rest)}{query}") for code, own in words.LANGUAGES.items()
        ]

    def content(self, country: str | None = None) -> Content:
        """The parts of the report in the language that is spoken; of one country, where named."""
        return self._content(words.language(), country)

    @lru_cache(maxsize=24)  # noqa: B019 - one site lives as long as the server
    def _content(self, language: str, country: str | None) -> Content:
        return content(self.material, Edition(country, language))

    def __hash__(self) -> int:
        return id(self)


def linked(key: str, rule: str) -> str:
    """The address of the works behind a number, in the language that is spoken; see ``Material``.

    >>> linked("goal-3-supports", "goal")
    '/en/works?goal=3&contribution=supports'
    >>> linked("country-KEN", "country"), linked("challenge-any", "challenge")
    ('/en/works?country=KEN', '/en/works?challenge=any')
    """
    kind, _, rest = key.partition("-")
    asked = _asked(kind, rest, rule)
    return f"/{words.language()}/works{'?' + urlencode(asked) if asked else ''}"


def _asked(kind: str, rest: str, rule: str) -> dict[str, str]:
    """The filters of a drill-down, from the key of a number."""
    if kind == "headline":
        return {"reading": rest}
    if kind == "goal":
        goal, _, contribution = rest.partition("-")
        against = {"hinders_or_mixed": "against"}.get(contribution, contribution)
        more = {} if against in {"", "any"} else {"contribution": against}
        return {"goal": goal} | more
    if kind == "group":
        grouping, _, group = rest.partition("-")
        return {"group": f"{grouping}:{group}"}
    return {kind: rest} if kind in {"country", "challenge", "area", "sector", "year"} else {}


def language_of(request: Request) -> str:
    """The language in the address; English where it has none.

    Raises:
        Problem: the address begins with no language of the dashboard.
    """
    first = request.url.path.lstrip("/").partition("/")[0]
    if first in words.LANGUAGES:
        return first
    if "language" in request.path_params:
        raise Problem(404, "No such page")
    return "en"


def navigation(language: str) -> list[tuple[str, str]]:
    """The main parts of the dashboard: address and name, in the language that is spoken."""
    say, root = words.say, f"/{language}"
    return [
        (f"{root}/", say("Findings")),
        (f"{root}/goals", say("Goals")),
        (f"{root}/issues", say("Issues")),
        (f"{root}/links", say("Interlinkages")),
        (f"{root}/gap", say("The gap")),
        (f"{root}/countries", say("Countries")),
        (f"{root}/works", say("Works")),
        (f"{root}/compare", say("Compare")),
        (f"{root}/limits", say("Limits")),
        (f"{root}/methods", say("Methods and data")),
    ]


def _environment() -> Environment:
    """The report's templates and ours, with the functions that they speak and link with."""
    made = report_page.environment()
    made.loader = ChoiceLoader([PackageLoader("aequa.web"), PackageLoader("aequa.report")])
    made.globals.update(
        name=name,
        static_href=assets.href,
        table_href=lambda table: f"/tables/{table}.csv",
        file_href=lambda name: "",
    )
    return made


def _with_status(response: Response, status: int) -> Response:
    if response.status_code == 200:
        response.status_code = status
    return response
