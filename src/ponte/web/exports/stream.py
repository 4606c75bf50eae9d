"""Sends a file while it is written, under either kind of server.

Django's asynchronous side would gather a plain iterator whole before it sends the first byte. So the pieces are asked
for one by one, in the request's own thread: between two of them other requests have their turn, and when the client
leaves, the iterator is closed.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Generator
from functools import partial

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse

GZIP = 31
"""zlib's window bits for the format of gzip."""

Pieces = Generator[bytes, None, None]


def sent(request: HttpRequest, pieces: Pieces, *, name: str, content_type: str, pack: bool) -> StreamingHttpResponse:
    """Answer with a file to keep. `pack` compresses it on its way, if the client takes that."""
    packs = pack and "gzip" in request.headers.get("Accept-Encoding", "")
    given = packed(pieces) if packs else pieces
    body = _awaited(given) if isinstance(request, ASGIRequest) else given
    answer = StreamingHttpResponse(body, content_type=content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    # Named in any case: Django's middleware would compress again, and on the side where everybody waits.
    answer.headers["Content-Encoding"] = "gzip" if packs else "identity"
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def packed(pieces: Pieces) -> Pieces:
    """Compress the pieces."""
    packer = zlib.compressobj(1, zlib.DEFLATED, GZIP)
    try:
        for piece in pieces:
            if some := packer.compress(piece):
                yield some
        yield packer.flush()
    finally:
        pieces.close()


async def _awaited(pieces: Pieces) -> AsyncIterator[bytes]:
    step = sync_to_async(partial(next, pieces, None))
    try:
        while (piece := await step()) is not None:
            yield piece
    finally:
        await asyncio.shield(sync_to_async(pieces.close)())
