"""What a connector can ask: every endpoint that its code or its recordings name."""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

LABEL = re.compile(r"(GET|POST|PUT|PATCH|DELETE) /[\w./{}-]*[\w}]")


def endpoints(code: str) -> frozenset[str]:
    """Return the endpoints of a connector ("PUT /items/{id}"), as a request names its own.

    Of three places, for none has them all: the values that its modules hold, the texts in its code, its recordings.
    An endpoint that only leads to others ("POST /x/{verb}") is left out where the others are named.
    """
    package = importlib.import_module(f"ponte.connectors.{code}")
    named = frozenset(one for one in _all_texts(package) if LABEL.fullmatch(one))
    return frozenset(one for one in named if not any(_leads_to(one, other) for other in named))


def _all_texts(package: ModuleType) -> Iterator[str]:
    folder = Path(str(package.__file__)).parent
    for one in pkgutil.iter_modules([str(folder)], f"{package.__name__}."):
        yield from _texts(vars(importlib.import_module(one.name)))
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
    for path in folder.glob("recordings/*.json"):
        yield from _texts(json.loads(path.read_text(encoding="utf-8")))


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from _texts(inner)
        case list() | tuple() | frozenset():
            for inner in value:
                yield from _texts(inner)


def _leads_to(one: str, other: str) -> bool:
    """True when `other` is `one` with a word in the place of a name: not where a name stands for another name."""
    mine, theirs = one.split("/"), other.split("/")
    if one == other or len(mine) != len(theirs):
        return False
    pairs = [(left, right) for left, right in zip(mine, theirs, strict=True) if left != right]
    return bool(pairs) and all(left.startswith("{") and not right.startswith("{") for left, right in pairs)
