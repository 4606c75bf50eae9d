"""Names people know for what a problem is about, and the values its texts are filled with."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ponte.domain.problem import Problem
from ponte.explain.catalogue import choose_language, words
from ponte.explain.filling import tidied, tidy

MAX_NAME = 50
PATHS = ("category", "vtex_category")
NAMELESS = frozenset({"attribute", "attributes"})
"""A list of fields names none of them."""
_NUMBERED = re.compile(r"(?P<name>\w+?)_(?P<number>[0-9]{1,2})", re.ASCII)


def name_of(problem: Problem, language: str) -> str:
    """Return what a problem is about in the operator's words ("Marca" for BRAND), "" when nothing names it.

    A name the marketplace gave (`params["name"]`) goes first, unless it is the bare field; an address or a list
    is no name.
    """
    given = tidy(problem.params.get("name") or "", MAX_NAME)
    subject = tidy(problem.subject, MAX_NAME)
    bare = given in {subject, subject.rpartition(".")[2]}
    if (given and not bare) or not subject or "://" in subject:
        return given
    return "" if subject.rpartition(".")[2].casefold() in NAMELESS else field_name(subject, language)


def field_name(field: str, language: str) -> str:
    """Return a field's or attribute's name in the operator's words, the field itself when it has none."""
    known = words(choose_language(language), "fields")
    steps = field.casefold().split(".")  # VTEX's "Dimension.height", Magalu's "dimensions.package.height"
    numbered = _NUMBERED.fullmatch(steps[-1])
    for name in (".".join(steps[-2:]), steps[-1]):
        if name in known:
            return known[name][0]
    if numbered and numbered["name"] in known:
        return f"{known[numbered['name']][0]} {numbered['number']}"
    return field


def values_for(problem: Problem, language: str, context: Mapping[str, str]) -> dict[str, str]:
    """Return the values for a problem's templates: what is empty is left out, so that another template is chosen."""
    facts: dict[str, object] = {
        "trade_policy": context.get("policy"),
        **context,
        "subject": problem.subject,
        "code": problem.code,
        "status": problem.http_status,
        **problem.params,
        "name": name_of(problem, language),
    }
    facts |= {name: path_of(facts[name]) for name in PATHS if isinstance(facts.get(name), str)}
    return {"marketplace": words(choose_language(language), "words")["marketplace"][0], **tidied(facts)}


def path_of(text: object) -> str:
    """Return a path of categories as the lists write it: "Outlet › Saldos"; ">" is left to the menus to click."""
    return str(text).replace(" > ", " › ")


def sentence(text: str) -> str:
    """Return a text with a capital first letter: a template may begin with the word for an unnamed marketplace."""
    return text[:1].upper() + text[1:]
