"""The yardstick: an ASGI application that does nothing."""

from __future__ import annotations

from ponte.ingest.answers import Receive, Scope, Send

HEADERS = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"6")]


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Say hello to everybody."""
    if scope["type"] == "lifespan":
        for moment in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{moment}.complete"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": b"hello\n", "more_body": False})
