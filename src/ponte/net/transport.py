"""One request over the wire, within limits: total deadline, unpacked size, no redirects, guarded addresses."""

from __future__ import annotations

import asyncio
import ssl
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson
from aiohttp.abc import AbstractStreamWriter
from yarl import URL

from ponte.domain.message import Answer, Failure, NoAnswer, Request, Response, Secret
from ponte.net.guard import AddressRefusedError, GuardedResolver, may_call

DEADLINE_SECONDS = 30.0
CONNECT_SECONDS = 10.0
MAX_ANSWER = 5 * 1024 * 1024
MAX_PICTURE = 10 * 1024 * 1024
MAX_HEADER = 16_384
FENCED = NoAnswer(Failure.FENCED, sent=False)
AGENT = "Ponte/0.1 (+https://github.com/ponte-hub/ponte)"


@dataclass(slots=True)
class Line:
    """Where the requests of one channel or store go, and with which credentials.

    `headers` may hold `Secret` placeholders; `secrets` has their values. Never printed.
    """

    base_url: str
    headers: Mapping[str, str | Secret] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    hosts: Mapping[str, str] = field(default_factory=dict)
    """Further addresses of the same side by name."""

    def address(self, request: Request) -> str:
        """Return where a request goes, without its query. Raises `ValueError` for a host that nobody declared."""
        if is_foreign(request):
            return request.path
        if request.host and request.host not in self.hosts:
            raise ValueError(request.host)
        return (self.hosts[request.host] if request.host else self.base_url) + request.path

    def __repr__(self) -> str:
        return f"Line({self.base_url})"


def is_foreign(request: Request) -> bool:
    """True for a whole address: it gets no credentials and only public addresses are reached."""
    return request.path.startswith(("http://", "https://"))


def _always() -> bool:
    return True


class _LastLook(aiohttp.BytesPayload):
    """A body that looks once more, right before its first byte and the headers' leave, whether it may still go.

    A connection may have been waited for since the fence was asked. aiohttp keeps the headers back for the body, so
    nothing has left by then.
    """

    def __init__(self, value: bytes, may_go: Callable[[], bool]) -> None:
        super().__init__(value, content_type="application/json")
        self._may_go = may_go
        self.held_back = False

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        if not self._may_go():
            self.held_back = True
            raise ConnectionAbortedError
        await super().write_with_length(writer, content_length)


