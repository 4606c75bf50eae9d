"""Speaks ASGI to the webhook in this process, and keeps what it stores in memory."""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from ponte.flows.ingest import ChannelDoor, Hint, StoreDoor, Unrecognised
from ponte.ingest.app import Ingest
from ponte.ingest.storage import Storage
from ponte.ingest.writer import Limits

T = TypeVar("T")
KEY = "a-key-of-minhaloja"
OLD_KEY = "the-key-before-the-rotation"
PAUSED_KEY = "a-key-of-pausada"
ADDRESS = f"/vtex/notifications/{KEY}"


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


STORE = StoreDoor(
    1,
    "minhaloja",
    False,
    (ChannelDoor(11, "MLC", ("product",)), ChannelDoor(12, "AMZ", ("price", "product", "stock"))),
)
DOORS = {digest(KEY): STORE, digest(OLD_KEY): STORE, digest(PAUSED_KEY): StoreDoor(2, "pausada", True, ())}


@dataclass
class Memory:
    """A database that does as it is told: `refuse` says which hints raise, `breaks` what each call raises first."""

    hints: list[Hint] = field(default_factory=list)
    aside: list[Unrecognised] = field(default_factory=list)
    transactions: list[int] = field(default_factory=list)
    refuse: Callable[[Hint], Exception | None] = lambda _: None
    breaks: Callable[[], None] = lambda: None
    doors: Callable[[], dict[str, StoreDoor]] = lambda: DOORS
    resets: int = 0
    opened: int = 0
    closed: int = 0
    threads: set[int] = field(default_factory=set)

    def storage(self) -> Storage:
        return Storage(self.doors, self.write_down, self.quarantine, self._open, self._reset, self._close)

    def write_down(self, hints: Sequence[Hint]) -> None:
        self.threads.add(threading.get_ident())
        self.breaks()
        for hint in hints:
            if error := self.refuse(hint):
                raise error
        self.hints += hints
        self.transactions.append(len(hints))

    def quarantine(self, items: Sequence[Unrecognised]) -> None:
        self.breaks()
        self.aside += items

    def _open(self) -> None:
        self.opened += 1

    def _reset(self) -> None:
        self.resets += 1

    def _close(self) -> None:
        self.closed += 1


@dataclass(frozen=True)
class Call:
    """One request: `pieces` are what the server passes on, one message each; `then` what comes after the last."""

    pieces: tuple[bytes, ...] = (b"",)
    path: str = ADDRESS
    method: str = "POST"
    headers: tuple[tuple[bytes, bytes], ...] = ((b"content-type", b"application/json"),)
    pause: float = 0.0
    leaves: bool = False
    taken: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Told:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        return str(json.loads(self.body)["code"])


def post(body: bytes | dict | list | str, path: str = ADDRESS, *headers: tuple[bytes, bytes]) -> Call:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Call((raw,), path, headers=headers or ((b"content-type", b"application/json"),))


def note(sku: object = "15", **others: object) -> dict[str, object]:
    return {"IdSku": sku, "An": "minhaloja", "IdAffiliate": "MLC", **others}


async def call(app: Ingest, request: Call) -> Told:
    """Make one request and return what was told."""
    sent: list[dict] = []
    pieces = list(request.pieces)

    async def receive() -> dict:
        await asyncio.sleep(request.pause)
        request.taken.append(1)
        if pieces:
            piece = pieces.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(pieces) or request.leaves}
        return {"type": "http.disconnect"}

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "path": request.path,
        "method": request.method,
        "headers": list(request.headers),
        "query_string": b"",
    }
    await app(scope, receive, send)
    start, body = sent
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    return Told(start["status"], headers, body["body"])


def ask(memory: Memory, *requests: Call, limits: Limits | None = None, patience: float = 10.0) -> list[Told]:
    """Start the webhook, make all requests at once, stop it, and return the answers in order."""

    async def session(app: Ingest) -> list[Told]:
        return list(await asyncio.gather(*(call(app, request) for request in requests)))

    return visit(memory, session, limits=limits, patience=patience)


def ask_one(memory: Memory, request: Call, **settings: object) -> Told:
    return ask(memory, request, **settings)[0]  # type: ignore[arg-type]


def visit(
    memory: Memory | Storage,
    session: Callable[[Ingest], Awaitable[T]],
    *,
    limits: Limits | None = None,
    patience: float = 10.0,
) -> T:
    """Run `session` with a started webhook, then stop it."""

    async def whole() -> T:
        storage = memory.storage() if isinstance(memory, Memory) else memory
        app = Ingest(storage, limits=limits, patience=patience)
        await app.start()
        try:
            return await session(app)
        finally:
            await app.stop()

    return asyncio.run(whole())
