"""What the documentation must name: every command, setting and connector."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from ponte.cli import COMMANDS, ponte
from ponte.connectors import Broken, installed

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src/ponte"

# Set by Ponte itself for its own processes, or in place of a real value in tests.
INNER = {"PONTE_SUPERVISED", "PONTE_FAILPOINT"}
SETTING = re.compile(r"\bPONTE_[A-Z][A-Z_]*[A-Z]\b")


def documentation() -> str:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)


def settings_of_the_code() -> set[str]:
    found = {name for file in SOURCE.rglob("*.py") for name in SETTING.findall(file.read_text(encoding="utf-8"))}
    return {name.removesuffix("_FILE") for name in found} - INNER


def subcommands() -> list[str]:
    """Return "channel add" and the like."""
    context = click.Context(ponte)
    groups = {name: ponte.get_command(context, name) for name in COMMANDS}
    return [
        f"{name} {inner}"
        for name, group in groups.items()
        if isinstance(group, click.Group)
        for inner in group.list_commands(context)
    ]


@pytest.mark.parametrize("command", [*COMMANDS, *subcommands()])
def test_every_command_is_in_the_documentation(command):
    assert re.search(rf"\bponte {re.escape(command)}\b", documentation()), f"nothing tells of `ponte {command}`"


@pytest.mark.parametrize("setting", sorted(settings_of_the_code()))
def test_every_setting_is_in_the_documentation(setting):
    assert f"`{setting}`" in documentation() or f"{setting}=" in documentation()


def test_the_documentation_names_no_setting_that_is_not_there():
    told = {name.removesuffix("_FILE") for name in SETTING.findall(documentation())}
    of_the_tests = {
        name
        for folder in ("tests", "tools")
        for file in (ROOT / folder).rglob("*")
        if file.is_file() and file.suffix in {"", ".py"} and file != Path(__file__)
        for name in SETTING.findall(file.read_text(encoding="utf-8", errors="replace"))
    }
    assert told - settings_of_the_code() - INNER - of_the_tests == set()


@pytest.mark.parametrize("code", [code for code, found in installed().items() if not isinstance(found, Broken)])
def test_every_connector_has_its_page(code):
    assert (ROOT / f"docs/connectors/{code}.md").exists() or (SOURCE / f"connectors/{code}").is_dir()
    assert code in documentation()


def test_the_settings_are_looked_for_where_they_are_read():
    assert {"PONTE_DATA", "PONTE_DATABASE_URL", "PONTE_SECRET_KEY", "PONTE_PORT"} <= settings_of_the_code()
    assert len(subcommands()) > 10
