"""Bodies of requests to the pages and the API: at most so large, and all there within a minute.

Django keeps a body whole, in a file once it is large, before anything looks at it: without a limit anybody could
fill the disk, and by sending slowly keep a connection for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

Scope: TypeAlias = dict[str, Any]
Message: TypeAlias = Mapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

MOST: Final = 2_500_000
"""More than any form may hold, so that one a little too large is refused in words (DATA_UPLOAD_MAX_MEMORY_SIZE)."""
MOST_OF_SHEET: Final = 20_000_000
"""Likewise of a spreadsheet, which may have 10 MB."""
SHEET: Final = "/planilha"
PATIENCE: Final = 60.0
TEXTS: Final = {408: b"The body came too slowly.\n", 413: b"The body is too large.\n"}
GONE: Final[Message] = {"type": "http.disconnect"}


def limited(application: Application, *, patience: float = PATIENCE) -> Application:
    """Return the application, which never sees more of a body: to it, the client has left.

    The client is answered 413, or 408 when it took longer than `patience` seconds.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        most = MOST_OF_SHEET if scope["path"].endswith(SHEET) else MOST
        if _declared(scope["headers"]) > most:
            await _refuse(send, 413)
            return
        body = _Body(receive, most, patience)
        await application(scope, body.receive, send)
        if body.refused:  # Django answers nobody who has left
            await _refuse(send, body.refused)

    return answer


class _Body:
    """Counts what comes, until the body is whole. `refused` is the status of one that is not to be had."""

    def __init__(self, receive: Receive, most: int, patience: float) -> None:
        self._receive = receive
        self._left = most
        self._until = asyncio.get_running_loop().time() + patience
        self._whole = False
        self.refused = 0

    async def receive(self) -> Message:
        if self.refused:
            return GONE
        if self._whole:  # what follows is that somebody left, and may be waited for
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError:
            self.refused = 408
            return GONE
        self._left -= len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._left < 0:
            self.refused = 413
            return GONE
        return message


def _declared(headers: Iterable[tuple[bytes, bytes]]) -> int:
    """Return the length that the headers tell; 0 when they tell none."""
    told = [value for name, value in headers if name == b"content-length"]
    return int(told[0]) if told and told[0].isdigit() and len(told[0]) < 19 else 0


async def _refuse(send: Send, status: int) -> None:
    text = TEXTS[status]
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(text)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text, "more_body": False})
