"""The walls of the house stand, and whoever breaks one is told."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"

LAYERS = "Doors call flows; flows call the house; all may know the domain"
DOMAIN = "The domain is plain Python"
CONNECTORS = "Connectors and sources do no I/O and know nobody but the domain"
NETWORK = "Only net opens connections"

# One sin for each wall, all in one house, so that the linter reads it once.
SINS = {
    "ponte/domain/problem.py": "import logging",
    "ponte/net/pace.py": "import ponte.flows.pipeline.job",
    "ponte/connectors/transport.py": "import socket",
    "ponte/sources/vtex/plain.py": "import ponte.net.pace",
    "ponte/web/pages.py": "import aiohttp",
    "ponte/db/clock.py": "import ponte.queue.work",
    "ponte/flows/remove.py": "import ponte.web.pages",
}


def linted(folder: Path) -> str:
    """Run import-linter over a source folder with the project's contracts."""
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--config", str(ROOT / "pyproject.toml")]
    environment = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def verdicts(told: str) -> dict[str, str]:
    names = (LAYERS, DOMAIN, CONNECTORS, NETWORK)
    return {
        name: line.rsplit(maxsplit=1)[1]
        for name in names
        for line in told.splitlines()
        if line.startswith(name) and line.endswith(("KEPT", "BROKEN"))
    }


def test_every_wall_stands():
    assert verdicts(linted(SOURCE)) == dict.fromkeys((LAYERS, DOMAIN, CONNECTORS, NETWORK), "KEPT")


def test_whoever_breaks_a_wall_is_told(tmp_path):
    shutil.copytree(SOURCE / "ponte", tmp_path / "ponte", ignore=shutil.ignore_patterns("static", "locale", "*.pyc"))
    for place, sin in SINS.items():
        file = tmp_path / place
        head, mark, rest = file.read_text(encoding="utf-8").partition("from __future__ import annotations\n")
        assert mark, place
        file.write_text(f"{head}{mark}{sin}\n{rest}", encoding="utf-8")
    told = linted(tmp_path)
    assert verdicts(told) == dict.fromkeys((LAYERS, DOMAIN, CONNECTORS, NETWORK), "BROKEN")
    for place in SINS:
        assert place.removesuffix(".py").replace("/", ".") in told, place


# The linter knows whole packages only: `urllib.parse` is plain, `urllib.request` opens connections.
OPENERS = {"urllib.request", "http.client", "ftplib", "smtplib", "telnetlib", "xmlrpc", "requests", "httpx"}


def openers_in(text: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found & OPENERS


@pytest.mark.parametrize(
    "package", ["connectors", "sources", "domain", "flows", "db", "queue", "web", "api", "explain"]
)
def test_nobody_but_net_opens_a_connection_by_the_standard_library(package):
    sinners = {
        str(file.relative_to(SOURCE)): sin
        for file in (SOURCE / "ponte" / package).rglob("*.py")
        if (sin := openers_in(file.read_text(encoding="utf-8")))
    }
    assert sinners == {}


@pytest.mark.parametrize(
    "sin",
    [
        "import urllib.request",
        "from urllib import request",
        "from http.client import HTTPConnection",
        "import httpx as h",
    ],
)
def test_the_look_for_openers_sees_every_form(sin):
    assert openers_in(f"def f():\n    {sin}\n")
    assert not openers_in("from urllib.parse import quote\nimport http\n")
