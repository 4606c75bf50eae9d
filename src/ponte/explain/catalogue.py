"""Reads the texts of the package, once per language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

from ponte.domain.code_rules import FIX, TITLE
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
    """Return the most particular texts: a person's own, by code, by the code's last part, by stage, by class."""
    known = entries(choose_language(language))
    found = next(known[key] for key in keys(problem) if key in known)
    title, fix = own_text(problem, TITLE, language), own_text(problem, FIX, language)
    if title:
        found = replace(found, title=(title,), many=())
    return replace(found, fix=tuple((step,) for step in fix.split("\n") if step.strip())) if fix else found


def has_own_texts(problem: Problem) -> bool:
    """Say whether a code has more said of it than its class."""
    return bool(problem.code) and any(key in entries(DEFAULT_LANGUAGE) for key in keys(problem)[:2])


def own_text(problem: Problem, which: str, language: str) -> str:
    """Return what an administrator wrote for a code in this language, else in ours, else in any."""
    wanted = (f"{which}{choose_language(language)}", f"{which}{DEFAULT_LANGUAGE}")
    others = (name for name in problem.params if name.startswith(which))
    return next((text for name in (*wanted, *others) if (text := problem.params.get(name, ""))), "")


def keys(problem: Problem) -> tuple[str, ...]:
    """Return the names a problem's texts may stand under, the most particular first."""
    kind, code = problem.kind.name, problem.code.casefold()
    return f"{kind}.{code}", f"{kind}.{code.rpartition('.')[2]}", f"{kind}.stage:{problem.stage}", kind


@cache
def entries(language: str) -> Mapping[str, Entry]:
    """Return all texts by "CLASS" and "CLASS.code" (the code without case).

    The classes' are in texts.LANGUAGE.toml, a marketplace's codes in texts/MARKETPLACE.LANGUAGE.toml.
    """
    tables = load(f"texts.{language}.toml")
    for name in of_marketplaces(language):
        for kind, variants in load(f"texts/{name}").items():
            tables[kind] |= variants
    steps = tables.pop("steps")
    found: dict[str, Entry] = {}
    for kind, table in tables.items():
        variants = {code: inner for code, inner in table.items() if isinstance(inner, dict)}
        found[kind] = _entry(table, steps)
        for code, inner in variants.items():
            own = variants[inner["same_as"]] if "same_as" in inner else inner
            found[f"{kind}.{code.casefold()}"] = _entry({**table, **own}, steps)
    return found


def of_marketplaces(language: str) -> list[str]:
    """Return the names of the files with marketplaces' codes in a language."""
    names = (file.name for file in files("ponte.explain").joinpath("texts").iterdir())
    return sorted(name for name in names if name.endswith(f".{language}.toml"))


@cache
def words(language: str, table: str) -> Mapping[str, Alternatives]:
    """Return one table of the words file ("list", "fields", "labels.Status"); empty when there is none."""
    found: Any = load(f"words.{language}.toml")
    for part in table.split("."):
        found = found.get(part, {})
    return {name: _alternatives(text) for name, text in found.items()}


def load(name: str) -> dict[str, Any]:
    return tomllib.loads(files("ponte.explain").joinpath(name).read_text("utf-8"))


def _entry(table: Mapping[str, Any], steps: Mapping[str, str | list[str]]) -> Entry:
    return Entry(
        title=_alternatives(table["title"]),
        many=_alternatives(table.get("many", [])),
        meaning=_alternatives(table["meaning"]),
        fix=tuple(_step(step, steps) for step in table["fix"]),
    )


def _step(step: str | list[str], steps: Mapping[str, str | list[str]]) -> Alternatives:
    if isinstance(step, str) and step.startswith("@"):
        return _alternatives(steps[step[1:]])
    return _alternatives(step)


def _alternatives(text: str | list[str]) -> Alternatives:
    return (text,) if isinstance(text, str) else tuple(text)
