"""The third finding: what moves together in the panel, beside what chance finds."""

from __future__ import annotations

from aequa.report import formats
from aequa.report.charts.points import Point, described
from aequa.report.figure import Cell, Figure, Grid, Material
from aequa.report.stored import Row
from aequa.report.words import say


def _held(material: Material, method: str) -> Row:
    """All countries' row of a method on pairs of indicators; empty where no pair was tested."""
    row = material.stored.row("goal_placebo", level="indicator", method=method, group="all")
    return row if row.get("pairs") else {}


def interlinkages(material: Material) -> tuple[str, str, str, str]:
    """Number, interval, sentence, and no address: no works are behind it, but a table is."""
    found, usual = (_held(material, method) for method in ("conservative", "classical"))
    if not found:
        return formats.missing(), "", "", ""
    ends = formats.interval(found.get("placebo_low"), found.get("placebo_high"))
    return (
        formats.share(found.get("share_synergy")),
        say(
            "95% interval of the same among pairs that cannot be linked: {ends}",
            ends=ends,
        ),
        _beside(found, usual),
        "",
    )


def _beside(found: Row, usual: Row) -> str:
    pairs, share = formats.count(found["pairs"]), formats.share(found.get("share_synergy"))
    chance = formats.share(found.get("placebo_synergy"))
    if not usual:
        return say(
            "Of {pairs} pairs of indicators, {share} improve in the same years beyond what all "
            "countries share, against {chance} of pairs that cannot be linked.",
            pairs=pairs,
            share=share,
            chance=chance,
        )
    return say(
        "Of {pairs} pairs of indicators, {share} improve in the same years beyond what all "
        "countries share, against {chance} of pairs that cannot be linked; the usual correlation "
        "finds {usual}, and {luck} ({ends}) where there can be no link.",
        pairs=pairs,
        share=share,
        chance=chance,
        ends=formats.interval(usual.get("placebo_low"), usual.get("placebo_high")),
        usual=formats.share(usual.get("share_synergy")),
        luck=formats.share(usual.get("placebo_synergy")),
    )


def beside_chance(material: Material) -> Figure:
    """Both methods beside their placebos."""
    key, title = "finding-interlink", say("Pairs that improve together, and what chance finds")
    methods = {
        "classical": say("Usual correlation"),
        "conservative": say("Changes beyond the common ones"),
    }
    rows = [(words, row) for method, words in methods.items() if (row := _held(material, method))]
    marks = [mark for words, row in rows for mark in _pair(words, row)]
    return Figure(
        key,
        title,
        charts=described(key, title, marks),
        grid=Grid(
            (
                say("Method"),
                say("Share"),
                say("Among unrelated"),
                say("Interval of these"),
                say("Pairs"),
            ),
            tuple(_line(words, row) for words, row in rows),
        ),
        basis=say(
            "n = pairs of indicators of all countries; the interval is of the unrelated pairs. "
            "From a panel of open indicators, not from the works."
        ),
        tables=("goal_placebo",),
    )


def _pair(words: str, row: Row) -> tuple[Point, Point]:
    share, chance = (formats.known(row.get(f"{of}_synergy")) for of in ("share", "placebo"))
    low, high = (formats.known(row.get(f"placebo_{end}")) for end in ("low", "high"))
    return (
        Point(words, formats.share(share), share, None, None),
        Point(say("… among unrelated series"), formats.share(chance), chance, low, high, "neutral"),
    )


def _line(words: str, row: Row) -> tuple[Cell, ...]:
    return (
        Cell(words, numeric=False),
        Cell(formats.share(row.get("share_synergy"))),
        Cell(formats.share(row.get("placebo_synergy"))),
        Cell(formats.interval(row.get("placebo_low"), row.get("placebo_high"))),
        Cell(formats.count(row.get("pairs"))),
    )
