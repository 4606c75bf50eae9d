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


def source_files(module_name: str) -> tuple[Path, ...]:
    """Return the files of a module: itself, or the whole package it is."""
    spec = importlib.util.find_spec(module_name)
    if spec is None or spec.origin is None:
        return ()
    origin = Path(spec.origin)
    return tuple(sorted(origin.parent.rglob("*.py"))) if spec.submodule_search_locations else (origin,)


def forbidden_imports(module_name: str) -> list[str]:
    """Return "file: module" for each import that a connector has no business with."""
    forbidden = (*FORBIDDEN, *_other_connectors(module_name))
    return [
        f"{path.name}: {name}"
        for path in source_files(module_name)
        for name in _imported(ast.parse(path.read_text(encoding="utf-8")))
        if any(name == root or name.startswith(root + ".") for root in forbidden)
    ]


def _other_connectors(module_name: str) -> tuple[str, ...]:
    """Return Ponte's own connectors but this one, and the exam: what connectors share are the modules beside them."""
    home = Path(__file__).parents[1]
    packages = (f"{PACKAGE}.{path.parent.name}" for path in home.glob("*/__init__.py"))
    return tuple(name for name in packages if name != module_name)


def _imported(tree: ast.AST) -> list[str]:
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return names
