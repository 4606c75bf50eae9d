"""Reads the texts of the package, once per language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

from ponte.domain.problem import Problem

LANGUAGES = ("pt-BR", "en", "es")
DEFAULT_LANGUAGE = "pt-BR"

Alternatives: TypeAlias = tuple[str, ...]
"""Templates of one text, from the richest to the one that needs nothing: the first that can be filled is shown."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The texts of one class of problem, or of one code of a class. `many` is empty where several are not joined."""

    title: Alternatives
    many: Alternatives
    meaning: Alternatives
    fix: tuple[Alternatives, ...]


def choose_language(asked: str) -> str:
    """Return the language we have for a tag like "pt", "en-US" or "es_AR"; pt-BR for any other."""
    primary = asked.replace("_", "-").partition("-")[0].lower()
    return next((known for known in LANGUAGES if known.partition("-")[0] == primary), DEFAULT_LANGUAGE)


def entry_for(problem: Problem, language: str) -> Entry:
    """Return the most particular texts: by code, by the code's last part, by stage, by class."""
    known = entries(choose_language(language))
    return next(known[key] for key in keys(problem) if key in known)


def keys(problem: Problem) -> tuple[str, ...]:
    """Return the names a problem's texts may stand under, the most particular first."""
    kind, code = problem.kind.name, problem.code.casefold()
    return f"{kind}.{code}", f"{kind}.{code.rpartition('.')[2]}", f"{kind}.stage:{problem.stage}", kind


@cache
def entries(language: str) -> Mapping[str, Entry]:
    """Return all texts by "CLASS" and "CLASS.code" (the code without case)."""
    tables = load(f"texts.{language}.toml")
    steps = tables.pop("steps")
    found: dict[str, Entry] = {}
    for kind, table in tables.items():
        variants = {code: inner for code, inner in table.items() if isinstance(inner, dict)}
        found[kind] = _entry(table, steps)
        for code, inner in variants.items():
            own = variants[inner["same_as"]] if "same_as" in inner else inner
            found[f"{kind}.{code.casefold()}"] = _entry({**table, **own}, steps)
    return found


@cache
def words(language: str, table: str) -> Mapping[str, Alternatives]:
    """Return one table of the words file ("list", "fields", "labels.Status"); empty when there is none."""
    found: Any = load(f"words.{language}.toml")
    for part in table.split("."):
        found = found.get(part, {})
    return {name: _alternatives(text) for name, text in found.items()}


def load(name: str) -> dict[str, Any]:
    return tomllib.loads(files("ponte.explain").joinpath(name).read_text("utf-8"))


def _entry(table: Mapping[str, Any], steps: Mapping[str, str]) -> Entry:
    return Entry(
        title=_alternatives(table["title"]),
        many=_alternatives(table.get("many", [])),
        meaning=_alternatives(table["meaning"]),
        fix=tuple(_step(step, steps) for step in table["fix"]),
    )


def _step(step: str | list[str], steps: Mapping[str, str]) -> Alternatives:
    if isinstance(step, str) and step.startswith("@"):
        return (steps[step[1:]],)
    return _alternatives(step)


def _alternatives(text: str | list[str]) -> Alternatives:
    return (text,) if isinstance(text, str) else tuple(text)
