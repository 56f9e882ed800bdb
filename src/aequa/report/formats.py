"""How the report writes numbers: one place, so that every figure reads alike.

Marks of decimals and thousands and the place of the per cent sign are those of the language that is
spoken (Unicode CLDR, by Babel). Missing values are None or NaN and are written as ``n/a``, never as
zero.
"""

from __future__ import annotations

import math
from datetime import date
from functools import cache
from typing import NamedTuple

from aequa.report.words import language, say


class Marks(NamedTuple):
    """How a language writes numbers."""

    decimal: str
    group: str
    minus: str
    percent: str
    """What stands behind a percentage, its space included"""


@cache
def marks(code: str) -> Marks:
    """The marks of a language.

    >>> marks("en"), marks("es").decimal
    (Marks(decimal='.', group=',', minus='-', percent='%'), ',')
    """
    from babel import Locale

    locale = Locale.parse(code)
    symbols = locale.number_symbols["latn"]
    percent = locale.percent_formats[None].suffix[0].replace("%", symbols["percentSign"])
    return Marks(symbols["decimal"], symbols["group"], symbols["minusSign"], percent)


def known(value: object) -> float | None:
    """The value as a finite float, or None for None, NaN, infinity and anything not a number.

    >>> known(float("nan")), known(2)
    (None, 2.0)
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def missing() -> str:
    """What stands for a value that is not known.

    >>> missing()
    'n/a'
    """
    return say("n/a")


def decimal(value: object, places: int = 2) -> str:
    """A plain number with a fixed count of decimals.

    >>> decimal(0.8512), decimal(-1234.5, 1)
    ('0.85', '-1,234.5')
    """
    number = known(value)
    return missing() if number is None else _written(number, places)


def _written(number: float, places: int) -> str:
    text = f"{number:,.{places}f}"
    ours = marks(language())
    if ours[:3] == (".", ",", "-"):
        return text
    return "".join(
        {".": ours.decimal, ",": ours.group, "-": ours.minus}.get(sign, sign) for sign in text
    )


def signed(value: object, places: int = 1) -> str:
    """A number with its sign, plus or minus.

    >>> signed(1.25), signed(-0.5)
    ('+1.2', '-0.5')
    """
    number = known(value)
    if number is None:
        return missing()
    return f"{'+' if number >= 0 else ''}{_written(number, places)}"


def count(value: object) -> str:
    """A count of works; one decimal only where fractions matter.

    >>> count(12345.0), count(2.5), count(0.03), count(None)
    ('12,345', '2.5', '<0.1', 'n/a')
    """
    number = known(value)
    if number is None:
        return missing()
    if 0 < number < 0.05:
        return f"<{_written(0.1, 1)}"
    whole = abs(number - round(number)) < 0.05 or abs(number) >= 100
    return _written(number, 0 if whole else 1)


def places(value: float) -> int:
    """Decimals a share needs: two where one would hide it (under 1%), else one.

    >>> places(0.123), places(0.004)
    (1, 2)
    """
    return 2 if 0 < abs(value) < 0.01 else 1


def percent(value: float, places: int) -> str:
    """A share as a percentage with so many decimals.

    >>> percent(0.123, 1)
    '12.3%'
    """
    return f"{_written(value * 100, places)}{marks(language()).percent}"


def share(value: object) -> str:
    """A share in [0, 1] as a percentage.

    >>> share(0.1234), share(0.00001), share(0), share(0.9998)
    ('12.3%', '<0.01%', '0%', '>99.9%')
    """
    number = known(value)
    if number is None:
        return missing()
    if number in (0.0, 1.0):
        return percent(number, 0)
    if 0 < number < 0.0001:
        return f"<{percent(0.0001, 2)}"
    if 0.9995 <= number < 1:
        return f">{percent(0.999, 1)}"
    return percent(number, places(number))


def interval(low: object, high: object) -> str:
    """A 95% interval of shares.

    >>> interval(0.119, 0.127)
    '11.9–12.7%'
    """
    first, last = known(low), known(high)
    if first is None or last is None:
        return missing()
    digits = places(first if first else last)
    return f"{_written(first * 100, digits)}–{percent(last, digits)}"


def tick(value: float) -> str:
    """An axis label: as few decimals as the value needs.

    >>> tick(0.05), tick(0.025)
    ('5%', '2.5%')
    """
    needed = next(digits for digits in range(5) if digits == 4 or _whole(value * 100, digits))
    return percent(value, needed)


def _whole(number: float, digits: int) -> bool:
    return abs(round(number, digits) - number) < 1e-9


def day(iso: object) -> str:
    """A date of the form 2026-12-01 as the language writes it; anything else as it is.

    >>> day("2026-12-01"), day("soon")
    ('Dec 1, 2026', 'soon')
    """
    from babel.dates import format_date

    try:
        return format_date(date.fromisoformat(str(iso)), "medium", language())
    except ValueError:
        return str(iso or missing())
