"""Audits of a folder that ``aequa report`` wrote: draw a sheet for a person, read it, estimate."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from aequa import __version__
from aequa.audit import engine, flagged, sheet, strata, summary
from aequa.audit.measures import judgements
from aequa.core.aside import aside
from aequa.core.errors import AccountingError, InputError, SpecError
from aequa.core.provenance import digest
from aequa.core.results import Provenance, Table, write_parquet

RESULT = "audit.parquet"
_INPUTS = ("works.parquet", "labels.parquet")
_JUDGED = ["id", "ai", "goals", "challenges", "areas"]
_SHOWN = 20
"""Refused rows told one by one; all are in the list of rejects."""


class Drawn(NamedTuple):
    """What ``sample`` wrote."""

    sheet: Path
    guide: Path
    works: int
    """Works of the corpus."""
    drawn: int


class Estimated(NamedTuple):
    """What ``estimate`` found."""

    table: Table
    counts: dict[str, int]
    """read (rows of the sheet) = used + unlabelled + rejected."""
    rejects: Path
    """The refused rows as JSON lines."""
    troubles: tuple[str, ...]
    """Refused rows and warnings, one line each."""

    @property
    def lines(self) -> list[str]:
        """The table and the books as text."""
        counts = self.counts
        books = (
            f"{counts['read']:,} rows = {counts['used']:,} used + {counts['unlabelled']:,}"
            f" unlabelled + {counts['rejected']:,} refused"
        )
        return [*summary.lines(self.table.data), books]


def sample(directory: Path, spec: strata.Spec, out: Path) -> Drawn:
    """Draw a random stratified sample of a corpus into the sheet ``out``, for a person to label.

    Beside it lie ``….design.json`` (strata, seed, digests) and ``….guide.md`` (how to label).

    Raises:
        InputError: the folder holds no corpus, or ``out`` exists: somebody may have filled it in.
        SpecError: ``out`` does not end in .csv, or the size is too small for the strata.
    """
    if out.suffix != ".csv":
        raise SpecError(f"{out}: expected a name ending in .csv")
    if out.exists():
        raise InputError(f"{out}: exists and may hold labels; move it, or name another with -o")
    labels = _labels(directory)
    scores = [None if ai is None else ai["score"] for ai in labels["ai"].to_pylist()]
    ids: list[str] = labels["id"].to_pylist()
    draw = strata.draw(judgements(labels), scores, spec)
    picked = [ids[place] for place in draw.picked]
    out.parent.mkdir(parents=True, exist_ok=True)
    design = {**_drawn(draw, ids, spec), "inputs": _digests(directory), "version": __version__}
    _write(out.with_suffix(".design.json"), orjson.dumps(design, option=orjson.OPT_INDENT_2))
    guide = out.with_suffix(".guide.md")
    _write(guide, (files("aequa.audit") / "guide.md").read_bytes())
    _write(out, sheet.write(_works(directory, picked)).encode("utf-8-sig"))
    return Drawn(out, guide, len(ids), len(picked))


def _drawn(draw: strata.Draw, ids: list[str], spec: strata.Spec) -> dict[str, Any]:
    """The design of a draw; ``population`` gives the place of each work's stratum, by id."""
    picked = [draw.stratum[place] for place in draw.picked]
    names = [name for name in strata.STRATA if name in draw.stratum]
    return {
        "seed": spec.seed,
        "size": spec.size,
        "strata": [
            {"name": name, "works": draw.stratum.count(name), "drawn": picked.count(name)}
            for name in names
        ],
        "drawn": {ids[place]: draw.stratum[place] for place in draw.picked},
        "population": "".join(str(names.index(name)) for name in draw.stratum),
    }


def _labels(directory: Path) -> pa.Table:
    """All works with their labels, null where there are none, in the order of their ids.

    Raises:
        InputError: the folder was not written by ``aequa report``.
    """
    for name in _INPUTS:
        if not (directory / name).is_file():
            raise InputError(f"{directory / name}: missing; expected a folder of aequa report")
    works = pq.read_table(directory / "works.parquet", columns=["id"])
    labels = pq.read_table(directory / "labels.parquet", columns=_JUDGED)
    place = {id: number for number, id in enumerate(labels["id"].to_pylist())}
    ids = sorted(works["id"].to_pylist())
    found = pa.array([place.get(id) for id in ids], pa.int64())
    return labels.take(found).set_column(0, "id", pa.array(ids, pa.string()))


def _works(directory: Path, ids: list[str]) -> list[dict[str, Any]]:
    columns = ["id", "title", "abstract", "year"]
    table = pq.read_table(directory / "works.parquet", columns=columns, filters=[("id", "in", ids)])
    rows = {row["id"]: row for row in table.to_pylist()}
    return [rows[id] for id in ids]


def _digests(directory: Path) -> dict[str, str]:
    return {name: digest(directory / name) for name in _INPUTS}


def _write(path: Path, content: bytes) -> None:
    with aside(path) as beside:
        beside.write_bytes(content)


FLAGS = "flags.jsonl"
"""What readers of the dashboard said of labels."""


def flags(directory: Path, out: Path) -> tuple[int, int]:
    """Write what readers said of labels as a sheet; how many lines it has, and how many were cut.

    Raises:
        InputError: nobody has said anything yet.
    """
    path = directory / FLAGS
    if not path.is_file():
        raise InputError(f"{path}: not there, expected what aequa serve --write stores")
    held, cut = [], 0
    for line in path.read_bytes().splitlines():
        try:
            held.append(orjson.loads(line))
        except orjson.JSONDecodeError:  # the machine went down while it was written
            cut += 1
    _write(out, flagged.sheet(held).encode())
    return len(held), cut


