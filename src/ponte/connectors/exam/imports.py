"""Which modules a connector's own code imports, read from its source."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path

FORBIDDEN = (
    "aiohttp",
    "asyncio",
    "django",
    "ftplib",
    "http.client",
    "httpx",
    "logging",
    "multiprocessing",
    "ninja",
    "os",
    "psycopg",
    "random",
    "requests",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "threading",
    "time",
    "urllib.request",
    "urllib3",
    "ponte.api",
    "ponte.cli",
    "ponte.db",
    "ponte.flows",
    "ponte.ingest",
    "ponte.net",
    "ponte.ops",
    "ponte.queue",
    "ponte.sources",
    "ponte.web",
)

PACKAGE = "ponte.connectors"
SHARED = ("checking", "drafts", "gtin", "learnt", "oauth", "outcomes", "rulebook", "shape", "texts", "transport")
"""The modules beside the connectors that any connector may import, Ponte's own and third parties' alike."""


def source_files(module_name: str) -> tuple[Path, ...]:
    """Return the files of a module: itself, or the whole package it is."""
    spec = importlib.util.find_spec(module_name)
    if spec is None or spec.origin is None:
        return ()
    origin = Path(spec.origin)
    return tuple(sorted(origin.parent.rglob("*.py"))) if spec.submodule_search_locations else (origin,)


def forbidden_imports(module_name: str) -> list[str]:
    """Return "file: module" for each import that a connector has no business with."""
    mine = (module_name, *(f"{PACKAGE}.{name}" for name in SHARED))
    return [
        f"{path.name}: {name}"
        for path in source_files(module_name)
        for name in _imported(ast.parse(path.read_text(encoding="utf-8")))
        if _within(name, FORBIDDEN) or (name.startswith(PACKAGE + ".") and not _within(name, mine))
    ]


def _within(name: str, roots: tuple[str, ...]) -> bool:
    return any(name == root or name.startswith(root + ".") for root in roots)


def _imported(tree: ast.AST) -> list[str]:
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return names
