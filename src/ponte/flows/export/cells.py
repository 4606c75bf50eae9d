"""What a cell of an exported file holds, and what no spreadsheet may be given.

Text stays text: a spreadsheet that finds "=" at the beginning of a cell runs it (OWASP ASVS 1.2.10). Numbers and
moments are typed, so that nothing has to be guessed from their signs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final, TypeAlias

Cell: TypeAlias = str | int | float | datetime | None
"""Moments are local and without a zone, as spreadsheets have them."""

Row: TypeAlias = Sequence[Cell]

MAX_TEXT: Final = 16_000
"""Excel refuses more than 32,767 UTF-16 units in a cell."""

STARTS: Final = frozenset("=+-@\t\r\n\0＝＋－＠")
_UNREADABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


class Kind(Enum):
    """How wide a column is, and what it holds."""

    ID = 14
    WORD = 18
    TEXT = 40
    LONG = 60
    NUMBER = 11
    MOMENT = 19


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading in the reader's language."""

    title: str
    kind: Kind


def clean(text: str) -> str:
    """Return a text without what no file of text or XML may hold, cut at `MAX_TEXT`."""
    if _UNREADABLE.search(text):
        text = _UNREADABLE.sub("", text)
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"
