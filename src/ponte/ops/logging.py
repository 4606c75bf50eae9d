"""One line per log record, whatever the text holds: control and direction characters are escaped."""

from __future__ import annotations

import logging
import unicodedata


class LineFormatter(logging.Formatter):
    """`2026-11-23T12:00:00 INFO ponte.queue: text`; a traceback follows on lines of its own."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S%z")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 -- logging's own name
        return one_line(super().formatMessage(record))


def one_line(text: str) -> str:
    """Escape what would break a line or fool a terminal: controls, bidirectional marks, line separators."""
    if text.isprintable():
        return text
    return "".join(
        char.encode("unicode_escape").decode() if unicodedata.category(char) in _BREAKING else char for char in text
    )


_BREAKING = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
