"""Which problems are the same cause: (class, subject, code, normalised text) become one short key."""

from __future__ import annotations

import hashlib
import re

from ponte.domain.problem import Problem

# In this order: the wider pattern would eat what a narrower one should name.
PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("<url>", re.compile(r"https?://\S+")),
    ("<uuid>", re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)),
    ("<time>", re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?\b")),
    ("<picture>", re.compile(r"\b\d+-ML[A-Z]\d+_\d+\b")),
    ("<listing>", re.compile(r"\bML[A-Z]U?\d{6,}\b")),
    ("<hex>", re.compile(r"\b(?=[0-9a-f]*\d)[0-9a-f]{12,}\b", re.IGNORECASE)),
    ("<number>", re.compile(r"\d+(?:[.,]\d+)*")),
)
MAX_TEXT = 2_000


def normalised(text: str) -> str:
    """Return a message with its changing parts named, so that 10,000 variants are one text."""
    short = text[:MAX_TEXT]
    for name, pattern in PATTERNS:
        short = pattern.sub(name, short)
    return " ".join(short.split()).casefold()


def fingerprint(problem: Problem) -> str:
    """Return 16 hex digits: equal for problems of one cause. The channel is kept beside it, not in it.

    A problem with a code is told by its code; only one without is told by its words. Picture addresses differ
    from SKU to SKU, so a subject that is an address does not count.
    """
    subject = "" if "://" in problem.subject else problem.subject
    told_by = problem.code or normalised(problem.message)
    parts = "\x1f".join((problem.kind.name, subject, told_by))
    return hashlib.blake2b(parts.encode(), digest_size=8).hexdigest()
