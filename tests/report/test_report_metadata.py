"""report.json and ro-crate-metadata.json: what programs read."""

import hashlib
import json
import math
from datetime import date

import pyarrow as pa

from aequa.core.results import Provenance, Table
from aequa.report import page
from aequa.report.figure import Material
from aequa.report.stored import Stored
from aequa.report.summary import dumped, summary, warnings


def test_report_json_has_every_part(written, about, stored_rows):
    text = (written / "report.json").read_text(encoding="utf-8")
    held = json.loads(text, parse_constant=lambda name: (_ for _ in ()).throw(ValueError(name)))
    assert held["aequa"] == about["version"]
    assert held["counts"] == about["counts"]
    assert held["sources"] == about["sources"]
    assert len(held["headline"]) == 9
    assert set(held["tables"]) == set(stored_rows)
    assert list(held) == sorted(held)
    table = held["tables"]["goals"]
    assert table["rows"] == len(stored_rows["goals"])
    assert (written / table["csv"]).exists()
    assert (written / table["parquet"]).exists()
    assert table["provenance"]["step"] == "evidence.goals"


def test_numbers_that_are_not_finite_become_null():
    spec = {"level": math.nan, "nested": [math.inf, 1.0]}
    table = Table("t", "T", pa.table({"a": [1]}), Provenance("x", spec))
    held = json.loads(dumped(summary(Material(Stored({"t": table}), {"spec": spec}))))
    assert held["spec"] == {"level": None, "nested": [None, 1.0]}
    assert held["tables"]["t"]["provenance"]["spec"]["level"] is None


def test_warnings_name_what_is_wrong(material, about):
    assert len(warnings(material)) == 2
    counts = {"read": 3, "kept": 1, "merged": 0, "rejected": 1}
    found = " ".join(warnings(Material(Stored(), {"counts": counts})))
    assert "do not balance" in found
    assert "1 record was rejected" in found
    assert "No model card" in found
    assert "Tables missing: headline" in found


def test_crate_describes_every_file(written):
    crate = json.loads((written / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    assert crate["@context"][0] == "https://w3id.org/ro/crate/1.1/context"
    assert set(crate["@context"][1]) == {"sha256"}, "a term that version 1.1 does not define"
    graph = {entity["@id"]: entity for entity in crate["@graph"]}
    assert len(graph) == len(crate["@graph"])
    assert graph["ro-crate-metadata.json"]["about"] == {"@id": "./"}
    files = {entity["@id"] for entity in crate["@graph"] if entity["@type"] == "File"}
    on_disk = {str(path.relative_to(written)) for path in written.rglob("*") if path.is_file()}
    assert files == on_disk - {"ro-crate-metadata.json"}
    for name in files:
        content = (written / name).read_bytes()
        assert graph[name]["sha256"] == hashlib.sha256(content).hexdigest()
        assert graph[name]["contentSize"] == str(len(content))
    assert {part["@id"] for part in graph["./"]["hasPart"]} == files


def test_crate_has_what_the_specification_demands(written, about):
    (written / "works.parquet").write_bytes(b"the corpus")
    page.write(written, about)
    crate = json.loads((written / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    graph = {entity["@id"]: entity for entity in crate["@graph"]}
    descriptor, root = graph["ro-crate-metadata.json"], graph["./"]
    assert descriptor["@type"] == "CreativeWork"
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    assert root["@type"] == "Dataset"
    assert all(root[name] for name in ("name", "description", "license", "hasPart"))
    assert date.fromisoformat(root["datePublished"])
    licence = graph[root["license"]["@id"]]
    assert licence["name"]
    assert licence["description"]
    assert "corpus" in graph["works.parquet"]["description"]
    assert {"@id": "works.parquet"} in root["hasPart"]


def test_crate_says_how_the_files_were_made(written, about):
    crate = json.loads((written / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    graph = {entity["@id"]: entity for entity in crate["@graph"]}
    run = graph["#run"]
    assert run["@type"] == "CreateAction"
    assert graph[run["instrument"]["@id"]]["version"] == about["version"]
    (source,) = run["object"]
    assert graph[source["@id"]]["sha256"] == "ab" * 32
    assert "url" in graph[graph["./"]["license"]["@id"]]


def test_every_reference_in_the_crate_exists(written):
    crate = json.loads((written / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    names = {entity["@id"] for entity in crate["@graph"]}

    def references(value):
        if isinstance(value, dict):
            if set(value) == {"@id"}:
                yield value["@id"]
            for held in value.values():
                yield from references(held)
        elif isinstance(value, list):
            for held in value:
                yield from references(held)

    wanted = {name for name in references(crate["@graph"]) if not name.startswith("https://")}
    assert wanted <= names
