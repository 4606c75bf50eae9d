"""What is wrong in a mapping file, in the operator's words."""

from __future__ import annotations

from ponte.domain.mapping_errors import MappingError
from ponte.domain.mapping_merge import RowFlaw
from ponte.explain.catalogue import choose_language, words
from ponte.explain.filling import fill, tidied

MAX_SHOWN = 300


def mapping_error_text(error: MappingError, language: str) -> str:
    """Return one sentence about an error or a warning of a mapping file. The line is shown beside it, not in it."""
    texts = words(choose_language(language), "mapping")
    return fill(texts[error.code], tidied(error.params, MAX_SHOWN))


def row_flaw_text(flaw: RowFlaw, language: str) -> str:
    """Return one sentence about what is wrong in a spreadsheet. Its sheet and row are shown beside it, not in it."""
    if flaw.code is None:
        return mapping_error_text(flaw.error, language) if flaw.error else ""
    texts = words(choose_language(language), "spreadsheet")
    return fill(texts[flaw.code], tidied({"cell": flaw.cell, **flaw.params}, MAX_SHOWN))
