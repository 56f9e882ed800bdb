"""The import rules of the design, by a walk over every import (lazy and type-only ones too)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "aequa"

ENGINES = {"corpus", "classify", "evidence", "scores", "interlink", "divide"}
ALLOWED: dict[str, set[str]] = {
    "core": set(),
    "sources": {"core"},
    **{engine: {"core"} for engine in ENGINES},
    "training": {"core", "classify", "evaluation"},
    "evaluation": {"core"},
    "evaluating": {"core", "evaluation", "classify", "runners", "sources", "progress"},
    "runners": {"core"},
    "report": {"core"},
    "reporting": {
        "core",
        "sources",
        "report",
        "labelling",
        "ledger",
        "progress",
        "corpus",
        "classify",
        "evidence",
    },
    "pipeline": {"core", "runners", "reporting", "corpus", "classify"},
    "ledger": {"core"},
    "workspace": {"core"},
    "parts": {"core", "sources", "ledger", "runners", "steps"},
    "ingesting": {"core", "corpus", "runners", "ledger", "parts", "progress", "sources"},
    "output": {"core"},
    "audit": {"core"},
    "audits": {"core", "audit"},
    "vectors": {"core"},
    "fetch": {"core"},
    "fetching": {"core", "fetch", "progress"},
    "options": set(),
    "cli_fetch": {"fetching", "options", "progress"},
    "cli_checks": {"audit", "audits", "evaluating", "options", "progress"},
    "labelling": {"core", "classify", "runners", "output", "vectors", "ledger", "parts"},
    "progress": set(),
    "steps": {"core"},
    "cli": {
        "core",
        "pipeline",
        "progress",
        "classify",
        "cli_checks",
        "cli_fetch",
        "options",
    },
    "kept": {"core", "pipeline", "progress", "workspace"},
    "frames": {"core"},
    "__init__": {"api", "api_label", "api_panel", "core", "frames"},
    "__main__": {"cli"},
}
ALLOWED["labelling"] |= {"progress", "sources", "steps"}
ALLOWED["pipeline"] |= {"ingesting", "labelling", "ledger", "output", "parts", "progress"}
ALLOWED["pipeline"] |= {"steps", "workspace"}
ALLOWED["api"] = {"core", "classify", "corpus", "pipeline", "reporting", "frames", "kept"}
ALLOWED["api"] |= {"ingesting", "labelling", "ledger", "parts", "steps"}
ALLOWED["api_label"] = {"core", "classify", "runners", "kept", "labelling", "ledger", "parts"}
ALLOWED["api_label"] |= {"progress"}
ALLOWED["cluster"] = {"core", "sources", "corpus", "classify", "runners", "labelling", "progress"}
ALLOWED["cli"] |= {"cluster", "cli_panel"}
ALLOWED["bundled"] = {"core"}
ALLOWED["reporting"] |= {"bundled"}
ALLOWED["attended"] = {"core", "divide", "interlink"}
ALLOWED["reporting"] |= {"attended", "steps"}
ALLOWED["panels"] = {"core", "sources"}
ALLOWED["results"] = {"core", "report"}
ALLOWED["linking"] = {"core", "panels", "progress", "report", "results", "scores", "interlink"}
ALLOWED["linking"] |= {"attended"}
ALLOWED["dividing"] = {"core", "panels", "progress", "results", "scores", "divide"}
ALLOWED["dividing"] |= {"attended"}
ALLOWED["api_panel"] = {"core", "dividing", "frames", "linking", "progress"}
ALLOWED["pipeline"] |= {"report"}
ALLOWED["cli"] |= {"cli_serve", "report"}
ALLOWED["cli_serve"] = {"serving", "options", "progress"}
ALLOWED["serving"] = {"core", "classify", "report", "reweighing", "web"}
ALLOWED["reweighing"] = {"divide", "panels"}
ALLOWED["web"] = {"core", "report"}
ALLOWED["cli_panel"] = {"linking", "dividing", "options", "progress"}
"""Which rooms each room may import; itself always, and ``aequa`` for the version."""
NETWORK = {"socket", "http", "urllib", "requests", "httpx", "ftplib", "smtplib", "ssl"}
SQL_ROOMS = (
    "corpus/store.py",
    "corpus/duplicates.py",
    "corpus/suspects.py",
    "evidence/",
    "web/queries.py",
    "reporting.py",
    "web/search.py",
)


def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield ".", node.lineno
            elif node.module == "aequa":
                yield from ((f"aequa.{alias.name}", node.lineno) for alias in node.names)
            else:
                yield node.module or "", node.lineno


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_each_room_imports_only_what_lies_below(path: Path) -> None:
    here = room(path)
    assert here in ALLOWED, f"{here} is a room the design does not know"
    for name, line in imports(path):
        assert name != ".", f"{path}:{line} imports relatively"
        parts = name.split(".")
        if parts[0] == "aequa" and len(parts) > 1 and parts[1] != "__version__":
            assert parts[1] in {here} | ALLOWED[here], f"{path}:{line} imports {name}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_one_file_opens_connections(path: Path) -> None:
    if path == SOURCE / "fetch" / "connection.py":
        return
    for name, line in imports(path):
        top = name.split(".")[0]
        assert top not in NETWORK or name == "urllib.parse", f"{path}:{line} imports {name}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_duckdb_only_where_sql_lives(path: Path) -> None:
    where = str(path.relative_to(SOURCE))
    if not where.startswith(SQL_ROOMS):
        assert all(name.split(".")[0] != "duckdb" for name, _ in imports(path)), where


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_files_and_functions_stay_small(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert source.count("\n") <= 400, f"{path} is over 400 lines"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno < 50, f"{path}:{node.lineno} {node.name}"


def test_the_walk_sees_lazy_and_type_only_imports(tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    file.write_text(
        "def f():\n    import aequa.sources.wos\nif 0:\n    from aequa.cli import main\n"
    )
    assert {name for name, _ in imports(file)} == {"aequa.sources.wos", "aequa.cli"}
