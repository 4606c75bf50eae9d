"""An exported list as CSV: RFC 4180, UTF-8 with a byte-order mark so that Excel reads the accents."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from ponte.flows.export.cells import STARTS, Cell, Column, Row, clean

MARK: Final = "\ufeff"
# An Excel whose list separator is another one splits here; what follows must be no formula either.
_AFTER_A_SEPARATOR: Final = re.compile('([;,\t\r\n]"*)([=+\\-@＝＋－＠])')


class Csv:
    """Writes rows as bytes; nothing is kept but what the last call gave.

    An Excel that splits at semicolons is one whose decimals have commas: it would take 5.1 for a text, or for a day.
    """

    def __init__(self, columns: Sequence[Column], separator: str = ";") -> None:
        self._columns = columns
        self._text = io.StringIO(newline="")
        self._writer = csv.writer(self._text, delimiter=separator, lineterminator="\r\n")
        self._point = "," if separator == ";" else "."

    def head(self) -> bytes:
        """Return the mark and the headings."""
        self._text.write(MARK)
        self._writer.writerow([column.title for column in self._columns])
        return self._taken()

    def rows(self, rows: Iterable[Row]) -> bytes:
        """Return some rows."""
        self._writer.writerows([text_of(cell, self._point) for cell in row] for row in rows)
        return self._taken()

    def tail(self) -> bytes:
        """Return what closes the file: nothing."""
        return b""

    def _taken(self) -> bytes:
        text = self._text.getvalue()
        self._text.seek(0)
        self._text.truncate()
        return text.encode()


def text_of(cell: Cell, point: str = ".") -> str:
    """Return a cell as text: typed values plainly, texts safe. `point` stands before decimals."""
    match cell:
        case None:
            return ""
        case str():
            return safe(cell)
        case datetime():
            return cell.isoformat(" ", "seconds")
        case _:
            return str(cell).replace(".", point)


def safe(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe stands before what could begin one."""
    text = _AFTER_A_SEPARATOR.sub(r"\1'\2", clean(text))
    return f"'{text}" if text[:1] in STARTS else text
