"""Whose language has open speech or text resources."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from aequa.core.errors import InputError

LANGUAGES = pa.schema(
    [
        pa.field("country", pa.string()),
        pa.field("language", pa.string()),
        pa.field("percent", pa.float64()),
    ]
)
"""Percent of a country's people who speak a language (CLDR, territoryInfo)."""

RESOURCES = pa.schema([pa.field("language", pa.string()), pa.field("hours", pa.float64())])
"""Validated hours of open speech of a language (Common Voice); other resources likewise."""

COVERAGE = pa.schema(
    [
        pa.field("country", pa.string()),
        pa.field("languages", pa.int32()),
        pa.field("covered", pa.int32()),
        pa.field("share", pa.float64()),
    ]
)
"""share: of the speakers listed, those whose language is covered, 0 to 100; null for none."""

RANGED = pa.schema([*COVERAGE, pa.field("low", pa.float64()), pa.field("high", pa.float64())])


def base(code: str) -> str:
    """The language of a code, without script, region and variant.

    >>> [base(code) for code in ("zh_Hant", "pa-IN", "yue", "nan-tw")]
    ['zh', 'pa', 'yue', 'nan']
    """
    return code.replace("_", "-").split("-", 1)[0].lower()


def coverage(languages: pa.Table, resources: pa.Table, hours: float) -> pa.Table:
    """Per country, the share of speakers whose language has at least so many hours.

    ``languages`` is of ``LANGUAGES``, ``resources`` of ``RESOURCES``; both are brought to the
    language itself (``base``), and hours of its varieties add up. A person who speaks two languages
    counts with each of them, so that the percents of a country may sum to over 100. A language not
    among the resources has 0 hours. Raises ``InputError`` for a negative percent or hours.

    >>> names = {"country": ["KEN", "KEN"], "language": ["sw", "ki"]}
    >>> spoken = pa.table({**names, "percent": [60, 20]})
    >>> coverage(spoken, pa.table({"language": ["sw"], "hours": [300]}), hours=100).to_pylist()
    [{'country': 'KEN', 'languages': 2, 'covered': 1, 'share': 75.0}]
    """
    has: dict[str, float] = {}
    for code, amount in _pairs(resources, "language", "hours"):
        has[base(code)] = has.get(base(code), 0.0) + amount
    spoken: dict[str, dict[str, float]] = {}
    countries = languages["country"].to_pylist()
    for country, (code, percent) in zip(
        countries, _pairs(languages, "language", "percent"), strict=True
    ):
        listed = spoken.setdefault(country, {})
        listed[base(code)] = listed.get(base(code), 0.0) + percent
    rows = []
    for country, listed in sorted(spoken.items()):
        covered = {code: part for code, part in listed.items() if has.get(code, 0.0) >= hours}
        whole = sum(listed.values())
        share = 100 * sum(covered.values()) / whole if whole > 0 else None
        rows.append((country, len(listed), len(covered), share))
    columns = [list(column) for column in zip(*rows, strict=True)] or [[]] * 4
    arrays = [pa.array(column, field.type) for column, field in zip(columns, COVERAGE, strict=True)]
    return pa.table(arrays, schema=COVERAGE)


def ranged(
    languages: pa.Table,
    resources: pa.Table,
    hours: float = 100,
    thresholds: Sequence[float] = (10, 1000),
) -> pa.Table:
    """``coverage`` at ``hours``, low and high over other thresholds too.

    How much speech is enough is a choice, not a fact: wav2vec 2.0 was fine-tuned with 10 and with
    100 hours (Baevski et al. 2020), the LibriSpeech corpus has a thousand (Panayotov et al. 2015).
    """
    middle = coverage(languages, resources, hours)
    others = [coverage(languages, resources, limit)["share"].to_pylist() for limit in thresholds]
    columns = [middle["share"].to_pylist(), *others]
    known = [
        [share for share in shares if share is not None] for shares in zip(*columns, strict=True)
    ]
    bounds = [[pick(shares) if shares else None for shares in known] for pick in (min, max)]
    arrays = [pa.array(bound, pa.float64()) for bound in bounds]
    return pa.table([*middle.columns, *arrays], schema=RANGED)


def _pairs(rows: pa.Table, name: str, amount: str) -> list[tuple[str, float]]:
    pairs = list(zip(rows[name].to_pylist(), rows[amount].to_pylist(), strict=True))
    for code, found in pairs:
        if code is None or found is None or not 0 <= found < float("inf"):
            raise InputError(f"{amount}, language {code}: found {found}, expected 0 or more")
    return pairs
