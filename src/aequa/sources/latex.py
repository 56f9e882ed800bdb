"""LaTeX text in BibTeX values to Unicode: accents, symbols, quotes; other commands are removed."""

from __future__ import annotations

import re
import unicodedata

from aequa.sources.tsv import forms

_COMBINING = dict(
    zip(
        "`'^\"~=.uvHcdbrkt",
        "\u0300\u0301\u0302\u0308\u0303\u0304\u0307\u0306\u030c\u030b\u0327\u0323\u0331\u030a\u0328\u0361",
        strict=True,
    )
)
_ACCENT = re.compile(
    r"""\\(?:(?P<mark>[`'^"~=.])\s*|(?P<word>[uvHcdbrkt])(?:\s+|(?=\{)))"""
    r"(?:\{\s*\\?(?P<held>[^\W\d_])\s*\}|\\(?P<dotless>[ij])(?![a-zA-Z])|(?P<bare>[^\W\d_]))"
)
_SYMBOL = re.compile(r"\\([a-zA-Z]+)\*?(?:\s*\{\}|(?![a-zA-Z])[ \t]?)")
_ESCAPED = re.compile(r"\\([&%$#_{}~^,;:!/ -])")
_MATH = re.compile(r"\$((?:[^$]{0,200}[\\^_=][^$]{0,200})|[A-Za-z])\$")
_LINK = re.compile(r"\\href\s*\{[^{}]*\}(?=\s*\{)")
_TIE = re.compile(r"(?<=[\w.}])~(?=[\w\\{])")


def to_text(value: str) -> str:
    r"""The Unicode text that LaTeX would print, without braces.

    >>> to_text(r'{\"O}zg{\"u}r, \'{E}va and {\v{S}}imon \& S{\o}n: {\'\i}ndice, $\alpha$')
    'Özgür, Éva and Šimon & Søn: índice, α'
    >>> to_text(r"Stra{\ss}e -- \emph{new} 10\% of \LaTeX")
    'Straße – new 10% of LaTeX'
    """
    if "$" in value:
        value = _MATH.sub(r"\1{}", value)
    if "~" in value:
        value = _TIE.sub(" ", value)
    if "\\" in value:
        value = _ACCENT.sub(_accent, _LINK.sub("", value).replace("\\\\", " "))
        value = _SYMBOL.sub(_symbol, value)
        value = _ESCAPED.sub(_escaped, value)
    if "--" in value:
        value = value.replace("---", "—").replace("--", "–")
    value = value.replace("``", "“").replace("''", "”").replace("{", "").replace("}", "")
    return value.replace("\ue000", "{").replace("\ue001", "}")


def _accent(found: re.Match[str]) -> str:
    letter = found["held"] or found["dotless"] or found["bare"]
    return unicodedata.normalize("NFC", letter + _COMBINING[found["mark"] or found["word"]])


def _symbol(found: re.Match[str]) -> str:
    """The symbol, or nothing for a command with an argument (``\\emph{…}``), or its name."""
    symbol = forms("latex.tsv").get(found[1])
    if symbol is not None:
        return symbol
    if found.string[found.end() : found.end() + 1] == "{":
        return ""
    return found[1] + (" " if found[0].endswith((" ", "\t")) else "")


def _escaped(found: re.Match[str]) -> str:
    """The character itself; literal braces wait in private characters until the others are gone."""
    if found[1] in "{}":
        return "\ue000" if found[1] == "{" else "\ue001"
    return "" if found[1] in ",;:!/-" else found[1]
