"""Text in CSV cells that no spreadsheet will run as a formula (OWASP, "CSV Injection")."""

from __future__ import annotations

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def defused(text: str) -> str:
    """The text with one apostrophe in front where a spreadsheet could run it; numbers stay.

    >>> defused("=1+1"), defused("-5"), defused("- a dash"), defused("wells")
    ("'=1+1", '-5', "'- a dash", 'wells')
    """
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def restored(cell: str) -> str:
    """The text that ``defused`` made the cell from.

    >>> restored(defused("=1+1")), restored(defused("'=1+1")), restored("'quoted'")
    ('=1+1', "'=1+1", "'quoted'")
    """
    return cell[1:] if cell[:1] == "'" and _FORMULA.match(cell) else cell
