"""What is wrong in a mapping file, in the operator's words."""

from __future__ import annotations

from ponte.domain.mapping_errors import MappingError
from ponte.explain.catalogue import choose_language, words
from ponte.explain.filling import fill, tidied

MAX_SHOWN = 300


def mapping_error_text(error: MappingError, language: str) -> str:
    """Return one sentence about an error or a warning of a mapping file. The line is shown beside it, not in it."""
    texts = words(choose_language(language), "mapping")
    return fill(texts[error.code], tidied(error.params, MAX_SHOWN))
