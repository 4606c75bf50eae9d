"""Takes a request's body: at most 64 kB, in at most 10 seconds, whatever its headers promise."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

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


async def read(receive: Receive, length: int = UNDECLARED, *, patience: float = PATIENCE) -> bytes | Answer:
    """Return the whole body, or the answer to one that is too large, too slow or cut short."""
    try:
        async with asyncio.timeout(patience):
            return await _collect(receive, length)
    except TimeoutError:
        return answers.TOO_SLOW


async def _collect(receive: Receive, length: int) -> bytes | Answer:
    pieces: list[bytes] = []
    taken = 0
    more = True
    # The last declared byte is the end; servers tell so in a further, empty message: not waiting for it is quicker.
    while more and taken != length:
        message = await receive()
        if message["type"] != "http.request":
            # Nobody may be there to hear it, but one who only closed his side is.
            return answers.TRUNCATED
        piece = message.get("body", b"")
        taken += len(piece)
        if taken > MAX_BYTES:
            return answers.TOO_LARGE
        pieces.append(piece)
        more = message.get("more_body", False)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