def estimate(directory: Path, path: Path) -> Estimated:
    """Combine a filled sheet with the machine's labels into ``directory/audit.parquet``.

    Labels that were made anew since the draw are used as they are now (the strata stay those of
    the draw), which keeps the estimates valid; a corpus that changed is refused.

    Raises:
        InputError: a file is missing, the corpus has changed since the draw, or too few rows are
            labelled.
        AccountingError: the rows of the sheet do not add up.
    """
    designed, labels = _design_of(directory, path), _labels(directory)
    design: dict[str, Any] = orjson.loads(designed.read_bytes())
    inputs = _digests(directory)
    if inputs["works.parquet"] != design["inputs"]["works.parquet"]:
        raise InputError(
            f"{directory / 'works.parquet'}: has changed since the sample of {path} was drawn; "
            "restore that corpus, or draw a new sample"
        )
    filled, rejects = _filled(path, design), directory / "audit.rejects.jsonl"
    _write(rejects, b"".join(_lines(path, filled)))
    result = _audit(path, design, labels, filled)
    inputs |= {"sheet": digest(path), "design": digest(designed)}
    spec = {"level": engine.LEVEL, "few": engine.FEW, "strata": result.strata}
    about = Provenance("audits.estimate", spec, inputs, design["seed"], __version__)
    table = Table("audit", engine.TITLE, result.data, about, result.note)
    write_parquet(table, directory / RESULT)
    troubles = [*_refusals(path, filled), *_warnings(design, filled, result)]
    if inputs["labels.parquet"] != design["inputs"]["labels.parquet"]:
        troubles.append("the machine's labels were made anew since the draw; the new ones are used")
    return Estimated(table, _counts(filled), rejects, tuple(troubles))


def _audit(
    path: Path, design: dict[str, Any], labels: pa.Table, filled: sheet.Filled
) -> engine.Result:
    names = [row["name"] for row in design["strata"]]
    stratum = [names[int(digit)] for digit in design["population"]]
    place = {id: number for number, id in enumerate(labels["id"].to_pylist())}
    person = {place[id]: judgement for id, judgement in filled.labelled.items()}
    try:
        return engine.audit(judgements(labels), stratum, person)
    except InputError as error:
        reasons = [f"{path}: {error}"]
        if filled.refused:
            reasons.append(f"{len(filled.refused)} rows refused, first: {_told(filled.refused[0])}")
        raise InputError("; ".join(reasons)) from None


def _design_of(directory: Path, path: Path) -> Path:
    """The design of a sheet: beside it, or of the folder where the sheet was renamed.

    Raises:
        InputError: the sheet or its design is missing.
    """
    if not path.is_file():
        raise InputError(
            f"{path}: missing; aequa audit sample {directory} draws a sheet to fill in"
        )
    for design in (path.with_suffix(".design.json"), directory / "audit.design.json"):
        if design.is_file():
            return design
    raise InputError(f"{path.with_suffix('.design.json')}: missing; it was written with the sheet")


def _filled(path: Path, design: dict[str, Any]) -> sheet.Filled:
    try:
        filled = sheet.read(_text(path.read_bytes()), design["drawn"])
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    counts = _counts(filled)
    if counts["read"] != counts["used"] + counts["unlabelled"] + counts["rejected"]:
        raise AccountingError(f"{path}: rows ≠ used + unlabelled + refused: {counts}")
    return filled


def _counts(filled: sheet.Filled) -> dict[str, int]:
    return {
        "read": filled.rows,
        "used": len(filled.labelled),
        "unlabelled": filled.unlabelled,
        "rejected": len(filled.refused),
    }


def _text(content: bytes) -> str:
    """The text of a file in one of the encodings in which Excel saves CSV."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _lines(path: Path, filled: sheet.Filled) -> Iterator[bytes]:
    """The refused rows as JSON lines of the form that ``ledger.Ledger`` writes."""
    for row in filled.refused:
        line = {"file": str(path), "record": row.row, "status": "rejected", "reason": _told(row)}
        yield orjson.dumps({**line, "excerpt": row.id[:200]}) + b"\n"


def _told(row: sheet.Refusal) -> str:
    return f"row {row.row}: " + "; ".join(f"{part.column}: {part.reason}" for part in row.problems)


def _refusals(path: Path, filled: sheet.Filled) -> list[str]:
    """The first refused rows, one line each, and how many more there are."""
    lines = [f"{path}: {_told(row)}" for row in filled.refused[:_SHOWN]]
    more = len(filled.refused) - _SHOWN
    return [*lines, f"and {more:,} more"] if more > 0 else lines


def _warnings(design: dict[str, Any], filled: sheet.Filled, result: engine.Result) -> Iterator[str]:
    if missing := len(design["drawn"]) - filled.present:
        yield f"{missing:,} drawn works have no row in the sheet and count as unlabelled"
    if filled.skipped:
        yield (
            f"{filled.skipped:,} unlabelled rows stand above the last labelled one: if they were "
            "left out because they are hard, the estimates are not those of a random sample"
        )
    for group in result.strata:
        if len(group) > 1:
            yield f"too few labels in one of the strata {', '.join(group)}: taken as one"
