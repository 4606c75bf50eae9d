"""Faults of a fake server, switched on and off while it runs, the same ones for the same seed.

A fake declares its routes through `Switchboard.route`; with no fault armed a request pays one counter and one test.
The board is steered in Python (`arm`, `disarm`) or over HTTP on the same loopback server:

    GET    /_sandbox/faults        {"faults": [{"id": 1, "fired": 3, "left": 7, ...the fault...}]}
    POST   /_sandbox/faults        one fault or a list of faults -> 201 with the same shape; 400 {"error": "..."}
    DELETE /_sandbox/faults        disarms all, and lets hanging requests go
    DELETE /_sandbox/faults/{id}   disarms one; 404 when there is none
    GET    /_sandbox/requests      {"requests": {"POST /items": 12, ...}}: requests seen, those that met a fault too

A fault is a JSON object. Which requests it meets:

    kind              required, see below
    method            "*" or e.g. "PUT"
    path              glob on the path, e.g. "/items/*"; "*" is everything outside /_sandbox
    sku               glob on the seller's SKU; "*" also meets requests that name no SKU
    skip              let the first N that match pass (0)
    count             meet N requests, then rest (no limit)
    probability       0 to 1 (1); decided by seed, fault, request line, SKU and how many times that was seen, so
                      the order in which concurrent requests arrive changes nothing
    duration_seconds  rest after so long (never)

What it does, by `kind`:

    status     answer `status` (500) with `body` (any JSON, or text sent as HTML), else with the fake's own body for
               it, of which `variant` chooses one ("html" where the vendor has such a page); `retry_after` (text,
               sent as it is), `headers` ({}), `content_type`
    delay      wait `seconds` (1), then go on; adds to a later fault
    hang       keep the connection open and silent for `seconds` (3600) or until disarmed, then cut it
    reset      cut the connection before anything is done or answered
    lost       do what was asked, then cut the connection: applied, but the answer is lost
    truncate   do it; promise the whole body and send half of it
    garbage    do it; answer 200 with bytes that are no JSON
    drip       do it; send the body one byte each `seconds` (0.2)
    gzip_bomb  answer 200 with gzip that unfolds to `bytes` (200 MB)
    redirect   answer `status` (302) with `location` (http://169.254.169.254/)

`status`, `hang`, `gzip_bomb` and `redirect` take `"applied": true`: do what was asked first, then misbehave.
"""

import asyncio
import dataclasses
import fnmatch
import random
import socket
import struct
import time
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any

import orjson
from aiohttp import web

_TYPE_NAMES = {bool: "true or false", int: "a whole number", float: "a number", str: "text", dict: "an object"}

Endpoint = Callable[[web.Request], Awaitable[web.StreamResponse]]
SkusOf = Callable[[web.Request], Awaitable[Sequence[str]]]
"""The seller's SKUs that a request is about; asked only while a fault is armed."""
Bodies = Callable[[int, str], "bytes | str | None"]
"""(status, variant) -> the vendor's body: bytes are JSON, str is HTML, None leaves it to the board."""


class FaultKind(StrEnum):
    STATUS = "status"
    DELAY = "delay"
    HANG = "hang"
    RESET = "reset"
    LOST = "lost"
    TRUNCATE = "truncate"
    GARBAGE = "garbage"
    DRIP = "drip"
    GZIP_BOMB = "gzip_bomb"
    REDIRECT = "redirect"


