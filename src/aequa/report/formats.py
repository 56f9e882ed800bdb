"""How the report writes numbers: one place, so that every figure reads alike.

Missing values are None or NaN and are written as ``n/a``, never as zero. Thousands are set apart
by a narrow no-break space, and a per cent sign stands after one.
"""

from __future__ import annotations

import math

SPACE = "\u202f"
MISSING = "n/a"


def known(value: object) -> float | None:
    """The value as a finite float, or None for None, NaN, infinity and anything not a number.

    >>> known(float("nan")), known(2)
    (None, 2.0)
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def count(value: object) -> str:
    """A count of works; one decimal only where fractions matter.

    >>> count(12345.0).replace(SPACE, "_"), count(2.5), count(0.03), count(None)
    ('12_345', '2.5', '<0.1', 'n/a')
    """
    number = known(value)
    if number is None:
        return MISSING
    if 0 < number < 0.05:
        return "<0.1"
    whole = abs(number - round(number)) < 0.05 or abs(number) >= 100
    return f"{number:,.0f}".replace(",", SPACE) if whole else f"{number:.1f}"


def plural(value: object, noun: str) -> str:
    """A count with its noun, an ``s`` added for all but one.

    >>> plural(1, "work"), plural(2, "work")
    ('1 work', '2 works')
    """
    return f"{count(value)} {noun}{'' if known(value) == 1 else 's'}"


def decimal(value: object, places: int = 2) -> str:
    """A plain number with a fixed count of decimals.

    >>> decimal(0.8512)
    '0.85'
    """
    number = known(value)
    return MISSING if number is None else f"{number:.{places}f}"


def places(value: float) -> int:
    """Decimals a share needs: two where one would hide it (under 1 %), else one.

    >>> places(0.123), places(0.004)
    (1, 2)
    """
    return 2 if 0 < abs(value) < 0.01 else 1


def share(value: object) -> str:
    """A share in [0, 1] as a percentage.

    >>> share(0.1234).replace(SPACE, "_"), share(0.00001).replace(SPACE, "_"), share(0)
    ('12.3_%', '<0.01_%', '0\\u202f%')
    >>> share(0.9998).replace(SPACE, "_")
    '>99.9_%'
    """
    number = known(value)
    if number is None:
        return MISSING
    if number in (0.0, 1.0):
        return f"{number * 100:.0f}{SPACE}%"
    if 0 < number < 0.0001:
        return f"<0.01{SPACE}%"
    if 0.9995 <= number < 1:
        return f">99.9{SPACE}%"
    return f"{number * 100:.{places(number)}f}{SPACE}%"


def interval(low: object, high: object) -> str:
    """A 95 % interval of shares.

    >>> interval(0.119, 0.127).replace(SPACE, "_")
    '11.9–12.7_%'
    """
    first, last = known(low), known(high)
    if first is None or last is None:
        return MISSING
    digits = places(first if first else last)
    return f"{first * 100:.{digits}f}–{last * 100:.{digits}f}{SPACE}%"


def tick(value: float) -> str:
    """An axis label: as few decimals as the value needs.

    >>> tick(0.05).replace(SPACE, "_"), tick(0.025).replace(SPACE, "_")
    ('5_%', '2.5_%')
    """
    return f"{value * 100:.2f}".rstrip("0").rstrip(".") + f"{SPACE}%"
