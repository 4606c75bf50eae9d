"""Log lines: one per record whatever its text holds, and few in an outage however long it lasts."""

from __future__ import annotations

import logging
import time
import traceback
import unicodedata
from dataclasses import dataclass
from types import TracebackType
from typing import Final, TextIO, TypeAlias

SPAN_SECONDS: Final = 60.0
MOST_ALIKE: Final = 10
MOST_KINDS: Final = 1_000
DATABASE_TROUBLE: Final = frozenset({"OperationalError", "InterfaceError", "PoolTimeout"})
DATABASE_MODULES: Final = ("django.db", "psycopg", "sqlite3")
ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class LineFormatter(logging.Formatter):
    """`2026-11-23T12:00:00 INFO ponte.queue: text`; a bug's traceback follows on lines that begin with blanks.

    A database that went away is no bug: why it did, and where that was met, stand on the line itself.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S%z")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 -- logging's own name
        told = super().formatMessage(record)
        if record.exc_info and (why := _database_trouble(record.exc_info)):
            told = f"{told}: {why}"
        return one_line(told)

    def format(self, record: logging.LogRecord) -> str:
        if record.exc_info and _database_trouble(record.exc_info):
            record.message = record.getMessage()
            record.asctime = self.formatTime(record, self.datefmt)
            return self.formatMessage(record)
        return super().format(record)

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 -- logging's own name
        return "\n".join(f"  {one_line(line)}" for line in super().formatException(ei).splitlines())


class CalmHandler(logging.StreamHandler[TextIO]):
    """Tells ten records of a kind in a minute, and how many more there were once the minute is over.

    A kind is what one line of the program says at one level. So an outage, or a bug that every product meets, fills
    no disk.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__(stream)
        self._kinds: dict[tuple[str, int, str], _Span] = {}
        self._look_at = 0.0

    def emit(self, record: logging.LogRecord) -> None:
        now = time.monotonic()
        if now >= self._look_at:
            self._tell_the_rest(now)
        kind = (record.name, record.levelno, str(record.msg))
        if kind not in self._kinds and len(self._kinds) >= MOST_KINDS:
            kind = (record.name, record.levelno, "")
        span = self._kinds.setdefault(kind, _Span(now))
        span.count += 1
        if span.count <= MOST_ALIKE:
            super().emit(record)

    def _tell_the_rest(self, now: float) -> None:
        self._look_at = now + SPAN_SECONDS / 60
        over = [kind for kind, span in self._kinds.items() if now - span.since >= SPAN_SECONDS]
        for kind in over:
            more = self._kinds.pop(kind).count - MOST_ALIKE
            if more > 0:
                name, level, text = kind
                words = {"name": name, "levelno": level, "levelname": logging.getLevelName(level)}
                said = 'and %s more within a minute: "%s"'
                super().emit(logging.makeLogRecord({**words, "msg": said, "args": (more, text)}))


@dataclass(slots=True)
class _Span:
    since: float
    count: int = 0


def one_line(text: str) -> str:
    """Escape what would break a line or fool a terminal: controls, bidirectional marks, line separators."""
    if text.isprintable():
        return text
    return "".join(
        char.encode("unicode_escape").decode() if unicodedata.category(char) in _BREAKING else char for char in text
    )


def _database_trouble(found: ExcInfo) -> str:
    """Return the first line of why the database did not serve, and our own line that met it; "" for anything else."""
    error = found[1]
    kind = type(error)
    if error is None or kind.__name__ not in DATABASE_TROUBLE or not kind.__module__.startswith(DATABASE_MODULES):
        return ""
    lines = str(error).strip().splitlines()
    ours = [frame for frame in traceback.extract_tb(found[2]) if "/ponte/" in frame.filename]
    place = f" ({ours[-1].filename.rpartition('/ponte/')[2]}:{ours[-1].lineno})" if ours else ""
    return (lines[0] if lines else kind.__name__) + place


_BREAKING = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
