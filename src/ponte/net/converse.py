"""Runs a conversation: carries each request over the wire at the channel's pace and writes down what passed."""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Protocol, TypeAlias, TypeVar
from urllib.parse import urlencode

import orjson

from ponte.domain.message import Answer, Conversation, Failure, NoAnswer, Request, Response
from ponte.domain.retry import retry_after
from ponte.net.pace import Pace
from ponte.net.redact import MASK, kept, kept_body, kept_headers, redact, shown
from ponte.net.transport import Line

T = TypeVar("T")
MAX_STEPS = 60
THROTTLED_SECONDS = 5.0
OPEN_HEADERS = frozenset({"content-type", "accept", "x-version"})


Gather: TypeAlias = "Callable[[Request, Record], Awaitable[Answer]]"
"""Asks for a request along with those of other SKUs; notes in the record what passed."""


class Asks(Protocol):
    """What carries a request: `Transport`, or a fake."""

    async def ask(self, request: Request, line: Line, may_go: Callable[[], bool]) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Passed:
    """One exchange as it may be stored: redacted, cut."""

    side: str
    method: str
    url: str
    endpoint: str
    request_headers: dict[str, str]
    request_body: str
    status: int | None
    response_headers: dict[str, str]
    response_body: str
    failure: str
    started_at: datetime
    took_ms: int


async def _open_gate(_: Request) -> NoAnswer | None:
    return None


def _may_always_go() -> bool:
    return True


async def _no_wait(_: str) -> float:
    return 0.0


def _unheard(_endpoint: str, _response: Response) -> None:
    return None


async def _no_renewal(_request: Request, _response: Response, _used: Mapping[str, str]) -> bool:
    return False


@dataclass(slots=True)
class Party:
    """One other side: how to reach it, how fast, and who is asked before a request goes out.

    `gate` is asked before every request; a `NoAnswer` from it stops the request (the lease is lost, the breaker is
    open). `may_go` is asked once more when one that changes something is about to leave. `renew` is asked about every
    answer, with the secrets that its request was sent with; True means: the credentials are fresh now, repeat once.
    `shut` is asked for an endpoint's own limit: the seconds until it may be asked again, 0 for now. `gather` carries
    the requests that have a topic (`Request.together`). `told` hears every answer, for what it says of its endpoint.
    """

    side: str
    transport: Asks
    line: Line
    pace: Pace
    gate: Callable[[Request], Awaitable[NoAnswer | None]] = _open_gate
    may_go: Callable[[], bool] = _may_always_go
    renew: Callable[[Request, Response, Mapping[str, str]], Awaitable[bool]] = _no_renewal
    shut: Callable[[str], Awaitable[float]] = _no_wait
    gather: Gather | None = None
    told: Callable[[str, Response], None] = _unheard


class EndlessConversationError(Exception):
    """A connector asked more than `MAX_STEPS` requests for one product: a bug of the connector."""


@dataclass(slots=True)
class Record:
    """What passed in one try, and whether anything may have been changed over there."""

    passed: list[Passed] = field(default_factory=list)
    changed: bool = False


async def converse(conversation: Conversation[T], party: Party, record: Record) -> T:
    """Run a conversation to its end and return what it returns."""
    answer: Answer | None = None
    for _ in range(MAX_STEPS):
        try:
            request = next(conversation) if answer is None else conversation.send(answer)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        answer = await _ask_and_renew(request, party, record)
    conversation.close()
    raise EndlessConversationError(party.side)


async def _ask_and_renew(request: Request, party: Party, record: Record) -> Answer:
    if request.together and party.gather is not None:
        return await party.gather(request, record)
    stopped = await _wait_for_leave(request, party)
    if stopped is not None:
        return stopped
    used = party.line.secrets
    answer = await _exchange(request, party, record)
    if not isinstance(answer, Response) or not await party.renew(request, answer, used):
        return answer
    return await _wait_for_turn(request, party) or await _exchange(request, party, record)


