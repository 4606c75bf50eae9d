"""A recorder between connector and fake: every exchange as it is on the wire, byte by byte."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import ClientError, ClientSession, web
from fake_stage import served
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding", "te"})


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer.

    `path` is as sent, escapes and all; `status` is 0 where no answer came. `is_spoilt`: sent past the connector's own
    check, to see how it is refused; only the answer can be judged.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    asked_headers: CIMultiDictProxy[str]
    asked: bytes
    status: int
    told_headers: CIMultiDictProxy[str]
    told: bytes
    is_spoilt: bool = False


@dataclass(slots=True)
class Recorder:
    """Stands before a fake, carries everything to and fro, and keeps it."""

    session: ClientSession
    upstream: str = ""
    exchanges: list[Exchange] = field(default_factory=list)
    spoiling: bool = False

    async def carry(self, request: web.Request) -> web.StreamResponse:
        asked = await request.read()
        headers = CIMultiDict((name, value) for name, value in request.headers.items() if passes(name))
        sent = self.session.request(
            request.method,
            URL(self.upstream + request.raw_path, encoded=True),
            data=asked or None,
            headers=headers,
            allow_redirects=False,
        )
        try:
            async with sent as answer:
                told, status, told_headers = await answer.read(), answer.status, answer.headers
        except ClientError:
            self._keep(request, asked, 0, CIMultiDictProxy(CIMultiDict()), b"")
            return _cut(request)
        self._keep(request, asked, status, told_headers, told)
        passed = CIMultiDict((name, value) for name, value in told_headers.items() if passes(name))
        return web.Response(status=status, body=told, headers=passed)

    def _keep(
        self, request: web.Request, asked: bytes, status: int, headers: CIMultiDictProxy[str], told: bytes
    ) -> None:
        path = request.raw_path.partition("?")[0]
        query = tuple(request.query.items())
        self.exchanges.append(
            Exchange(request.method, path, query, request.headers, asked, status, headers, told, self.spoiling)
        )


def passes(name: str) -> bool:
    return name.lower() not in HOP_BY_HOP


def _cut(request: web.Request) -> web.StreamResponse:
    """Break off as the fake did."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=502)


@asynccontextmanager
async def overheard(app: web.Application) -> AsyncIterator[tuple[str, Recorder]]:
    """Serve a fake behind a recorder; the value is the recorder with its address."""
    async with ClientSession() as session:
        session._retry_connection = False  # else aiohttp sends a GET or PUT once more when it was cut
        recorder = Recorder(session)
        front = web.Application(client_max_size=64_000_000)
        front.router.add_route("*", "/{path:.*}", recorder.carry)
        async with served(app) as upstream, served(front) as base:
            recorder.upstream = upstream
            yield base, recorder
