"""The yardsticks: ASGI applications that do nothing. One does not even look at the request, one reads its body."""

from __future__ import annotations

from ponte.ingest.answers import Receive, Scope, Send

HEADERS = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"6")]


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Say hello to everybody, unseen."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    await _hello(send)


async def reading(scope: Scope, receive: Receive, send: Send) -> None:
    """Read the body, then say hello."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    while (await receive()).get("more_body"):
        pass
    await _hello(send)


async def _live(receive: Receive, send: Send) -> None:
    for moment in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{moment}.complete"})


async def _hello(send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": b"hello\n", "more_body": False})
