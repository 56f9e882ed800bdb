"""What users can touch is documented: commands, options, tables, public names, make targets."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from aequa.cli import aequa

ROOT = Path(__file__).parents[1]
COMMANDS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command by what is typed for it; a group stands for those inside."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


EVERY = dict(commands(aequa))


@pytest.mark.parametrize("name", sorted(EVERY))
def test_every_command_and_option_is_documented(name: str) -> None:
    section = re.search(rf"^## aequa {name}$(.*?)(?=^## |\Z)", COMMANDS, re.M | re.S)
    assert section, f"docs/commands.md has no section for {name}"
    for parameter in EVERY[name].params:
        spelled = parameter.opts if isinstance(parameter, click.Option) else []
        for option in spelled:
            assert f"`{option}" in section[1] or f" {option}`" in section[1], f"{name} {option}"


def test_no_documented_command_is_missing() -> None:
    assert set(re.findall(r"^## aequa (.+)$", COMMANDS, re.M)) == set(EVERY)


def test_every_command_and_option_has_help() -> None:
    assert all(command.help for command in aequa.commands.values())
    for name, command in EVERY.items():
        assert command.help, name
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{name} {parameter.opts}"


def public_names() -> list[tuple[Path, ast.FunctionDef | ast.ClassDef]]:
    found = []
    for path in sorted((ROOT / "src").rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name[0] != "_":
                found.append((path, node))
    return found


def test_every_public_name_has_a_docstring_that_ends_its_first_line() -> None:
    for path, node in public_names():
        text = ast.get_docstring(node)
        assert text, f"{path}: {node.name}"
        assert text.split("\n\n")[0].rstrip()[-1] in ".:,", f"{path}: {node.name}"


def test_every_module_says_what_it_is_for() -> None:
    for path in (ROOT / "src").rglob("*.py"):
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path


def test_readme_names_its_two_commands_and_its_links_exist() -> None:
    assert "make report" in README
    assert "make test" in README
    for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for link in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8")):
            if not link.startswith(("http:", "https:", "mailto:")):
                assert (path.parent / link).exists(), f"{path}: {link}"