async def _wait_for_leave(request: Request, party: Party) -> Answer | None:
    """Take the endpoint's own turn, then as `_wait_for_turn`; returns what to answer instead of asking.

    A turn is taken once for a request, also when it is repeated with fresh credentials, and not in a silence: the
    next turn of a window may be a quarter of an hour away.
    """
    if silence := party.pace.silence():
        return _hushed(silence)
    seconds = await party.shut(request.endpoint)
    if seconds:
        return NoAnswer(Failure.WINDOW, sent=False, detail=str(math.ceil(seconds)))
    return await _wait_for_turn(request, party)


async def _wait_for_turn(request: Request, party: Party) -> Answer | None:
    """Wait for the pace and ask the gate.

    Where the other side wants long silence, that is what it would answer: it is not asked again to hear it.
    """
    silence = await party.pace.take()
    return _hushed(silence) if silence else await party.gate(request)


def _hushed(seconds: float) -> Response:
    return Response(429, {"retry-after": str(math.ceil(seconds))})


async def _exchange(request: Request, party: Party, record: Record) -> Answer:
    started_at = datetime.now(UTC)
    begin = time.monotonic()
    before = record.changed
    record.changed = before or request.changes  # a run that is cut short while it waits may have changed something
    answer = await party.transport.ask(request, party.line, party.may_go if request.changes else _may_always_go)
    took_ms = int((time.monotonic() - begin) * 1000)
    record.changed = before or (request.changes and (isinstance(answer, Response) or answer.sent))
    record.passed.append(_passed(request, answer, party, started_at, took_ms))
    _mind_throttling(answer, party.pace)
    if isinstance(answer, Response):
        party.told(request.endpoint, answer)
    return _dated(answer)


def _mind_throttling(answer: Answer, pace: Pace) -> None:
    if isinstance(answer, Response) and answer.status == 429:
        asked = retry_after(answer.headers.get("retry-after"), datetime.now(UTC))
        pace.slow_down(asked or THROTTLED_SECONDS)


def _dated(answer: Answer) -> Answer:
    """Turn a Retry-After date into seconds: connectors have no clock."""
    if not isinstance(answer, Response) or "retry-after" not in answer.headers:
        return answer
    seconds = retry_after(answer.headers["retry-after"], datetime.now(UTC))
    headers = {name: value for name, value in answer.headers.items() if name != "retry-after"}
    if seconds is not None:
        headers["retry-after"] = str(int(seconds) or 1)
    return Response(answer.status, headers, answer.body)


def _passed(request: Request, answer: Answer, party: Party, started_at: datetime, took_ms: int) -> Passed:
    secrets = tuple(party.line.secrets.values())
    failure = answer.failure.value if isinstance(answer, NoAnswer) else ""
    response = answer if isinstance(answer, Response) else None
    is_json = request.json is not None
    url, asked, told = kept(
        _whole_url(request, party.line),
        orjson.dumps(request.json) if is_json else b"",
        response.body if response else b"",
        secrets,
    )
    return Passed(
        side=party.side,
        method=request.method,
        url=url,
        endpoint=request.endpoint,
        request_headers=_shown_headers(request, party.line),
        request_body=asked if is_json else shown_body(request, secrets),
        status=response.status if response else None,
        response_headers=kept_headers(response.headers, secrets) if response else {},
        response_body=told,
        failure=failure,
        started_at=started_at,
        took_ms=took_ms,
    )


def _shown_headers(request: Request, line: Line) -> dict[str, str]:
    """Return the headers as stored: a credential is a mask even where its value is plain text."""
    own = line.headers.items() if request.authorized else ()
    return {
        name.lower(): shown(value) if name.lower() in OPEN_HEADERS else MASK
        for name, value in (*own, *request.headers)
    }


def _whole_url(request: Request, line: Line) -> str:
    address = line.address(request)
    return f"{address}?{_query(request.query)}" if request.query else address


_query = lru_cache(maxsize=256)(urlencode)  # one for all SKUs, as a rule


def shown_body(request: Request, secrets: tuple[str, ...]) -> str:
    """Return what a request carries as it may be stored."""
    if request.json is not None:
        return kept_body(orjson.dumps(request.json), secrets)
    if request.form:
        return redact(urlencode([(name, shown(value)) for name, value in request.form], safe="•"), secrets)
    return ", ".join(f"{part.filename} ({part.content_type}, {len(part.content)} bytes)" for part in request.files)
