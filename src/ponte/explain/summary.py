"""The reason of a row in one line, for all problems of an integration together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ponte.domain.problem import Problem, headline_first
from ponte.explain.catalogue import choose_language, entry_for, words
from ponte.explain.explanation import NOTHING
from ponte.explain.filling import fill, placeholders
from ponte.explain.naming import name_of, sentence, values_for

SHOWN = 3


def summary(problems: Iterable[Problem], language: str, context: Mapping[str, str] = NOTHING) -> str:
    """Return the headline's title; more of its sort are named with it, the rest are counted.

    A row that fails counts only what makes it fail; a row with warnings alone counts those.
    """
    chosen = choose_language(language)
    texts = words(chosen, "summary")
    ordered = headline_first(problems)
    if not ordered:
        return texts["none"][0]
    first = ordered[0]
    alike = _alike(ordered, chosen)
    reason, told = _reason(alike, chosen, context)
    others = sum(problem.blocking is first.blocking for problem in ordered) - told
    return _counted(reason, others, texts, warnings=not first.blocking)


def joined(names: Sequence[str], language: str) -> str:
    """Return names as a list of the language: "A", "A e B", "A, B e C", "A, B, C e mais 2"."""
    patterns = words(choose_language(language), "list")
    if len(names) <= SHOWN:
        return _enumerated(names, patterns)
    shown = names[SHOWN - 1]
    for name in reversed(names[: SHOWN - 1]):
        shown = fill(patterns["many"], {"first": name, "rest": shown})
    return fill(patterns["more"], {"names": shown, "count": str(len(names) - SHOWN)})


def _enumerated(names: Sequence[str], patterns: Mapping[str, tuple[str, ...]]) -> str:
    if len(names) == 1:
        return names[0]
    if len(names) == 2:
        pair = "two_before_i" if "two_before_i" in patterns and _sounds_like_i(names[1]) else "two"
        return fill(patterns[pair], {"first": names[0], "last": names[1]})
    return fill(patterns["many"], {"first": names[0], "rest": _enumerated(names[1:], patterns)})


def _sounds_like_i(name: str) -> bool:
    """True where Spanish says "e" for "y": before i and hi, not before hia, hie, hio."""
    start = name.casefold()
    return start.startswith(("i", "í", "hi", "hí")) and not start.startswith(("hia", "hie", "hio", "ia", "ie", "io"))


def _alike(ordered: Sequence[Problem], language: str) -> list[Problem]:
    """Return the problems that the first one's texts speak of too."""
    first = ordered[0]
    entry = entry_for(first, language)
    return [
        problem
        for problem in ordered
        if problem.kind is first.kind
        and problem.blocking is first.blocking
        and entry_for(problem, language).many == entry.many
    ]


def _reason(alike: Sequence[Problem], language: str, context: Mapping[str, str]) -> tuple[str, int]:
    """Return one line for the problems, and how many of them it tells of."""
    first = alike[0]
    entry = entry_for(first, language)
    values = values_for(first, language, context)
    if not entry.many or len(alike) == 1:
        return sentence(fill(entry.title, values)), 1
    if "count" in placeholders(entry.many[0]):
        return fill(entry.many, {**values, "count": str(len(alike))}), len(alike)
    named = [(name, problem) for problem in alike if (name := name_of(problem, language))]
    names = list(dict.fromkeys(name for name, _ in named))
    if len(names) < 2:
        same = sum(name_of(problem, language) == name_of(first, language) for problem in alike)
        return sentence(fill(entry.title, values)), same
    return fill(entry.many, {**values, "names": joined(names, language)}), len(named)


def _counted(reason: str, others: int, texts: Mapping[str, tuple[str, ...]], *, warnings: bool) -> str:
    if others == 0:
        return reason
    one, many = ("one_more_warning", "more_warnings") if warnings else ("one_more", "more")
    return fill(texts[one if others == 1 else many], {"reason": reason, "count": str(others)})
