"""The texts of `ponte.explain` in the language of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language

from ponte.db.models import Integration
from ponte.db.records import problem_from_json
from ponte.domain.message import JSON
from ponte.domain.problem import Problem

LANGUAGES = {"pt-br": "pt-BR", "en": "en", "es": "es"}


def language() -> str:
    """Return the page's language as `ponte.explain` names it."""
    return LANGUAGES.get(get_language() or "", "pt-BR")


def problems_of(kept: Sequence[Mapping[str, JSON]]) -> tuple[Problem, ...]:
    """Read the problems of a record or a try."""
    return tuple(problem_from_json(one) for one in kept)


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Told:
    """A problem in plain words: what it is, what it means, what to do in steps, and where."""

    title: str
    meaning: str
    fix: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


def told(problem: Problem, found: Integration) -> Told:
    """Explain one problem of a record."""
    return Told(problem.kind.name.replace("_", " ").capitalize(), "")


def summed_up(problems: Sequence[Problem], found: Integration) -> str:
    """Return one line about several problems."""
    return problems[0].kind.name.replace("_", " ").capitalize() if problems else ""


def one_line(found: Integration) -> str:
    """Return one line about a record's problems."""
    return summed_up(problems_of(found.problems), found)
