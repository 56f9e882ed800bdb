"""Texts in memory to labels: what the Python API does for a list, without files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from aequa.classify.engine import Spec
from aequa.core.errors import AequaError, SpecError
from aequa.core.works import LABELS
from aequa.kept import lines
from aequa.labelling import label_files
from aequa.ledger import Ledger
from aequa.parts import inputs
from aequa.progress import telling
from aequa.runners.shards import Shelf

_OPTIONS = orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS


def label(
    texts: Iterable[str | Mapping[str, Any] | None],
    tier: str = "cascade",
    scores: bool = False,
    progress: bool = False,
) -> list[dict[str, Any]]:
    """Label texts in memory: one answer a text, in order, as ``aequa classify`` writes to JSON.

    Args:
        texts: strings, known by their number from 1; or mappings with ``title`` or ``abstract``,
            and ``id``. Nothing is merged.
        tier, scores: as for ``Corpus.classify``.
        progress: show progress on standard error.

    A text without a word (None, an empty string, a mapping with neither title nor abstract) is
    answered by no labels, ``ai`` None, and the reason under ``rejected``.

    Raises:
        SpecError: the tier is none of the three, or what is given is no list of such texts.

    >>> wells, nothing = label(["Deep learning finds wells for clean water.", None], tier="fast")
    >>> wells["id"], wells["language"], [goal["goal"] for goal in wells["goals"]]
    ('1', 'en', [6])
    >>> nothing["ai"], nothing["rejected"]
    (None, 'title and abstract: found neither, expected at least one')
    """
    given, spec = _records(texts), Spec(scores=scores, tier=tier)
    if not given:
        return []
    with TemporaryDirectory(prefix="aequa-") as name, telling(not progress) as tell:
        folder = Path(name)
        source, rejects, out = (folder / f"{what}.jsonl" for what in ("texts", "rejects", "labels"))
        source.write_bytes(b"".join(given))
        with Ledger(rejects) as ledger:
            files = inputs([str(source)], (), folder)
            shelf = Shelf(folder / "labels")
            done = label_files(files, shelf, spec, out, ledger, tell)
        refused = {row["record"]: row for row in lines(rejects) if row["status"] == "rejected"}
        if done.failed or done.works + len(refused) != len(given) or 0 in refused:
            reason = next((row["reason"] for row in refused.values()), "records within records")
            raise AequaError(f"texts: could not be labelled ({reason})")
        answers = lines(out)
        return [
            _unknown(refused[number], given[number - 1]) if number in refused else next(answers)
            for number in range(1, len(given) + 1)
        ]


def _records(texts: Iterable[str | Mapping[str, Any] | None]) -> list[bytes]:
    """Each text as a line of JSON."""
    if isinstance(texts, str | bytes | Mapping):
        raise SpecError(f"texts: found one {type(texts).__name__}, expected a list of texts")
    return [_record(number, text) for number, text in enumerate(texts, 1)]


def _record(number: int, text: object) -> bytes:
    if text is None or text != text:  # NaN, as pandas says none
        text = ""
    if not isinstance(text, str | Mapping):
        kind = type(text).__name__
        raise SpecError(f"texts: found a {kind} at number {number}, expected a string or a mapping")
    row = {"id": str(number), "text": text} if isinstance(text, str) else dict(text)
    try:
        return orjson.dumps(row, option=_OPTIONS)
    except TypeError as error:
        raise SpecError(f"texts: number {number} cannot be said in JSON ({error})") from error


def _unknown(reject: Mapping[str, Any], given: bytes) -> dict[str, Any]:
    """The answer for a text that could not be read."""
    own = orjson.loads(given).get("id")
    answer = dict.fromkeys(LABELS.names) | {"id": None if own is None else str(own)}
    del answer["scores"]
    return answer | {"goals": [], "challenges": [], "areas": [], "rejected": reject["reason"]}
