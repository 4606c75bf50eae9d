"""What a sentence of any marketplace means, when a connector's own table knows nothing of it. Pure; from words.toml.

    RULEBOOK = read_rulebook("ponte.connectors.acme", last=of_any)

A topic counts only with a complaint in the same sentence ("the image" with "could not be fetched"): words that
merely occur say nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from ponte.connectors.rulebook import Rule
from ponte.domain.mapping import plain
from ponte.domain.pattern import MAX_TEXT, SafePattern
from ponte.domain.problem import ProblemClass

MAX_SENTENCE = 200
"""Letters of a sentence that are looked at: what it is about stands at its beginning."""
SENTENCES = 10
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SEPARATORS = re.compile(r"[_.\-]+")
# "... is required for this category": where something is asked, not what.
_BESIDE = re.compile(
    r"\b(?:for|in|of|to|na|da|nesta|desta|en|de|para|pela)(?: (?:the|this|a|o|la|esta))? categor\w{1,4}"
)
_END = re.compile(r"[.;!?|](?:\s|$)|\n")


@dataclass(frozen=True, slots=True)
class _Phrase:
    rule: Rule
    pattern: SafePattern


@dataclass(frozen=True, slots=True)
class _Topic:
    """What is spoken of, with the rule for each complaint, the closest complaint first. `general` ones come last."""

    about: SafePattern
    rules: tuple[tuple[SafePattern, Rule], ...]
    general: bool
    otherwise: Rule | None
    """The rule where the complaint is not in known words."""

    def rule(self, sentence: str) -> Rule | None:
        return next((rule for complaint, rule in self.rules if complaint.says(sentence)), None)


def of_any(message: str, code: str = "") -> Rule | None:
    """Return what a message, or else the words of its code, say; None when they say nothing that is known."""
    in_words = _SEPARATORS.sub(" ", _CAMEL.sub(" ", code[:MAX_SENTENCE]))
    bare = _bare([*_sentences(message), in_words])
    return _phrase_of(_PHRASES, bare) or _topic_of(bare) or _phrase_of(_LAST, bare)


def of_attribute(message: str) -> Rule | None:
    """Return what is wrong with an attribute that the answer names beside its words: "the value is too long"."""
    return _topic_of(_bare([f"attribute {one}" for one in _sentences(message)]))


def of_topic(message: str) -> Rule | None:
    """Return what an entry that is a complaint by its place is about: the one field that it names."""
    bare = _bare(_sentences(message))
    named = [topic for topic in _TOPICS if not topic.general and any(topic.about.says(one) for one in bare)]
    return named[0].otherwise if len(named) == 1 else None


def _sentences(message: str) -> list[str]:
    return _END.split(message[:MAX_TEXT])[:SENTENCES]


def _bare(sentences: list[str]) -> list[str]:
    """Return sentences as the patterns meet them: without case, accents and the category they are said for."""
    return [_BESIDE.sub("", plain(one))[:MAX_SENTENCE] for one in sentences if one.strip()]


def _phrase_of(phrases: tuple[_Phrase, ...], sentences: list[str]) -> Rule | None:
    found = (one.rule for one in phrases for sentence in sentences if one.pattern.says(sentence))
    return next(found, None)


def _topic_of(sentences: list[str]) -> Rule | None:
    """Return the rule of the topic that a sentence names first: "the price is too low for this category"."""
    for sentence in sentences:
        named = [(topic.general, place, topic) for topic in _TOPICS if (place := topic.about.place(sentence)) >= 0]
        ordered = sorted(named, key=lambda one: one[:2])
        found = next((rule for _, _, topic in ordered if (rule := topic.rule(sentence))), None)
        if found is not None:
            return found
    return None


def _phrase(row: Mapping[str, str]) -> _Phrase:
    return _Phrase(Rule(ProblemClass[row["class"]], row.get("subject", "")), SafePattern(row["pattern"]))


def _topic(row: Mapping[str, Any], complaints: Mapping[str, SafePattern]) -> _Topic:
    told = (
        (wrong, Rule(ProblemClass[row[name]], row["subject"])) for name, wrong in complaints.items() if name in row
    )
    otherwise = Rule(ProblemClass[row["invalid"]], row["subject"]) if "invalid" in row else None
    return _Topic(SafePattern(row["pattern"]), tuple(told), row.get("general", False), otherwise)


_DATA = tomllib.loads(files("ponte.connectors").joinpath("words.toml").read_text(encoding="utf-8"))
_COMPLAINTS = {name: SafePattern(pattern) for name, pattern in _DATA["complaints"].items()}
_PHRASES = tuple(_phrase(row) for row in _DATA["phrase"])
_TOPICS = tuple(_topic(row, _COMPLAINTS) for row in _DATA["topic"])
_LAST = tuple(_phrase(row) for row in _DATA["last"])