APPLYING = frozenset({FaultKind.LOST, FaultKind.TRUNCATE, FaultKind.GARBAGE, FaultKind.DRIP})
DEFAULT_SECONDS = {FaultKind.DELAY: 1.0, FaultKind.HANG: 3600.0, FaultKind.DRIP: 0.2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault as the module's docstring describes it; seconds and bytes as named."""

    kind: FaultKind
    method: str = "*"
    path: str = "*"
    sku: str = "*"
    skip: int = 0
    count: int | None = None
    probability: float = 1.0
    duration_seconds: float | None = None
    applied: bool = False
    status: int | None = None
    variant: str = ""
    body: Any = None
    content_type: str | None = None
    retry_after: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float | None = None
    location: str = "http://169.254.169.254/"
    bytes: int = 200_000_000

    @classmethod
    def read(cls, raw: object) -> "Fault":
        """A fault from JSON. Raises ValueError with a sentence about the first thing that is wrong."""
        if not isinstance(raw, dict):
            raise ValueError("a fault is an object")  # noqa: TRY004 -- one error for every malformed fault
        for name, value in raw.items():
            _check_field(name, value)
        if raw.get("kind") not in list(FaultKind):
            raise ValueError(f"kind must be one of {', '.join(FaultKind)}")
        return cls(**{**raw, "kind": FaultKind(raw["kind"])})

    def concerns(self, method: str, path: str) -> bool:
        return self.method in {"*", method} and (self.path == "*" or fnmatch.fnmatchcase(path, self.path))

    def sku_among(self, skus: Sequence[str]) -> str | None:
        """The SKU by which the request is met, "" when any will do, None when it isn't met."""
        if self.sku == "*":
            return skus[0] if skus else ""
        return next((sku for sku in skus if fnmatch.fnmatchcase(sku, self.sku)), None)


_FIELD_TYPES: dict[str, type] = {
    **dict.fromkeys(("kind", "method", "path", "sku", "variant", "content_type", "retry_after", "location"), str),
    **dict.fromkeys(("skip", "count", "status", "bytes"), int),
    **dict.fromkeys(("probability", "duration_seconds", "seconds"), float),
    "applied": bool,
    "headers": dict,
    "body": object,
}


def _check_field(name: object, value: object) -> None:
    wanted = _FIELD_TYPES.get(str(name))
    if wanted is None:
        raise ValueError(f"no such field: {name}")
    accepted = (int, float) if wanted is float else (wanted,)
    if not isinstance(value, accepted) or (isinstance(value, bool) and wanted in {int, float}):
        raise ValueError(f"{name} must be {_TYPE_NAMES[wanted]}")
    if wanted in {int, float} and isinstance(value, int | float) and value < 0:
        raise ValueError(f"{name} must not be negative")


@dataclass(slots=True)
class _Armed:
    id: int
    fault: Fault
    ends_at: float
    passed: int = 0
    fired: int = 0
    seen: Counter[str] = field(default_factory=Counter)

    def is_spent(self, now: float) -> bool:
        return now >= self.ends_at or (self.fault.count is not None and self.fired >= self.fault.count)

    def as_json(self) -> dict[str, Any]:
        left = None if self.fault.count is None else self.fault.count - self.fired
        return {"id": self.id, "fired": self.fired, "left": left, **dataclasses.asdict(self.fault)}


class Switchboard:
    """The armed faults of one fake server.

    Args:
        seed: decides which requests a fault with a probability meets, and the bytes of garbage.
        clock: seconds, for `duration_seconds`; anything monotonic.
    """

    def __init__(self, *, seed: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        self.seed = seed
        self.requests: Counter[str] = Counter()
        self._clock = clock
        self._armed: dict[int, _Armed] = {}
        self._last_id = 0
        self._released = asyncio.Event()

    def arm(self, fault: Fault | Mapping[str, Any]) -> int:
        """Arm a fault; answers the number by which it can be disarmed. Raises ValueError for a malformed one."""
        known = fault if isinstance(fault, Fault) else Fault.read(dict(fault))
        self._last_id += 1
        ends_at = float("inf") if known.duration_seconds is None else self._clock() + known.duration_seconds
        self._armed[self._last_id] = _Armed(self._last_id, known, ends_at)
        return self._last_id

    def disarm(self, fault_id: int | None = None) -> bool:
        """Disarm one fault, or all of them; hanging requests are let go. False when there was no such fault."""
        if fault_id is not None and fault_id not in self._armed:
            return False
        if fault_id is None:
            self._armed.clear()
        else:
            del self._armed[fault_id]
        self.release()
        return True

    def release(self) -> None:
        """Let requests go that a fault holds back."""
        self._released.set()
        self._released = asyncio.Event()

    def faults(self) -> list[dict[str, Any]]:
        return [armed.as_json() for armed in self._armed.values()]

    def route(
        self,
        method: str,
        path: str,
        endpoint: Endpoint,
        *,
        skus_of: SkusOf | None = None,
        bodies: Bodies | None = None,
    ) -> web.RouteDef:
        """An aiohttp route whose endpoint meets the armed faults; `path` as aiohttp writes it."""
        label = f"{method} {path}"
        seen = self.requests

        async def guarded(request: web.Request) -> web.StreamResponse:
            seen[label] += 1
            if not self._armed:
                return await endpoint(request)
            return await self._meet(request, endpoint, skus_of, bodies)

        return web.RouteDef(method, path, guarded, {})

    def control_routes(self) -> list[web.RouteDef]:
        """The routes under /_sandbox/faults and /_sandbox/requests."""
        return [
            web.get("/_sandbox/faults", self._list),
            web.post("/_sandbox/faults", self._add),
            web.delete("/_sandbox/faults", self._clear),
            web.delete(r"/_sandbox/faults/{id:\d{1,9}}", self._remove),
            web.get("/_sandbox/requests", self._requests),
        ]

    def attach(self, app: web.Application) -> None:
        """Add the control routes to an application, and let held requests go when it shuts down."""
        app.router.add_routes(self.control_routes())

        async def let_go(_app: web.Application) -> None:
            self.disarm()

        app.on_shutdown.append(let_go)

    async def _meet(
        self, request: web.Request, endpoint: Endpoint, skus_of: SkusOf | None, bodies: Bodies | None
    ) -> web.StreamResponse:
        candidates = [a for a in self._armed.values() if a.fault.concerns(request.method, request.path)]
        if not candidates:
            return await endpoint(request)
        skus = await skus_of(request) if skus_of else ()
        for armed in candidates:
            if not self._fires(armed, request, skus):
                continue
            if armed.fault.kind is not FaultKind.DELAY:
                return await self._misbehave(armed.fault, request, endpoint, bodies)
            await self._hold(request, _seconds(armed.fault))
        return await endpoint(request)

    def _fires(self, armed: _Armed, request: web.Request, skus: Sequence[str]) -> bool:
        sku = armed.fault.sku_among(skus)
        if sku is None or armed.is_spent(self._clock()):
            return False
        if armed.passed < armed.fault.skip:
            armed.passed += 1
            return False
        if armed.fault.probability < 1 and not self._is_drawn(armed, f"{request.method} {request.path_qs} {sku}"):
            return False
        armed.fired += 1
        return True

    def _is_drawn(self, armed: _Armed, key: str) -> bool:
        armed.seen[key] += 1
        draw = random.Random(f"{self.seed}/{armed.id}/{key}/{armed.seen[key]}").random()
        return draw < armed.fault.probability

    async def _misbehave(
        self, fault: Fault, request: web.Request, endpoint: Endpoint, bodies: Bodies | None
    ) -> web.StreamResponse:
        real = await endpoint(request) if fault.applied or fault.kind in APPLYING else web.Response()
        if fault.kind is FaultKind.HANG:
            await self._hold(request, _seconds(fault))
        match fault.kind:
            case FaultKind.LOST | FaultKind.RESET | FaultKind.HANG:
                return _cut(request, real)
            case FaultKind.TRUNCATE:
                return await _truncate(request, real)
            case FaultKind.DRIP:
                return await _drip(request, real, _seconds(fault))
            case _:
                return self._answer(fault, bodies)

    def _answer(self, fault: Fault, bodies: Bodies | None) -> web.Response:
        match fault.kind:
            case FaultKind.GARBAGE:
                return web.Response(body=self._garbage(), content_type="application/json")
            case FaultKind.GZIP_BOMB:
                headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
                return web.Response(body=_bomb(fault.bytes), headers=headers)
            case FaultKind.REDIRECT:
                return web.Response(status=fault.status or 302, headers={"Location": fault.location})
            case _:
                return _status(fault, bodies)

    def _garbage(self) -> bytes:
        return b"\xff\xfe{" + random.Random(f"{self.seed}/garbage").randbytes(512)

    async def _hold(self, request: web.Request, seconds: float) -> None:
        """Wait until the time is over, the fault is disarmed or the caller has gone."""
        released = self._released
        ends_at = time.monotonic() + seconds
        while (left := ends_at - time.monotonic()) > 0 and not released.is_set() and request.transport is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(released.wait(), min(left, 1.0))

    async def _list(self, _request: web.Request) -> web.Response:
        return _json({"faults": self.faults()})

    async def _add(self, request: web.Request) -> web.Response:
        try:
            raw = orjson.loads(await request.read())
            faults = [Fault.read(one) for one in (raw if isinstance(raw, list) else [raw])]
        except ValueError as wrong:
            return _json({"error": str(wrong)}, status=400)
        ids = [self.arm(fault) for fault in faults]
        return _json({"faults": [self._armed[fault_id].as_json() for fault_id in ids]}, status=201)

    async def _clear(self, _request: web.Request) -> web.Response:
        self.disarm()
        return _json({"faults": []})

    async def _remove(self, request: web.Request) -> web.Response:
        found = self.disarm(int(request.match_info["id"]))
        return _json({"faults": self.faults()}, status=200 if found else 404)

    async def _requests(self, _request: web.Request) -> web.Response:
        return _json({"requests": dict(self.requests)})


def _seconds(fault: Fault) -> float:
    return DEFAULT_SECONDS[fault.kind] if fault.seconds is None else fault.seconds


def _json(body: object, *, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")


def _status(fault: Fault, bodies: Bodies | None) -> web.Response:
    status = fault.status or 500
    body = fault.body
    if body is None:
        body = bodies(status, fault.variant) if bodies else None
    if body is None:
        body = (
            "<html><body>error</body></html>" if fault.variant == "html" else {"message": "fault", "status": status}
        )
    headers = dict(fault.headers)
    if fault.retry_after is not None:
        headers["Retry-After"] = fault.retry_after
    content_type = fault.content_type or ("text/html" if isinstance(body, str) else "application/json")
    sent = body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else orjson.dumps(body)
    return web.Response(status=status, body=sent, headers=headers, content_type=content_type)


def _cut(request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
    """Cut the connection with a TCP reset; nothing of the answer leaves."""
    if request.transport is not None:
        with suppress(OSError, AttributeError):
            linger_for_nothing = struct.pack("ii", 1, 0)
            sock = request.transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_for_nothing)
        request.transport.abort()
    return answer


def _body_of(answer: web.StreamResponse) -> bytes:
    body = answer.body if isinstance(answer, web.Response) else b""
    return bytes(body) if isinstance(body, bytes | bytearray) else b""


def _announced(answer: web.StreamResponse, length: int) -> web.StreamResponse:
    announced = web.StreamResponse(status=answer.status, headers={"Content-Type": "application/json"})
    announced.content_length = length
    return announced


async def _truncate(request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
    body = _body_of(answer) or b"{}"
    cut = _announced(answer, len(body))
    await cut.prepare(request)
    await cut.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return cut


async def _drip(request: web.Request, answer: web.StreamResponse, seconds: float) -> web.StreamResponse:
    body = _body_of(answer)
    slow = _announced(answer, len(body))
    await slow.prepare(request)
    with suppress(ConnectionError):
        for position in range(len(body)):
            await slow.write(body[position : position + 1])
            await asyncio.sleep(seconds)
    return slow


@lru_cache(maxsize=2)
def _bomb(size: int) -> bytes:
    packer = zlib.compressobj(1, wbits=31)
    block = b" " * 1_000_000
    parts = [packer.compress(block) for _ in range(size // len(block))]
    return b"".join([*parts, packer.compress(block[: size % len(block)]), packer.flush()])
