"""Collect every message of the report and the dashboard, and keep the catalogues in step.

``python tools/messages.py`` writes ``messages/LANGUAGE.po`` of every language: new messages are
added without a translation, those that nothing says any more are dropped, translations stay.
``--check`` writes nothing and exits with 1 where a message has no translation, or one whose values
are not those of the message.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from aequa.report.names import messages as names
from aequa.report.words import LANGUAGES

SOURCE = Path(__file__).parents[1] / "src" / "aequa"
FOLDER = SOURCE / "report" / "messages"
ROOMS = ("report", "web")
SAY = {"say": None, "marked": None, "say_n": (1, 2), "say_as": ((1, "c"), 2)}
VALUE = re.compile(r"\{(\w+)\}")
Key = tuple[str | None, str | tuple[str, str]]


def said() -> dict[Key, None]:
    """Every message: its context, and its text or its two forms; sorted."""
    found: set[Key] = set()
    for room in ROOMS:
        for path in sorted((SOURCE / room).rglob("*.py")):
            with path.open("rb") as file:
                found |= set(_of(extract("python", file, SAY)))
        for path in sorted((SOURCE / room).rglob("*.j2")):
            found |= set(_of(_template(path)))
    found |= {(kind, text) for kind, held in names().items() for text in held.values()}
    return dict.fromkeys(sorted(found, key=str))


def _template(path: Path) -> Iterator[tuple[int, object, list[str], str | None]]:
    options = {"trimmed": "false", "silent": "false", "newstyle_gettext": "false"}
    with path.open("rb") as file:
        for line, function, text, comments in babel_extract(file, tuple(SAY), [], options):
            if function in ("say", "marked"):
                yield line, text if isinstance(text, str) else text[0], comments, None
            elif function == "say_n":
                yield line, tuple(text[:2]), comments, None


def _of(rows: Iterator[tuple[int, object, list[str], str | None]]) -> Iterator[Key]:
    for _, text, _, context in rows:
        if isinstance(text, tuple) and len(text) == 2:
            yield context, (str(text[0]), str(text[1]))
        elif isinstance(text, str) and text:
            yield context, text


def catalogue(code: str) -> Catalog:
    """The catalogue of a language as it is stored; an empty one where there is none."""
    path = FOLDER / f"{code}.po"
    if not path.is_file():
        return Catalog(locale=code)
    with path.open("rb") as file:
        return read_po(file, locale=code)


def updated(code: str) -> Catalog:
    """The catalogue with exactly the messages that are said, and what was translated of them."""
    old, new = catalogue(code), _empty(code)
    for context, text in said():
        known = old.get(text if isinstance(text, str) else text[0], context)
        string = known.string if known is not None and _same_shape(known, text) else None
        new.add(text, string or _nothing(text, new), context=context)
    return new


def _empty(code: str) -> Catalog:
    made = Catalog(locale=code, project="aequa", version="", copyright_holder="The aequa authors")
    made.header_comment = f"# {LANGUAGES[code]}: translations of aequa's messages (Apache-2.0)."
    made.fuzzy = False
    return made


def _same_shape(known: Message, text: str | tuple[str, str]) -> bool:
    return isinstance(known.id, tuple | list) == isinstance(text, tuple)


def _nothing(text: str | tuple[str, str], made: Catalog) -> str | tuple[str, ...]:
    return "" if isinstance(text, str) else ("",) * made.num_plurals


def written(made: Catalog) -> bytes:
    """The catalogue as a file: sorted, without places and dates, so that changes are small."""
    stream = BytesIO()
    write_po(stream, made, width=100, no_location=True, omit_header=True, sort_output=True)
    head = (
        f"{made.header_comment}\n"
        'msgid ""\nmsgstr ""\n'
        f'"Language: {made.locale}\\n"\n'
        f'"Plural-Forms: {made.plural_forms}\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    )
    return head.encode() + stream.getvalue()


def faults(code: str) -> list[str]:
    """What is wrong with a language: messages that lack, or whose values differ."""
    held, found = catalogue(code), []
    for context, text in said():
        first = text if isinstance(text, str) else text[0]
        known = held.get(first, context)
        strings = _strings(known)
        if known is None or not strings or not all(strings):
            found.append(f"{code}: not translated: {context or ''} {first!r}")
            continue
        wanted = [set(VALUE.findall(one)) for one in ((text,) if isinstance(text, str) else text)]
        for string in strings:
            values = set(VALUE.findall(string))
            if values not in wanted and not (len(strings) > 1 and values | {"n"} in wanted):
                found.append(f"{code}: other values: {first!r} → {string!r}")
            if string.count("{") != string.count("}") or ("<" in string and "<" not in first):
                found.append(f"{code}: braces or markup: {string!r}")
    return found


def _strings(known: Message | None) -> tuple[str, ...]:
    if known is None or not known.string:
        return ()
    return (known.string,) if isinstance(known.string, str) else tuple(known.string)


def main() -> int:
    """Write or check all catalogues."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, tell what lacks")
    arguments = parser.parse_args()
    codes = [code for code in LANGUAGES if code != "en"]
    if arguments.check:
        found = [fault for code in codes for fault in faults(code)]
        print("\n".join(found) or f"{len(said())} messages in {len(codes)} languages")
        return 1 if found else 0
    for code in codes:
        (FOLDER / f"{code}.po").write_bytes(written(updated(code)))
    print(f"{len(said())} messages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