class Transport:
    """A pool of connections for one event loop."""

    def __init__(self, private_hosts: frozenset[str], *, deadline: float = DEADLINE_SECONDS) -> None:
        self._private_hosts = private_hosts
        self._deadline = deadline
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Transport:
        connector = aiohttp.TCPConnector(
            limit=0, limit_per_host=100, resolver=GuardedResolver(self._private_hosts), ttl_dns_cache=60
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT_SECONDS),
            auto_decompress=False,
            trust_env=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            max_line_size=MAX_HEADER,
            max_field_size=MAX_HEADER,
            headers={"User-Agent": AGENT, "Accept-Encoding": "gzip"},
        )
        # By itself aiohttp sends a GET, PUT or DELETE again when a kept connection breaks: an attempt nobody records.
        self._session._retry_connection = False  # noqa: SLF001 -- aiohttp 3.14 has no public switch
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def ask(self, request: Request, line: Line, may_go: Callable[[], bool] = _always) -> Answer:
        """Send one request and return its answer; trouble of every kind is a `NoAnswer`, never an exception.

        `may_go` is asked when a JSON body is about to leave; what it stops was not sent.
        """
        foreign = is_foreign(request)
        try:
            url = URL(line.address(request))
        except ValueError:
            return NoAnswer(Failure.FORBIDDEN_ADDRESS, sent=False, detail="not an address")
        if not may_call(url, self._private_hosts):
            return NoAnswer(Failure.FORBIDDEN_ADDRESS, sent=False, detail=str(url.origin()) if url.host else "")
        body = None if request.json is None else _LastLook(orjson.dumps(request.json), may_go)
        answer = await self._answer(request, line, url, body, foreign=foreign)
        return FENCED if body is not None and body.held_back else answer

    async def _answer(
        self, request: Request, line: Line, url: URL, body: _LastLook | None, *, foreign: bool
    ) -> Answer:
        try:
            async with asyncio.timeout(self._deadline):
                return await self._exchange(request, line, url, body, foreign=foreign)
        except TimeoutError:
            return NoAnswer(Failure.TIMEOUT, sent=True, detail=f"{self._deadline:g} s")
        except (aiohttp.ClientError, OSError, asyncio.IncompleteReadError, zlib.error) as error:
            return _no_answer(error)
        except ValueError as error:  # a header with a line break, say: nothing went out
            return NoAnswer(Failure.REFUSED, sent=False, detail=type(error).__name__)

    async def _exchange(
        self, request: Request, line: Line, url: URL, body: _LastLook | None, *, foreign: bool
    ) -> Answer:
        assert self._session is not None
        headers = {} if foreign else _headers(request, line)
        async with self._session.request(
            request.method,
            url,
            params=request.query or None,
            data=_body(request, line) if body is None else body,
            headers=headers,
            allow_redirects=False,
        ) as answer:
            if answer.status in {301, 302, 303, 307, 308}:
                return NoAnswer(Failure.REDIRECT, sent=True, detail=str(answer.status))
            told = await _read(answer, MAX_PICTURE if foreign else MAX_ANSWER)
            if told is None:
                return NoAnswer(Failure.TOO_LARGE, sent=True)
            found = {name.lower(): value for name, value in answer.headers.items()}
            return Response(answer.status, found, told)


def _headers(request: Request, line: Line) -> dict[str, str]:
    headers = {"Accept": "application/json"}
    if request.authorized:
        headers |= {name: _opened(value, line) for name, value in line.headers.items()}
    return headers | {name: _opened(value, line) for name, value in request.headers}


def _opened(value: str | Secret, line: Line) -> str:
    """Put a secret's value in its place; within a text, `{name}` of a scheme such as "Bearer" is not needed."""
    return line.secrets.get(value.name, "") if isinstance(value, Secret) else value


def _body(request: Request, line: Line) -> Any:
    if request.files:
        form = aiohttp.FormData()
        for part in request.files:
            form.add_field(part.field, part.content, filename=part.filename, content_type=part.content_type)
        for name, value in request.form:
            form.add_field(name, _opened(value, line))
        return form
    if request.form:
        return aiohttp.FormData([(name, _opened(value, line)) for name, value in request.form])
    return None


async def _read(answer: aiohttp.ClientResponse, limit: int) -> bytes | None:
    """Return the unpacked body, None when it is larger than `limit` (then the connection is given up)."""
    unpack = zlib.decompressobj(wbits=47) if "gzip" in answer.headers.get("Content-Encoding", "") else None
    parts: list[bytes] = []
    size = 0
    async for chunk in answer.content.iter_any():
        data = unpack.decompress(chunk, limit + 1 - size) if unpack else chunk
        size += len(data)
        if size > limit:
            answer.close()
            return None
        parts.append(data)
    return b"".join(parts)


def _no_answer(error: BaseException) -> NoAnswer:
    match error:
        case AddressRefusedError():
            return NoAnswer(Failure.FORBIDDEN_ADDRESS, sent=False)
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientSSLError() | ssl.SSLError():
            return NoAnswer(Failure.TLS, sent=False, detail=type(error).__name__)
        case aiohttp.ClientConnectorDNSError():
            refused = isinstance(error.os_error, AddressRefusedError)
            return NoAnswer(Failure.FORBIDDEN_ADDRESS if refused else Failure.NAME, sent=False)
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            return NoAnswer(Failure.REFUSED, sent=False)
        case _:
            return NoAnswer(Failure.RESET, sent=True, detail=type(error).__name__)
