"""A server that answers with whatever bytes a test wants, on loopback; and one question asked of it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from ponte.domain.message import Answer, Request
from ponte.net.transport import Line, Transport

Reply = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def saying(*parts: bytes, pause: float = 0.0) -> Reply:
    """Answer with these bytes, then close."""

    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)

    return reply


def whole(body: bytes, *headers: str, status: str = "200 OK") -> Reply:
    head = "".join(f"{header}\r\n" for header in headers)
    return saying(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{head}\r\n".encode() + body)


async def asked(
    reply: Reply | None,
    request: Request | Callable[[int], Request] | None = None,
    *,
    line: Line | None = None,
    context: ssl.SSLContext | None = None,
    allowed: bool = True,
    may_go: Callable[[], bool] = lambda: True,
    **transport: Any,
) -> Answer:
    """Ask one question; `request` may be made for the server's port. Everything is closed afterwards."""
    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.add(task)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            if reply:
                await reply(reader, writer)
        writer.close()
        with suppress(OSError, asyncio.CancelledError):
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    scheme = "https" if context else "http"
    target = line or Line(f"{scheme}://127.0.0.1:{port}")
    target.base_url = target.base_url or f"{scheme}://127.0.0.1:{port}"
    hosts = frozenset({f"127.0.0.1:{port}"}) if allowed else frozenset()
    try:
        async with Transport(hosts, **transport) as carrier:
            question = request(port) if callable(request) else request
            return await carrier.ask(question or Request("GET", "/x", "GET /x"), target, may_go)
    finally:
        server.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
        await server.wait_closed()
