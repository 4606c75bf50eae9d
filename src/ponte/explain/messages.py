"""What class words alone suggest: of a marketplace, of VTEX's connectors, of an old log. Pure; pt, en, es.

A suggestion, never a verdict: whoever has the code asks the connector's table first. Words that fit nothing suggest
nothing. The rules are in messages.toml.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from ponte.domain.pattern import SafePattern
from ponte.domain.problem import ProblemClass
from ponte.explain.catalogue import load

MAX_TEXT = 1_500
"""What something is about is said at its beginning."""
# In this order: what is there twice is not missing, what is missing is not wrong.
COMPLAINTS = ("duplicate", "missing", "invalid")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SEPARATORS = re.compile(r"[_\s.\-]+")
_SPACES = re.compile(r"\s+")
_APOSTROPHES = str.maketrans("`\u00b4\u2018\u2019", "''''")
_TAG = re.compile(r"<[^<>]{1,100}>")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A class, the field it is about, and the name of the case for the texts; both may be empty."""

    kind: ProblemClass
    subject: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class _Phrases:
    suggestion: Suggestion
    patterns: tuple[SafePattern, ...]


@dataclass(frozen=True, slots=True)
class _Topic:
    patterns: tuple[SafePattern, ...]
    by_complaint: Mapping[str, Suggestion]


@dataclass(frozen=True, slots=True)
class _Rules:
    phrases: tuple[_Phrases, ...]
    elsewhere: tuple[SafePattern, ...]
    topics: tuple[_Topic, ...]
    complaints: Mapping[str, tuple[SafePattern, ...]]
    last: tuple[_Phrases, ...]


@lru_cache(maxsize=2_048)
def suggest(message: str, code: str = "") -> Suggestion | None:
    """Return what a message, and the code beside it, suggest; None when nothing does."""
    rules, texts = _rules(), _texts(message, code)
    return (
        _phrase(rules.phrases, texts)
        or next((found for text in texts if (found := _about(rules, text))), None)
        or _phrase(rules.last, texts)
    )


def folded(text: str) -> str:
    """Return a text without case, accents, tags and doubled spaces, "n't" as "not": what the patterns meet."""
    plain = unicodedata.normalize("NFKD", _TAG.sub(" ", text[:MAX_TEXT]).casefold())
    kept = "".join(char for char in plain if not unicodedata.combining(char)).translate(_APOSTROPHES)
    whole = kept.replace("can't", "cannot").replace("n't", " not").replace("'", "")
    return _SPACES.sub(" ", whole).strip(" .!")


def _texts(message: str, code: str) -> tuple[str, ...]:
    """Return the message as it is, the code in words, then both: the message knows more than the code."""
    in_words = _SEPARATORS.sub(" ", _CAMEL.sub(" ", code[:MAX_TEXT]))
    both = f"{folded(in_words)} {_SEPARATORS.sub(' ', folded(message))}"
    return tuple(text for text in (folded(message), folded(in_words), both.strip()) if text)


def _phrase(rules: tuple[_Phrases, ...], texts: tuple[str, ...]) -> Suggestion | None:
    found = (rule.suggestion for text in texts for rule in rules if _says(rule.patterns, text))
    return next(found, None)


def _about(rules: _Rules, text: str) -> Suggestion | None:
    complaints = [name for name in COMPLAINTS if _says(rules.complaints[name], text)]
    if not complaints or _says(rules.elsewhere, text):
        return None
    told = (
        topic.by_complaint[name]
        for topic in rules.topics
        if _says(topic.patterns, text)
        for name in complaints
        if name in topic.by_complaint
    )
    return next(told, None)


def _says(patterns: tuple[SafePattern, ...], text: str) -> bool:
    return any(pattern.says(text) for pattern in patterns)


@cache
def _rules() -> _Rules:
    data = load("messages.toml")
    return _Rules(
        phrases=tuple(_read_phrases(row) for row in data["phrase"]),
        elsewhere=_patterns(data["elsewhere"]["any"]),
        topics=tuple(_read_topic(row) for row in data["topic"]),
        complaints={name: _patterns(data["complaints"][name]) for name in COMPLAINTS},
        last=tuple(_read_phrases(row) for row in data["last"]),
    )


def _read_phrases(row: Mapping[str, object]) -> _Phrases:
    suggestion = Suggestion(ProblemClass[str(row["class"])], str(row.get("subject", "")), str(row.get("code", "")))
    return _Phrases(suggestion, _patterns(row["any"]))


def _read_topic(row: Mapping[str, object]) -> _Topic:
    found = {
        name: Suggestion(ProblemClass[str(row[name])], str(row["subject"])) for name in COMPLAINTS if name in row
    }
    return _Topic(_patterns(row["any"]), found)


def _patterns(sources: object) -> tuple[SafePattern, ...]:
    assert isinstance(sources, list)
    return tuple(SafePattern(source) for source in sources)
