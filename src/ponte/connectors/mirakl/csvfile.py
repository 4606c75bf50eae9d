"""CSV as the platform takes and gives it: written strictly, read with patience. Pure, and never raises on reading.

Product file: ";" between, every value in quotes, UTF-8. Values are exact: what looks like a formula stays as it is,
because a marketplace reads the file, no spreadsheet does. Reports come in the operator's own habit: any separator,
with a byte order mark or in a Windows code page.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ponte.connectors.texts import sendable

SEPARATORS = (";", ",", "\t", "|")
MAX_ROWS = 200_000
MAX_CELL = 20_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file's heading, and its rows by column; names are compared without case and outer blanks."""

    heading: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]

    def column(self, names: Sequence[str]) -> str:
        """Return the first of these names that the file has, "" for none."""
        return next((key for name in names if (key := _key(name)) in self.heading), "")


def write(rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return a file with all columns that any row has, in the order of their first appearance."""
    rows = list(rows)
    heading = list(dict.fromkeys(column for row in rows for column in row))
    lines = [heading, *([row.get(column, "") for column in heading] for row in rows)]
    return "".join(_line(line) for line in lines).encode()


def _line(cells: Sequence[str]) -> str:
    return ";".join('"' + sendable_lines(cell).replace('"', '""') + '"' for cell in cells) + "\n"


def sendable_lines(text: str) -> str:
    """Return a text without what cannot be sent; its lines stay lines."""
    return "\n".join(sendable(line) for line in text.splitlines()) if not text.isprintable() else text


def read(content: bytes) -> Sheet:
    """Return what a file says; an empty sheet where nothing can be made of it."""
    lines = _cells(_decoded(content))
    heading = tuple(_key(cell) for cell in next(lines, []))
    rows = (dict(zip(heading, line, strict=False)) for line in lines if any(line))
    return Sheet(heading, tuple(rows))


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", errors="replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252", errors="replace")
    return text.replace("\0", "")


def _cells(text: str) -> Iterator[list[str]]:
    """Yield the lines in cells. A cell that `csv` finds too long, or quotes that never end, end the reading."""
    first = text.split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    for _ in range(MAX_ROWS):
        try:
            yield [cell.strip()[:MAX_CELL] for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error:
            continue


def _key(name: str) -> str:
    return name.strip().strip('"').casefold()
