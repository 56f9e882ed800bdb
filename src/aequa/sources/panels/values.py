"""Cells of a column to numbers: marks of decimals and thousands, percent signs, what is missing.

Which mark separates decimals is decided for each column from its own cells, and where these leave
it open from the other columns of the file; a cell that stays open is refused, never guessed:

====================  ============================================================================
``12.5``, ``1,234.5``  the point separates decimals
``12,5``, ``1.234,5``  the comma does
``1.234.567``          the point separates thousands; refused where the same column, or without a
                       comma in it any other column, shows that the point separates decimals
``1,234,567``          the comma separates thousands; refused likewise
``1,234``              open: as the rest of the column, else of the file, says; else refused
``1.234``              as the rest says; else a decimal point, the form that programs write (noted)
====================  ============================================================================
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

NOTHING = frozenset(
    [
        "",
        ".",
        "..",
        "...",
        ":",
        "-",
        "--",
        "–",
        "—",
        "na",
        "n/a",
        "#n/a",
        "n.a.",
        "n.a",
        "nan",
        "null",
        "none",
        "nd",
        "n.d.",
        "missing",
        "not available",
        "<na>",
    ]
)
"""What stands in a cell that holds no value, in lower case."""

_GROUPS = r"\d+|[1-9]\d{0,2}( \d{3})+|[1-9]\d{0,2}('\d{3})+|[1-9]\d{0,2}(%s\d{3})+"
_EXPONENT = r"([eE][+-]?\d+)?$"
_POINT = rf"^[+-]?(({_GROUPS % ','})(\.\d*)?|\.\d+){_EXPONENT}"
_COMMA = rf"^[+-]?(({_GROUPS % '[.]'})(,\d*)?|,\d+){_EXPONENT}"
_INFINITE = r"(?i)^[+-]?(inf|infinity|∞)$"


class Column(NamedTuple):
    """The cells of a column: texts, or numbers where the file has typed cells."""

    text: pa.Array
    """Strings; null where the cell is empty or a number."""
    number: npt.NDArray[np.float64] | None = None
    """NaN where the cell is empty or a text."""


class Evidence(NamedTuple):
    """How many different cells show which mark is for what."""

    point: int = 0
    """The point separates decimals."""
    comma: int = 0
    """The comma separates decimals."""
    points: int = 0
    """Points separate thousands, and there is no comma."""
    commas: int = 0
    """Commas separate thousands, and there is no point."""


class Numbers(NamedTuple):
    """The numbers of a column."""

    values: npt.NDArray[np.float64]
    """NaN where a cell is missing or refused."""
    missing: npt.NDArray[np.bool_]
    reasons: pa.Array
    """Why a cell is refused; null elsewhere."""
    notes: tuple[str, ...]
    """What was decided, without the name of the column."""
    has_percent: bool


class _Kinds(NamedTuple):
    """What each text can be; one entry per different text of the column."""

    point: npt.NDArray[np.bool_]
    comma: npt.NDArray[np.bool_]
    points: npt.NDArray[np.bool_]
    commas: npt.NDArray[np.bool_]
    open: npt.NDArray[np.bool_]
    """Both readings are possible and differ."""
    bare: npt.NDArray[np.bool_]
    """A number without any point or comma."""
    has_comma: npt.NDArray[np.bool_]


def _matches(texts: pa.Array, pattern: str) -> npt.NDArray[np.bool_]:
    return np.asarray(pc.match_substring_regex(texts, pattern).to_numpy(zero_copy_only=False), bool)


def _cleaned(texts: pa.Array) -> pa.Array:
    """Without spaces around, percent sign and plus; one kind of minus, space and apostrophe."""
    for found, instead in (
        ("[\u2212\ufe63\uff0d]", "-"),
        ("[’´`]", "'"),
        ("[\\s\u00a0\u2007\u2009\u202f]+", " "),
    ):
        texts = pc.replace_substring_regex(texts, found, instead)
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(texts, r"\s*[%٪]\s*$", ""))


def _kinds(texts: pa.Array) -> _Kinds:
    by_point, by_comma = _matches(texts, _POINT), _matches(texts, _COMMA)
    has_point, has_comma = _matches(texts, "[.]"), _matches(texts, ",")
    only_point, only_comma = by_point & ~by_comma, by_comma & ~by_point
    both = by_point & by_comma
    return _Kinds(
        point=only_point & has_point,
        comma=only_comma & has_comma,
        points=only_comma & ~has_comma,
        commas=only_point & ~has_point,
        open=both & (has_point | has_comma),
        bare=both & ~has_point & ~has_comma,
        has_comma=has_comma,
    )


def evidence(columns: Iterable[Column]) -> Evidence:
    """What all columns together show.

    >>> evidence([Column(pa.array(["12,5", "1.234"])), Column(pa.array(["1.234.567"]))])
    Evidence(point=0, comma=1, points=1, commas=0)
    """
    total = np.zeros(4, int)
    for column in columns:
        total += _shown(_kinds(_cleaned(column.text.unique().drop_null())))
    return Evidence(*(int(count) for count in total))


def _shown(kinds: _Kinds) -> npt.NDArray[np.int64]:
    parts = (kinds.point, kinds.comma, kinds.points, kinds.commas)
    return np.array([int(part.sum()) for part in parts])


def numbers(column: Column, file: Evidence) -> Numbers:
    """The numbers of a column, read by the rules above; ``file`` is what all its columns show.

    >>> one = Column(pa.array(["1.234,5", "7", "..", "x"]))
    >>> read = numbers(one, evidence([one]))
    >>> read.values.tolist(), read.missing.tolist(), read.reasons[3].as_py()
    ([1234.5, 7.0, nan, nan], [False, False, True, False], "value: found 'x', expected a number")
    """
    encoded = column.text.fill_null("").dictionary_encode()
    raw = encoded.dictionary
    at = np.asarray(encoded.indices)
    empty = np.asarray(
        pc.is_in(pc.utf8_lower(pc.utf8_trim_whitespace(raw)), pa.array(sorted(NOTHING)))
    )
    texts = _cleaned(raw)
    percent = _matches(raw, r"[%٪]\s*$") & ~empty
    kinds = _kinds(texts)
    mark, refused, notes = _decided(kinds, file)
    values, ok = _parsed(texts, kinds, mark, refused | empty)
    unlike = _unlike(percent, ok, values, np.bincount(at, minlength=len(raw)))
    values[unlike] = np.nan
    reasons = _reasons(raw, texts, values, empty, refused & ~empty, unlike)
    return _typed(
        column,
        values[at],
        empty[at],
        pa.array(reasons, pa.string()).take(pa.array(at)),
        notes,
        bool(percent.any()),
    )


def _decided(kinds: _Kinds, file: Evidence) -> tuple[str, npt.NDArray[np.bool_], tuple[str, ...]]:
    """The mark of decimals, which texts stay open or contradict it, and what was decided."""
    own = Evidence(*_shown(kinds).tolist())
    against_point, against_comma = own.comma or own.points, own.point or own.commas
    if (own.point or own.comma) and (against_point and against_comma):
        mark = "." if own.point >= own.comma and own.point else ","
        other = (kinds.comma | kinds.points) if mark == "." else (kinds.point | kinds.commas)
        return mark, other | kinds.open, (f"cells contradict each other; {_named(mark)} is taken",)
    if own.point or own.comma:
        mark = "." if own.point else ","
        return mark, np.zeros(len(kinds.open), bool), () if mark == "." else (_named(mark),)
    if own.points and own.commas:
        return (
            ".",
            kinds.points | kinds.commas | kinds.open,
            ("points and commas both part thousands",),
        )
    if own.points or own.commas:
        return _thousands(kinds, own, file)
    return _open(kinds, file)


def _named(mark: str) -> str:
    return f"the {'point' if mark == '.' else 'comma'} separates decimals"


def _thousands(
    kinds: _Kinds, own: Evidence, file: Evidence
) -> tuple[str, npt.NDArray[np.bool_], tuple[str, ...]]:
    mark, contrary = (",", file.point) if own.points else (".", file.comma)
    group = "point" if own.points else "comma"
    if contrary:
        note = (
            f"a {group} parts thousands here and decimals in other columns; such cells are refused"
        )
        return mark, kinds.points | kinds.commas | kinds.open, (note,)
    return mark, np.zeros(len(kinds.open), bool), (f"the {group} separates thousands",)


def _open(kinds: _Kinds, file: Evidence) -> tuple[str, npt.NDArray[np.bool_], tuple[str, ...]]:
    """Nothing in the column itself decides: the file does, if it speaks with one voice."""
    none = np.zeros(len(kinds.open), bool)
    if not kinds.open.any():
        return ".", none, ()
    for_point, for_comma = file.point or file.commas, file.comma or file.points
    if bool(for_point) != bool(for_comma):
        mark = "." if for_point else ","
        return mark, none, (f"{_named(mark)}, as other columns show",)
    if not (for_point or for_comma or (kinds.open & kinds.has_comma).any()):
        return ".", none, ("every point stands before three digits; it is read as a decimal point",)
    return "?", kinds.open, ("nothing shows whether the mark separates decimals or thousands",)


def _parsed(
    texts: pa.Array, kinds: _Kinds, mark: str, refused: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    values = np.full(len(texts), np.nan)
    any_number = np.logical_or.reduce(kinds[:-1])
    ok = any_number & ~refused
    group, decimal = (r"[.]", ",") if mark == "," else (",", ".")
    chosen = pc.replace_substring_regex(texts.filter(pa.array(ok)), group + "|[ '+]", "")
    values[ok] = pc.cast(pc.replace_substring(chosen, decimal, "."), pa.float64()).to_numpy()
    return values, ok


def _unlike(
    percent: npt.NDArray[np.bool_],
    ok: npt.NDArray[np.bool_],
    values: npt.NDArray[np.float64],
    times: npt.NDArray[np.int64],
) -> npt.NDArray[np.bool_]:
    """Numbers without a percent sign among percentages, or the other way: whichever are fewer."""
    others = ok & ~percent & (values != 0)
    signed = ok & percent
    if not signed.any() or not others.any():
        return np.zeros(len(ok), bool)
    return others if times[others].sum() <= times[signed].sum() else signed


def _reasons(
    raw: pa.Array,
    texts: pa.Array,
    values: npt.NDArray[np.float64],
    empty: npt.NDArray[np.bool_],
    refused: npt.NDArray[np.bool_],
    unlike: npt.NDArray[np.bool_],
) -> list[str | None]:
    reasons: list[str | None] = [None] * len(raw)
    infinite = _matches(texts, _INFINITE) | np.isinf(values)
    for place in np.flatnonzero((~np.isfinite(values) | refused | unlike) & ~empty):
        expected = "a number"
        if infinite[place]:
            expected = "a finite number"
        elif unlike[place]:
            expected = "percent signs in all cells of the column or in none"
        elif refused[place]:
            expected = "a number whose decimal mark the other cells show"
        reasons[place] = f"value: found {raw[int(place)].as_py()[:80]!r}, expected {expected}"
    values[infinite] = np.nan
    return reasons


def _typed(
    column: Column,
    values: npt.NDArray[np.float64],
    missing: npt.NDArray[np.bool_],
    reasons: pa.Array,
    notes: tuple[str, ...],
    has_percent: bool,
) -> Numbers:
    """With the cells that the file itself holds as numbers."""
    if column.number is None:
        return Numbers(values, missing, reasons, notes, has_percent)
    is_number = ~np.isnan(column.number)
    infinite = np.isinf(column.number)
    values = np.where(is_number & ~infinite, column.number, values)
    reason = "value: found an infinite number, expected a finite number"
    return Numbers(
        values,
        missing & ~is_number,
        pc.if_else(pa.array(infinite), reason, reasons),
        notes,
        has_percent,
    )
