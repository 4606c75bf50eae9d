"""One request over the wire, within limits: total deadline, unpacked size, no redirects, guarded addresses."""

from __future__ import annotations

import asyncio
import ssl
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson
from aiohttp.abc import AbstractStreamWriter
from yarl import URL

from ponte.domain.message import Answer, Failure, NoAnswer, Request, Response, Secret
from ponte.net.guard import AddressRefusedError, GuardedResolver, may_call
from ponte.net.wire import AGENT, FENCED, MAX_HEADER, REDIRECTS, TIMEOUT, Letter, Place, Wire, make_place, read

__all__ = ["AGENT", "FENCED", "MAX_ANSWER", "MAX_HEADER", "MAX_PICTURE", "Line", "Transport", "is_foreign"]

DEADLINE_SECONDS = 30.0
MAX_ANSWER = 5 * 1024 * 1024
MAX_PICTURE = 10 * 1024 * 1024
MAX_PLACES = 64


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
        return request.path if is_foreign(request) else self.base(request) + request.path

    def base(self, request: Request) -> str:
        """Return the base address of a request that is not foreign. Raises `ValueError` likewise."""
        if request.host and request.host not in self.hosts:
            raise ValueError(request.host)
        return self.hosts[request.host] if request.host else self.base_url

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
        self._wire: Wire | None = None
        self._places: dict[str, Place | None] = {}

    async def __aenter__(self) -> Transport:
        connector = aiohttp.TCPConnector(
            limit=0, limit_per_host=100, resolver=GuardedResolver(self._private_hosts), ttl_dns_cache=60
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            timeout=TIMEOUT,
            auto_decompress=False,
            trust_env=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            max_line_size=MAX_HEADER,
            max_field_size=MAX_HEADER,
            headers={"User-Agent": AGENT, "Accept-Encoding": "gzip"},
        )
        # By itself aiohttp sends a GET, PUT or DELETE again when a kept connection breaks: an attempt nobody records.
        self._session._retry_connection = False  # noqa: SLF001 -- aiohttp 3.14 has no public switch
        self._wire = Wire(connector)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def ask(self, request: Request, line: Line, may_go: Callable[[], bool] = _always) -> Answer:
        """Send one request and return its answer; trouble of every kind is a `NoAnswer`, never an exception.

        `may_go` is asked when the request is about to leave (of one that the session carries without a JSON body:
        before it is connected); what it stops was not sent.
        """
        body = None if request.json is None else orjson.dumps(request.json)
        try:
            letter = self._letter(request, line, body)
            if letter is None:
                return await self._by_session(request, line, body, may_go)
        except ValueError:
            return NoAnswer(Failure.FORBIDDEN_ADDRESS, sent=False, detail="not an address")
        assert self._wire is not None
        return await self._answer(self._wire.ask(letter, may_go, MAX_ANSWER))

    def _letter(self, request: Request, line: Line, body: bytes | None) -> Letter | None:
        """Return a plain request as it is written in one piece; None leaves it to the session."""
        if request.files or request.form or is_foreign(request):
            return None
        place = self._place(line.base(request))
        target = place.target(request.path, request.query) if place else None
        if place is None or target is None:
            return None
        assert self._wire is not None
        head = self._wire.head(place, _headers(request, line), json=body is not None)
        return None if head is None else Letter(place, request.method, target, head, body)

    def _place(self, base_url: str) -> Place | None:
        """Return a place that may be called."""
        place = self._places.get(base_url)
        if place is None and may_call(URL(base_url), self._private_hosts):
            if len(self._places) >= MAX_PLACES:
                self._places.clear()
            place = self._places[base_url] = make_place(base_url)
        return place

    async def _by_session(
        self, request: Request, line: Line, body: bytes | None, may_go: Callable[[], bool]
    ) -> Answer:
        url = URL(line.address(request))
        if not may_call(url, self._private_hosts):
            return NoAnswer(Failure.FORBIDDEN_ADDRESS, sent=False, detail=str(url.origin()) if url.host else "")
        if body is None and not may_go():
            return FENCED
        looking = None if body is None else _LastLook(body, may_go)
        answer = await self._answer(self._exchange(request, line, url, looking))
        return FENCED if looking is not None and looking.held_back else answer

    async def _answer(self, exchange: Awaitable[Answer]) -> Answer:
        try:
            async with asyncio.timeout(self._deadline):
                return await exchange
        except TimeoutError:
            return NoAnswer(Failure.TIMEOUT, sent=True, detail=f"{self._deadline:g} s")
        except (aiohttp.ClientError, OSError, asyncio.IncompleteReadError, zlib.error) as error:
            return _no_answer(error)
        except ValueError as error:  # a header with a line break, say: nothing went out
            return NoAnswer(Failure.REFUSED, sent=False, detail=type(error).__name__)

    async def _exchange(self, request: Request, line: Line, url: URL, body: _LastLook | None) -> Answer:
        assert self._session is not None
        foreign = is_foreign(request)
        async with self._session.request(
            request.method,
            url,
            params=request.query or None,
            data=_body(request, line) if body is None else body,
            headers={} if foreign else _headers(request, line),
            allow_redirects=False,
        ) as answer:
            if answer.status in REDIRECTS:
                return NoAnswer(Failure.REDIRECT, sent=True, detail=str(answer.status))
            encoding = answer.headers.get("Content-Encoding", "")
            told = await read(answer.content, encoding, MAX_PICTURE if foreign else MAX_ANSWER)
            if told is None:
                answer.close()
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
