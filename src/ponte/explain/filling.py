"""Puts values into templates. Values are hostile: each becomes one line of plain text, never a template."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

MAX_VALUE = 80
MAX_READ = 1_000

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
# Marks that would turn round the sentence about a value, and half characters that cannot be encoded.
_REMOVED = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def placeholders(template: str) -> frozenset[str]:
    """Return the names in braces."""
    return frozenset(_PLACEHOLDER.findall(template))


def fill(alternatives: Sequence[str], values: Mapping[str, str]) -> str:
    """Fill the first alternative whose placeholders are all known; else the last, with "…" for what is not."""
    chosen = next((text for text in alternatives if placeholders(text) <= values.keys()), alternatives[-1])
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], "…"), chosen)


def tidy(value: object, limit: int = MAX_VALUE) -> str:
    """Return a value as one short line: no control characters, no direction marks, "…" where it was cut."""
    text = _REMOVED.sub("", str(value)[:MAX_READ])
    line = " ".join("".join(" " if unicodedata.category(char) == "Cc" else char for char in text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def tidied(values: Mapping[str, object], limit: int = MAX_VALUE) -> dict[str, str]:
    """Return the values that say something, tidied."""
    lines = {name: tidy(value, limit) for name, value in values.items() if value is not None}
    return {name: line for name, line in lines.items() if line}
