"""Takes a request's body: at most 64 kB, in at most 10 seconds, whatever its headers promise."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ponte.ingest import answers
from ponte.ingest.answers import Answer, Receive
from ponte.sources.vtex.notification import MAX_BYTES

PATIENCE = 10.0
"""Seconds a body may take."""

UNDECLARED = -1


@dataclass(slots=True)
class Declared:
    """What a request's headers say of its body. `length` is `UNDECLARED` for one that comes in chunks."""

    length: int = UNDECLARED
    content_type: str = ""


def declared(headers: Iterable[tuple[bytes, bytes]]) -> Declared | Answer:
    """Read the headers (names in lower case); return the refusal of a body that is not even taken."""
    found = Declared()
    chunked = False
    for name, value in headers:
        match name:
            case b"content-length":
                if not (value.isdigit() and len(value) < 12 and int(value) <= MAX_BYTES):
                    return answers.TOO_LARGE
                found.length = int(value)
            case b"content-type":
                found.content_type = value[:80].decode("latin-1")
            case b"content-encoding":
                if value.strip().lower() not in {b"", b"identity"}:
                    return answers.COMPRESSED
            case b"transfer-encoding":
                chunked = True
    if chunked:
        found.length = UNDECLARED
    return found


class Bodies:
    """Reads bodies; one timer looks after the deadlines of all, since one for each would cost more than the reading.

    A body is given up between `patience` and a tenth more. Start and stop it inside an event loop.
    """

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._reading: dict[asyncio.Task[Any], float] = {}
        self._late: set[asyncio.Task[Any]] = set()
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._sweep()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    async def read(self, receive: Receive, length: int = UNDECLARED) -> bytes | Answer:
        """Return the whole body, or the answer to one that is too large, too slow or cut short."""
        task = asyncio.current_task(self._loop)  # unasked which loop, Python 3.11 makes a system call
        assert task is not None
        self._reading[task] = self._loop.time()
        try:
            return await _collect(receive, length)
        except asyncio.CancelledError:
            if task not in self._late or task.uncancel() > 0:
                raise
            return answers.TOO_SLOW
        finally:
            del self._reading[task]
            self._late.discard(task)

    def _sweep(self) -> None:
        """Interrupt what began too long ago. Tasks are kept in the order of their beginning."""
        until = self._loop.time() - self._patience
        for task, began in self._reading.items():
            if began > until:
                break
            if task not in self._late:
                self._late.add(task)
                task.cancel()
        self._timer = self._loop.call_later(self._patience / 10, self._sweep)


async def _collect(receive: Receive, length: int) -> bytes | Answer:
    """Return the body; most come in one piece. The last declared byte is the end.

    Servers tell the end in a further, empty message: not waiting for it is quicker.
    """
    pieces: list[bytes] = []
    taken = 0
    more = True
    while more and taken != length:
        message = await receive()
        if message["type"] != "http.request":
            # Nobody may be there to hear it, but one who only closed his side is.
            return answers.TRUNCATED
        piece: bytes = message.get("body", b"")
        taken += len(piece)
        if taken > MAX_BYTES:
            return answers.TOO_LARGE
        if taken == length and not pieces:
            return piece
        pieces.append(piece)
        more = message.get("more_body", False)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
