"""Patterns that hostile text cannot make slow: regular expressions of a small dialect, and words with `*`.

The dialect has literals, classes, `.`, anchors, groups, alternatives and quantifiers. A group is repeated by `?`
only, so nothing that repeats is ever repeated, and the ways in which one place of a text can be tried are few and
counted when the pattern is read. Look-around and back-references are not in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

MAX_TEXT = 4_000
"""Of a longer text only the beginning is looked at."""
MAX_PATTERN = 1_000
MAX_WAYS = 10_000
MAX_DEPTH = 10

_COUNTED = re.compile(r"\{([0-9]{1,4})(,?)([0-9]{0,4})\}")
_CLASS = re.compile(r"\[\^?\]?(?:[^\]\\]|\\.)*\]")
# Digits would be back-references; the others have no meaning here.
_ESCAPED = frozenset("wWsSdDbB") | frozenset(".^$*+?{}[]()|\\/-\"' :,;!%&#@=<>~_")


class PatternError(ValueError):
    """The pattern is not of the dialect, or leaves too many ways to try a text."""


@dataclass(frozen=True)
class SafePattern:
    """A regular expression of the dialect, searched without regard to case."""

    source: str

    def __post_init__(self) -> None:
        ways = _Reader(self.source).ways()
        if ways > MAX_WAYS:
            raise PatternError(f"too many ways ({ways}) to try {self.source!r}")
        self._compiled  # noqa: B018 -- a pattern that re refuses is told of now, not at its first use

    def says(self, text: str) -> bool:
        return self._compiled.search(text[:MAX_TEXT]) is not None

    def place(self, text: str) -> int:
        """Return where in the text it first is, -1 when nowhere."""
        found = self._compiled.search(text[:MAX_TEXT])
        return -1 if found is None else found.start()

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        try:
            return re.compile(self.source, re.IGNORECASE)
        except re.error as error:
            raise PatternError(f"{error} in {self.source!r}") from error


@dataclass(frozen=True, slots=True)
class Words:
    """Words as a person writes them, in this order, `*` for anything between: "category * is unknown".

    They are looked for anywhere in a text, without regard to case or to how many spaces are between. Linear in the
    text's length, whatever the words are.
    """

    parts: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Words:
        return cls(tuple(part for part in _flat(text[:MAX_PATTERN]).split("*") if part.strip()))

    def says(self, text: str) -> bool:
        """True when all the parts follow one another; False without any part."""
        flat, place = _flat(text[:MAX_TEXT]), 0
        for part in self.parts:
            found = flat.find(part.strip(), place)
            if found < 0:
                return False
            place = found + len(part.strip())
        return bool(self.parts)


def _flat(text: str) -> str:
    return " ".join(text.casefold().split())


class _Reader:
    """Reads a pattern once, from left to right, and counts in how many ways it can be tried at one place."""

    def __init__(self, source: str) -> None:
        if len(source) > MAX_PATTERN:
            raise PatternError("the pattern is too long")
        self._source = source
        self._place = 0

    def ways(self) -> int:
        found = self._alternatives(0)
        if self._place < len(self._source):
            raise self._refused("a bracket that was not opened")
        return found

    def _alternatives(self, depth: int) -> int:
        """Of branches that begin with different letters, one place of a text can only be on one."""
        if depth > MAX_DEPTH:
            raise self._refused("too deep")
        by_first: dict[str, int] = {}
        while True:
            first = self._first()
            by_first[first] = by_first.get(first, 0) + self._sequence(depth)
            if not self._take("|"):
                break
        anyhow = by_first.pop("", 0)
        return anyhow + max(by_first.values(), default=0)

    def _first(self) -> str:
        """Return the letter that the branch here begins with, "" when it can begin with several."""
        letter, after = self._source[self._place : self._place + 1], self._source[self._place + 1 : self._place + 2]
        certain = letter.isalnum() and (not after or after not in "*?{")
        return letter.casefold() if certain else ""

    def _sequence(self, depth: int) -> int:
        total = 1
        while self._place < len(self._source) and self._source[self._place] not in "|)":
            # Beyond the limit the exact number does not matter.
            total = min(total * self._piece(depth), MAX_WAYS * 10)
        return total

    def _piece(self, depth: int) -> int:
        if self._take("("):
            return self._group(depth)
        self._single()
        return self._repeated()

    def _group(self, depth: int) -> int:
        if self._take("?") and not self._take(":"):
            raise self._refused("(? without :")
        inside = self._alternatives(depth + 1)
        if not self._take(")"):
            raise self._refused("a bracket that is not closed")
        if self._take("?"):
            return inside + 1
        if self._repeated() > 1:
            raise self._refused("a group that is repeated")
        return inside

    def _single(self) -> None:
        """Step over one character, class or escape."""
        char = self._source[self._place]
        if char in "*+?{":
            raise self._refused("a repetition of nothing")
        if char == "[":
            self._class()
        elif char == "\\":
            if self._source[self._place + 1 : self._place + 2] not in _ESCAPED:
                raise self._refused("an escape that is not of the dialect")
            self._place += 2
        else:
            self._place += 1

    def _class(self) -> None:
        found = _CLASS.match(self._source, self._place)
        if not found:
            raise self._refused("a class that is not closed")
        self._place = found.end()

    def _repeated(self) -> int:
        """Step over a quantifier; return how many lengths it may take."""
        ways = self._quantifier()
        if ways > 1 and self._take("?"):
            return ways  # the shortest first: as many ways
        return ways

    def _quantifier(self) -> int:
        if self._take("*") or self._take("+"):
            return MAX_TEXT
        if self._take("?"):
            return 2
        counted = _COUNTED.match(self._source, self._place)
        if not counted:
            return 1
        self._place = counted.end()
        least, comma, most = int(counted[1]), counted[2], counted[3]
        if not comma:
            return 1
        return (int(most) if most else MAX_TEXT) - least + 1

    def _take(self, char: str) -> bool:
        if self._source.startswith(char, self._place):
            self._place += 1
            return True
        return False

    def _refused(self, why: str) -> PatternError:
        return PatternError(f"{why} at {self._place} of {self._source!r}")
