"""One work: what it is, what the labels say and how sure they are, and the phrases in its text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aequa.core.works import AREAS, CHALLENGES
from aequa.report import formats
from aequa.report.accuracy import brief, of_goal, part
from aequa.report.links import address
from aequa.report.names import country, name
from aequa.report.words import LANGUAGES, say
from aequa.web.drill import corpus_of, goal_words
from aequa.web.flags import Flag, Flags, form_of, machine_labels
from aequa.web.highlight import highlighted
from aequa.web.problems import Problem
from aequa.web.queries import Row
from aequa.web.site import Site


def router(site: Site) -> APIRouter:
    """``/{language}/works/{id}`` and the form for a label that is wrong."""
    made = APIRouter(include_in_schema=False)
    flags = Flags(site.directory)

    @made.api_route("/{language}/works/{identifier:path}", methods=["GET", "HEAD"])
    def page(request: Request, language: str, identifier: str) -> Response:
        if language not in LANGUAGES:
            raise Problem(404, "No such page")
        row = _work(site, identifier)
        return site.page(request, "work.html.j2", lambda: _page(site, flags, row), keep=False)

    @made.post("/{language}/works/{identifier:path}/flag")
    async def flag(request: Request, language: str, identifier: str) -> Response:
        if not site.writable:
            raise Problem(403, "Nothing is stored here", "expected aequa serve DIR --write")
        if language not in LANGUAGES:
            raise Problem(404, "No such page")
        row = _work(site, identifier)
        flags.add(_flag(row, await form_of(request), language))
        return RedirectResponse(request.url.path.removesuffix("/flag") + "#flags", 303)

    return made


def _flag(row: Row, told: Mapping[str, str], language: str) -> Flag:
    """What a reader says of a label, checked."""
    label, should = told.get("label", ""), told.get("should", "")
    if label not in labels() or should not in {"yes", "no", *SHOULD}:
        raise Problem(400, "No such label", "expected a label and an answer of the form")
    note = " ".join(told.get("note", "").split())[:500]
    return Flag(row["id"], label, machine_labels(row).get(label, "no"), should, note, language)


SHOULD = ("supports", "hinders", "mixed", "neutral")
"""What a goal's label may be instead, beside yes and no."""


def labels() -> list[str]:
    """Every label that may be called wrong."""
    goals = [f"goal-{goal}" for goal in range(1, 18)]
    return [
        "ai",
        *goals,
        *(f"challenge-{one}" for one in CHALLENGES),
        *(f"area-{a}" for a in AREAS),
    ]


def _work(site: Site, identifier: str) -> Row:
    row = corpus_of(site).work(identifier) if len(identifier) < 500 else None
    if row is None:
        raise Problem(404, "No such work")
    return row


def _page(site: Site, flags: Flags, row: Row) -> Mapping[str, Any]:
    goals = row["goals"] or ()
    marks = [(phrase, goal["goal"]) for goal in goals for phrase in goal["evidence"] or ()]
    return {
        "title": row["title"] or say("(no title)"),
        "work": row,
        "work_title": highlighted(row["title"] or say("(no title)"), marks),
        "abstract": highlighted(row["abstract"], marks) if row["abstract"] else "",
        "authors": _authors(row),
        "identifiers": [(one, address(one)) for one in row["ids"] or ()],
        "facts": _facts(row),
        "labels": _labels(site, row),
        "flags": flags.of(row["id"]),
        "flag_labels": [(one, label_words(one)) for one in labels()],
        "flag_answers": [("yes", say("yes")), ("no", say("no"))]
        + [(one, name("contribution", one)) for one in SHOULD],
        "label_words": label_words,
        "writable": site.writable,
    }


def label_words(label: str) -> str:
    """A label in the language that is spoken.

    >>> label_words("goal-3")
    '3 Good health'
    """
    kind, _, code = label.partition("-")
    if kind == "ai":
        return say("On artificial intelligence")
    return f"{code} {name('goal', int(code))}" if kind == "goal" else name(kind, code)


def _authors(row: Row) -> list[tuple[str, str]]:
    """Each author with their affiliations and countries."""
    found = []
    for one in (row["authorships"] or ())[:100]:
        places = [
            ", ".join(part for part in (held["name"], _country(held["country"])) if part)
            for held in one["affiliations"] or ()
        ]
        found.append((one["name"] or say("(no name)"), "; ".join(part for part in places if part)))
    return found


def _country(code: str | None) -> str:
    return country(code) if code else ""


def _facts(row: Row) -> list[tuple[str, str]]:
    """What the record says, and where it was read."""
    missing = formats.missing()
    places = ", ".join(country(code) for code in row["countries"] or () if code)
    facts = [
        (say("Year"), str(row["year"] or missing)),
        (say("Venue"), row["venue"] or missing),
        (say("Type"), row["type"] or missing),
        (say("Field"), row["field"] or missing),
        (say("Cited"), formats.count(row["cited_by"])),
        (say("Cited more than this share of its field, year and type"), _percentile(row)),
        (say("Countries"), places or missing),
        (say("Sectors"), ", ".join(name("sector", s) for s in row["sectors"] or ()) or missing),
        (say("Language of the text"), row["told_language"] or missing),
        (say("Read from"), f"{row['file']}#{row['record']}"),
    ]
    if row["merged"]:
        facts.append((say("Records merged into it"), ", ".join(row["merged"][:20])))
    return facts


def _percentile(row: Row) -> str:
    return formats.share(row["percentile"])


def _labels(site: Site, row: Row) -> list[Mapping[str, Any]]:
    """Every label of the work: words, score, its measured accuracy, phrases, second reading."""
    card = site.material.about.get("card") or {}
    ai = row["ai"] or {}
    answer = say("yes") if ai.get("label") else say("no")
    found: list[Mapping[str, Any]] = [
        {
            "words": f"{say('On artificial intelligence')}: {answer}",
            "score": formats.decimal(ai.get("score")),
            "accuracy": brief(part(card, "ai")),
            "phrases": (),
            "goal": None,
            "targets": "",
        }
    ]
    for goal in row["goals"] or ():
        found.append(
            {
                "goal": goal["goal"],
                "words": goal_words(goal),
                "score": formats.decimal(goal["score"]),
                "accuracy": brief(of_goal(card, goal["goal"])),
                "phrases": tuple(goal["evidence"] or ()),
                "targets": ", ".join(goal.get("targets") or ()),
            }
        )
    for kind, held in (("challenge", row["challenges"]), ("area", row["areas"])):
        for one in held or ():
            found.append(
                {
                    "words": name(kind, one["name"]),
                    "score": formats.decimal(one["score"]),
                    "accuracy": brief(part(card, f"{kind}s", one["name"])),
                    "phrases": (),
                    "goal": None,
                    "targets": "",
                }
            )
    return found
