"""One request over a connection of the pool: written in one piece, its answer read within a limit.

aiohttp's pool, TLS and parser without its session: cookies, redirects, traces, proxies and the task that writes a
body cost as much again as all the rest of a request, and Ponte wants none of them (docs/adr/0018).
"""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.http_exceptions import HttpProcessingError
from yarl import URL

from ponte.domain.message import Answer, Failure, NoAnswer, Response

CONNECT_SECONDS = 10.0
MAX_HEADER = 16_384
AGENT = "Ponte/0.1 (+https://github.com/ponte-hub/ponte)"
FENCED = NoAnswer(Failure.FENCED, sent=False)
REDIRECTS = frozenset({301, 302, 303, 307, 308})
TIMEOUT = aiohttp.ClientTimeout(total=None, connect=CONNECT_SECONDS)
MAX_HEADS = 64

# What yarl would write in just the same way; all else is left to it.
_PLAIN_PATH = re.compile(r"/[A-Za-z0-9/_.~-]*\Z")
_PLAIN_PAIR = re.compile(r"[A-Za-z0-9_.~-]*\Z")
_LINE_END = re.compile(r"[\r\n\0]")
_OWN_HEADERS = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "expect", "cookie", "te", "trailer", "upgrade"}
)

Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where requests of one base address go. `opener` opens connections there; it is never sent itself."""

    origin: URL
    opener: aiohttp.ClientRequest
    path: str

    def target(self, path: str, query: tuple[tuple[str, str], ...]) -> str | None:
        """Return the target of a request line, None when it takes more than putting it together."""
        whole = self.path + path
        if not _PLAIN_PATH.match(whole) or "/." in whole:
            return None
        if not query:
            return whole
        if not all(_PLAIN_PAIR.match(name) and _PLAIN_PAIR.match(value) for name, value in query):
            return None
        return f"{whole}?{'&'.join([f'{name}={value}' for name, value in query])}"


@dataclass(frozen=True, slots=True)
class Letter:
    """A request, ready to be written. `head` holds its header lines but for the body's length."""

    place: Place
    method: str
    target: str
    head: bytes
    body: bytes | None

    @property
    def packed(self) -> bytes:
        line = f"{self.method} {self.target}".encode()
        if self.body is None:
            return b"%b HTTP/1.1\r\n%b\r\n\r\n" % (line, self.head)
        return b"%b HTTP/1.1\r\n%b\r\nContent-Length: %d\r\n\r\n%b" % (line, self.head, len(self.body), self.body)


class Wire:
    """The connections of one event loop."""

    def __init__(self, connector: aiohttp.BaseConnector) -> None:
        self._connector = connector
        self._heads: dict[tuple[str, bool, tuple[tuple[str, str], ...]], bytes | None] = {}

    def head(self, place: Place, headers: Headers, *, json: bool) -> bytes | None:
        """Return the header lines of a request, None when something in them wants a closer look."""
        key = (place.origin.authority, json, tuple(headers.items()))
        if key not in self._heads:
            if len(self._heads) >= MAX_HEADS:
                self._heads.clear()  # credentials that were renewed do not stay
            self._heads[key] = _head(place, headers, json=json)
        return self._heads[key]

    async def ask(self, letter: Letter, may_go: Callable[[], bool], limit: int) -> Answer:
        """Send and read; `may_go` is asked when there is a connection, right before the first byte leaves.

        Raises what aiohttp raises. A connection whose answer was not read to its end is closed.
        """
        try:
            connection = await self._connector.connect(letter.place.opener, traces=[], timeout=TIMEOUT)
        except TimeoutError as error:
            raise aiohttp.ConnectionTimeoutError(letter.place.origin.authority) from error
        try:
            assert connection.protocol is not None
            answer = await _over(connection.protocol, letter, may_go, limit)
        except HttpProcessingError as error:
            connection.close()
            return NoAnswer(Failure.RESET, sent=True, detail=type(error).__name__)
        except BaseException:
            connection.close()
            raise
        connection.release()
        return answer


def make_place(base_url: str) -> Place | None:
    """Return where a base address leads, None for one that is no plain address. Needs the running loop."""
    url = URL(base_url)
    if not url.host or url.user is not None or url.raw_query_string or url.raw_fragment:
        return None
    path = base_url.partition("://")[2].partition("/")
    opener = aiohttp.ClientRequest("GET", url.origin(), loop=asyncio.get_running_loop())
    return Place(url.origin(), opener, path[1] + path[2])


def _head(place: Place, headers: Headers, *, json: bool) -> bytes | None:
    names = {name.lower() for name in headers}
    if len(names) < len(headers) or names & _OWN_HEADERS:
        return None
    own = {"Host": place.origin.host_port_subcomponent or ""}
    if "user-agent" not in names:
        own["User-Agent"] = AGENT
    if "accept-encoding" not in names:
        own["Accept-Encoding"] = "gzip"
    if json and "content-type" not in names:
        own["Content-Type"] = "application/json"
    lines = [f"{name}: {value}" for name, value in (*own.items(), *headers.items())]
    return None if any(_LINE_END.search(line) for line in lines) else "\r\n".join(lines).encode()


async def _over(protocol: ResponseHandler, letter: Letter, may_go: Callable[[], bool], limit: int) -> Answer:
    protocol.set_response_params(
        skip_payload=letter.method == "HEAD",
        read_until_eof=True,
        auto_decompress=False,
        max_line_size=MAX_HEADER,
        max_field_size=MAX_HEADER,
    )
    if not may_go():
        return FENCED
    transport = protocol.transport
    if transport is None or transport.is_closing():
        raise aiohttp.ClientConnectionResetError
    transport.write(letter.packed)
    message, content = await protocol.read()
    while 100 <= message.code < 200 and message.code != 101:
        message, content = await protocol.read()
    if message.code in REDIRECTS:
        return NoAnswer(Failure.REDIRECT, sent=True, detail=str(message.code))
    headers = {name.lower(): value for name, value in message.headers.items()}
    told = await read(content, headers.get("content-encoding", ""), limit)
    if transport.get_write_buffer_size():  # answered before it had heard all: nothing more may follow here
        protocol.force_close()
    return NoAnswer(Failure.TOO_LARGE, sent=True) if told is None else Response(message.code, headers, told)


async def read(content: aiohttp.StreamReader, encoding: str, limit: int) -> bytes | None:
    """Return the unpacked body, None when it is larger than `limit`: then the connection is to be given up."""
    packed = "gzip" in encoding
    if content.is_eof() and not packed and content.total_bytes <= limit:
        return content.read_nowait(-1)
    unpack = zlib.decompressobj(wbits=47) if packed else None
    parts: list[bytes] = []
    size = 0
    async for chunk in content.iter_any():
        data = unpack.decompress(chunk, limit + 1 - size) if unpack else chunk
        size += len(data)
        if size > limit:
            return None
        parts.append(data)
    return b"".join(parts)
