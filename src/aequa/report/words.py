"""What the report and the dashboard say, in the reader's language: one place for all of it.

A message is its English text, with values in braces: ``say("{count} works", count="12")``. Its
translations are ``messages/LANGUAGE.po``, which ``tools/messages.py`` keeps in step with the
source; what no catalogue translates stays English. The language holds for a ``with`` block
(a context variable, so that threads and requests do not mix).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO

from markupsafe import Markup, escape

LANGUAGES = {
    "en": "English",
    "fr": "Français",
    "es": "Español",
    "pt": "Português",
    "ar": "العربية",
    "zh": "中文",
    "ru": "Русский",
    "sw": "Kiswahili",
}
"""Code (ISO 639-1) and own name of every language of the interface, in the order of the switch."""
RIGHT_TO_LEFT = frozenset({"ar"})
_language: ContextVar[str] = ContextVar("language", default="en")


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Say everything in a language of ``LANGUAGES`` within the block.

    >>> with speaking("fr"):
    ...     language()
    'fr'
    """
    token = _language.set(language if language in LANGUAGES else "en")
    try:
        yield
    finally:
        _language.reset(token)


def language() -> str:
    """The language that is spoken now."""
    return _language.get()


def direction() -> str:
    """``rtl`` or ``ltr``, as HTML's ``dir`` has it."""
    return "rtl" if language() in RIGHT_TO_LEFT else "ltr"


def say(message: str, /, **values: object) -> str:
    """A message in the reader's language, its values put in.

    >>> say("{count} works", count=3)
    '3 works'
    """
    translated = _catalogue(language()).gettext(message) if message else ""
    return translated.format(**values) if values else translated


def say_n(one: str, many: str, number: float, /, **values: object) -> str:
    """The form of a message that the number asks for; whole numbers only choose the form.

    >>> say_n("{count} work", "{count} works", 1, count=1)
    '1 work'
    """
    whole = int(number) if float(number).is_integer() else 2
    return _catalogue(language()).ngettext(one, many, whole).format(**values)


def say_as(context: str, message: str, /) -> str:
    """A short name whose meaning depends on its kind, such as a goal's or a sector's.

    >>> say_as("sector", "company")
    'company'
    """
    return _catalogue(language()).pgettext(context, message)


def marked(message: str, /, **values: object) -> Markup:
    """``say`` for templates: the message and its values escaped, values that are markup kept."""
    translated = Markup(escape(say(message)))
    return translated.format(**values) if values else translated


@cache
def _catalogue(code: str) -> NullTranslations:
    """The translations of one language, read once."""
    source = files("aequa.report").joinpath(f"messages/{code}.po")
    if code == "en" or not source.is_file():
        return NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    return GNUTranslations(compiled)
