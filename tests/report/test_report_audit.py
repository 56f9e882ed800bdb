"""What the pipeline knows of label errors: the card's rates, and an audit beside the corpus."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from aequa import pipeline, reporting
from aequa.classify.engine import Spec
from aequa.core.errors import InputError
from aequa.core.provenance import digest
from aequa.core.results import Provenance, Table, write_parquet
from aequa.corpus.store import Counts
from aequa.labelling import Labelled

FAST = Spec(tier="fast")
NOTHING = reporting.Basis([], [], {}, [], Counts(0, 0, 0, 0), Labelled(0, 0, 0))


def quiet(*_: Any) -> None:
    """Nobody watches."""


def run(folder: Path) -> dict[str, Any]:
    works = folder.parent / "works.jsonl"
    rows = ({"id": f"a{n}", "title": f"Neural networks that read chart {n}"} for n in range(40))
    works.write_text("\n".join(map(json.dumps, rows)))
    pipeline.report([str(works)], folder, FAST, quiet)
    held: dict[str, Any] = json.loads((folder / "report.json").read_text())
    return held


def audit(folder: Path, labels: str) -> None:
    """An audit of the works in the folder, and of labels with this digest."""
    inputs = {"works.parquet": digest(folder / "works.parquet"), "labels.parquet": labels}
    rows = [
        {"measure": "explicit", "key": None, "share": 0.25, "low": 0.125, "high": 0.5},
        {"measure": "goal", "key": "3", "share": 0.125, "low": 0.0, "high": 0.25},
        {"measure": "goal", "key": "4", "share": None, "low": None, "high": None},
    ]
    data = pa.Table.from_pylist([{**row, "labelled": 30, "found": 6} for row in rows])
    table = Table("audit", "An audit", data, Provenance("audits.estimate", inputs=inputs))
    write_parquet(table, folder / "audit.parquet")


def test_an_audit_is_used_where_it_fits_works_and_labels(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    assert run(folder)["audit"] is None
    audit(folder, labels=digest(folder / "labels.parquet"))
    held = run(folder)
    assert held["audit"] == "used"
    rows = {(row["measure"], row["key"]): row for row in held["corrected"] if row["scope"] == "all"}
    explicit = rows["explicit", None]
    found = [explicit[name] for name in ("corrected", "corrected_low", "corrected_high", "basis")]
    assert found == [0.25, 0.125, 0.5, "audit"]
    assert rows["goal", "3"]["basis"] == "audit"
    assert rows["goal", "4"]["basis"] == "none"
    provenance = held["tables"]["corrected"]["provenance"]["inputs"]
    assert provenance["audit.parquet"] == digest(folder / "audit.parquet")
    crate = (folder / "ro-crate-metadata.json").read_text()
    assert "audit.parquet" in crate

    audit(folder, labels="sha256:of other labels")
    held = run(folder)
    assert held["audit"] == "other"
    assert "audit" not in {row["basis"] for row in held["corrected"]}
    assert "was not used" in (folder / "index.html").read_text()

    (folder / "audit.parquet").write_bytes(b"torn")
    with pytest.raises(InputError, match=r"audit\.parquet: not what aequa audit estimate wrote"):
        run(folder)


def test_the_cards_rates_are_those_of_the_default_tier(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = {"tp": 60, "fp": 10, "fn": 20, "tn": 410}
    card = {"error_rates": {"explicit": counts, "goal:17": None}}
    monkeypatch.setattr(reporting.models, "card", lambda: card)
    known, found = reporting._known(tmp_path, NOTHING, Spec())
    assert found is None
    assert {label: rates._asdict() for label, rates in known.rates.items()} == {"explicit": counts}
    assert reporting._known(tmp_path, NOTHING, FAST)[0].rates == {}
