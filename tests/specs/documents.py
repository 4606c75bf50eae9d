"""The marketplaces' documents: found in a folder outside this project, and brought into the form the judge reads."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from specs.swagger import METHODS, as_openapi3

LIST = Path(__file__).with_name("marketplaces.toml")
BESIDE = Path(__file__).parents[2] / "../shared"
"""Where the documents lie at home; other people name their folder."""
WORDS = frozenset({"boolean", "integer", "number"})
IGNORED = frozenset({"accept", "content-type", "authorization"})


@dataclass(frozen=True, slots=True)
class Excuse:
    """One entry of the list, in whose words it is met: see the head of marketplaces.toml."""

    why: str
    asks: str = ""
    kind: str = ""
    operation: str = "*"
    status: tuple[int, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class Sources:
    """What a marketplace is held against."""

    code: str
    source: str
    files: tuple[str, ...]
    closed: bool
    outside: tuple[Excuse, ...]
    undeclared: tuple[Excuse, ...]
    never: tuple[Excuse, ...]

    def missing(self, folder: Path) -> tuple[str, ...]:
        found = _below(folder)
        return tuple(name for name in self.files if name not in found)

    def paths(self, folder: Path) -> list[Path]:
        """Return where the documents are. Raises `KeyError` for one that is `missing`."""
        found = _below(folder)
        return [found[name] for name in self.files]

    def read(self, folder: Path) -> list[dict[str, Any]]:
        """Return the documents as OpenAPI 3. Raises `KeyError` for one that is `missing`."""
        return [readable(json.loads(path.read_text(encoding="utf-8"))) for path in self.paths(folder)]


def known() -> dict[str, Sources]:
    """Return the list by connector."""
    told = tomllib.loads(LIST.read_text(encoding="utf-8"))
    return {code: _sources(code, one) for code, one in told.items()}


def _sources(code: str, told: dict[str, Any]) -> Sources:
    excuses = {
        name: tuple(Excuse(**{**one, "status": tuple(one.get("status", ()))}) for one in told.get(name, ()))
        for name in ("outside", "undeclared", "never")
    }
    return Sources(code, told["from"], tuple(told["documents"]), told.get("closed", False), **excuses)


def _below(folder: Path) -> dict[str, Path]:
    """Return the JSON files below a folder by name; of two the one with the shorter path."""
    found = (Path(place, name) for place, _, names in os.walk(folder) for name in names if name.endswith(".json"))
    return {one.name: one for one in sorted(found, key=lambda one: (-len(one.parts), one))}


def readable(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document as OpenAPI 3 in the form that openapi-core reads rightly.

    The path of the server stands before each path. A form's "true" reaches a boolean when its encoding is said to be
    JSON. Headers that the standard says shall be ignored among parameters (Accept, Content-Type, Authorization) go.
    """
    made = as_openapi3(document)
    before = _prefix(made)
    paths = {before + path: _without_ignored(item, made) for path, item in made["paths"].items()}
    for content in _contents(paths):
        form = content.get("multipart/form-data")
        properties = form.get("schema", {}).get("properties", {}) if form else {}
        told = {name: {"contentType": "application/json"} for name, one in properties.items() if _is_word(one)}
        if form and told:
            form["encoding"] = {**told, **form.get("encoding", {})}
    return {**made, "paths": paths}


def _prefix(document: dict[str, Any]) -> str:
    servers = document.get("servers", [])
    address = servers[0]["url"] if servers else ""
    return urlsplit(address.replace("{", "(").replace("}", ")")).path.rstrip("/").replace("(", "{").replace(")", "}")


def _contents(paths: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in paths.values():
        for method, operation in item.items():
            if method in METHODS:
                yield operation.get("requestBody", {}).get("content", {})


def _without_ignored(item: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in item.items() if name not in METHODS}
    for one in (kept, *(item[method] for method in METHODS & item.keys())):
        if "parameters" in one:
            one["parameters"] = [each for each in one["parameters"] if not _is_ignored(followed(each, document))]
    return {**item, **kept}


def _is_ignored(parameter: dict[str, Any]) -> bool:
    return parameter["in"] == "header" and parameter["name"].lower() in IGNORED


def followed(one: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """Return what a reference names, or the thing itself."""
    found: Any = document
    for step in one["$ref"].removeprefix("#/").split("/") if "$ref" in one else ():
        found = found[step]
    return one if found is document else found


def _is_word(schema: dict[str, Any]) -> bool:
    return schema.get("type") in WORDS
