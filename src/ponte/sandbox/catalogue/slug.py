"""Texts as parts of addresses."""

from __future__ import annotations

import re
import unicodedata


def slug(text: str) -> str:
    """Return a text in small ASCII letters, digits and hyphens."""
    bare = unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-")
