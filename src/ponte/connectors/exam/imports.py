"""Which modules a connector's own code imports, and what it calls that is not pure, read from its source."""

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
SHARED = (
    "checking",
    "drafts",
    "endpoints",
    "gtin",
    "learnt",
    "oauth",
    "outcomes",
    "rulebook",
    "shape",
    "texts",
    "transport",
    "words",
)
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


UNSTEADY = frozenset({"now", "utcnow", "today", "fromtimestamp", "uuid1", "uuid4"})
"""Calls that give something else tomorrow, in another place or the next time."""
REACHING = frozenset({"open", "eval", "exec", "input", "__import__", "print"})


def unsteady_calls(module_name: str) -> list[str]:
    """Return "file:line: call" for each call of a connector's own code that is neither pure nor a request."""
    return [
        f"{path.name}:{node.lineno}: {name}()"
        for path in source_files(module_name)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and (name := _unsteady(node.func))
    ]


def _unsteady(called: ast.expr) -> str:
    match called:
        case ast.Name(name) if name in REACHING or name in UNSTEADY:
            return name
        case ast.Attribute(attr=name) if name in UNSTEADY:
            return name
        case _:
            return ""


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
