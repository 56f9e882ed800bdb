"""The few SVG elements that the charts are made of; all text is escaped here."""

from __future__ import annotations

import math
from collections.abc import Iterable

from markupsafe import Markup

from aequa.core.goals import goals
from aequa.report.names import name

Length = float | str


def at(share: float) -> str:
    """A place on the horizontal axis: a number in [0, 1] as a percentage of the width.

    >>> at(0.125), at(1.2)
    ('12.5%', '100%')
    """
    inside = min(max(share, 0.0), 1.0)
    return f"{inside * 100:.2f}".rstrip("0").rstrip(".") + "%"


def px(value: Length) -> str:
    """A length as SVG writes it, without needless decimals."""
    return value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")


def frame(
    key: str, title: str, desc: str, height: float, body: Iterable[str], css: str = ""
) -> Markup:
    """The chart: ``key`` must be unique in the page, for it names the title and description.

    ``css``: a class beside ``chart``, for those whose height follows the width.
    """
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" class="{css}" role="img" width="100%" '
        'height="{height}" aria-labelledby="{key}-title {key}-desc">'
        '<title id="{key}-title">{title}</title><desc id="{key}-desc">{desc}</desc>{body}</svg>'
    ).format(
        css=f"chart {css}".strip(),
        key=key,
        title=title,
        desc=desc,
        height=px(height),
        body=Markup("").join(map(Markup, body)),
    )


def text(x: Length, y: Length, words: str, css: str = "", anchor: str = "start") -> Markup:
    """One line of text; ``anchor`` is start, middle or end."""
    return Markup('<text x="{}" y="{}" text-anchor="{}" class="{}">{}</text>').format(
        px(x), px(y), anchor, css, words
    )


def rect(
    x: Length, y: Length, width: Length, height: Length, css: str = "", fill: str = ""
) -> Markup:
    """One rectangle, coloured by its class or, for a goal, by its official colour."""
    paint = Markup(' fill="{}"').format(fill) if fill else ""
    return Markup('<rect x="{}" y="{}" width="{}" height="{}" class="{}"{}/>').format(
        px(x), px(y), px(width), px(height), css, paint
    )


def disc(x: float, y: float, radius: Length, css: str, told: str) -> Markup:
    """A round mark at shares of the width and height; pointing at it tells what it stands for."""
    return Markup('<circle cx="{}" cy="{}" r="{}" class="{}"><title>{}</title></circle>').format(
        at(x), at(y), px(radius), css, told
    )


def line(x1: Length, y1: Length, x2: Length, y2: Length, css: str = "") -> Markup:
    """One straight line."""
    return Markup('<line x1="{}" y1="{}" x2="{}" y2="{}" class="{}"/>').format(
        px(x1), px(y1), px(x2), px(y2), css
    )


def whisker(low: float | None, high: float | None, y: float, css: str = "whisker") -> Markup:
    """A 95% interval as a line with two end marks; nothing when it is not known."""
    if low is None or high is None:
        return Markup("")
    ends = (line(at(end), y - 3, at(end), y + 3, css) for end in (low, high))
    return line(at(low), y, at(high), y, css) + Markup("").join(ends)


def plane(y: float, height: float, body: str) -> Markup:
    """A drawing plane of 1000 × 1000 units, stretched over the width, for curves."""
    return Markup(
        '<svg x="0" y="{}" width="100%" height="{}" viewBox="0 0 1000 1000" '
        'preserveAspectRatio="none">{}</svg>'
    ).format(px(y), px(height), Markup(body))


def tile(goal: int, y: float) -> Markup:
    """A goal's number on its official colour, in black or white, whichever reads better."""
    colour = goals()[goal - 1].colour
    ink = "#000" if luminance(colour) > 0.179 else "#fff"
    return (
        rect(0, y, 22, 16, "tile", colour)
        + Markup('<text x="11" y="{}" text-anchor="middle" class="number" fill="{}">').format(
            px(y + 12), ink
        )
        + Markup("{}</text>").format(goal)
    )


def luminance(colour: str) -> float:
    """Relative luminance of ``#RRGGBB`` in [0, 1] (WCAG 2.2).

    >>> luminance("#ffffff"), luminance("#000000")
    (1.0, 0.0)
    """
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return round(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2], 6)


def heading(goal: int | None, label: str, y: float) -> Markup:
    """A row's label, after its goal's tile where it is about a goal."""
    if goal is None or not 1 <= goal <= len(goals()):
        return text(0, y + 12, label, "label")
    return tile(goal, y) + text(30, y + 12, label or name("goal", goal), "label")


def scale(values: Iterable[float | None]) -> tuple[float, list[float]]:
    """A round upper end above all values, and two to five round marks up to it.

    >>> scale([0.034, 0.021])
    (0.04, [0.0, 0.01, 0.02, 0.03, 0.04])
    >>> scale([None])
    (1.0, [0.0, 0.25, 0.5, 0.75, 1.0])
    """
    largest = max((value for value in values if value is not None and value > 1e-9), default=1.0)
    rough = largest / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(size * power for size in (1, 2, 2.5, 5, 10) if size * power >= rough * 0.999)
    steps = max(1, math.ceil(largest / step - 1e-9))
    return round(steps * step, 10), [round(place * step, 10) for place in range(steps + 1)]


def axis(top: float, marks: list[float], y: float, height: float, labels: list[str]) -> Markup:
    """Upright lines at the marks over ``height`` pixels from ``y``, with labels below."""
    pieces = []
    for place, (mark, label) in enumerate(zip(marks, labels, strict=True)):
        anchor = "start" if place == 0 else "end" if place == len(marks) - 1 else "middle"
        pieces.append(line(at(mark / top), y, at(mark / top), y + height, "grid"))
        pieces.append(text(at(mark / top), y + height + 14, label, "tick", anchor))
    return Markup("").join(pieces)
