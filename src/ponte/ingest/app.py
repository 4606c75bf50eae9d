"""The webhook as an ASGI application."""

from __future__ import annotations

from ponte.flows.ingest import Hint, StoreDoor
from ponte.ingest import answers
from ponte.ingest.answers import Answer, Receive, Scope, Send
from ponte.ingest.body import PATIENCE, Bodies, declared
from ponte.ingest.committing import Fate, Parcel
from ponte.ingest.doors import Doors
from ponte.ingest.judging import Verdict, judge
from ponte.ingest.paths import store_key
from ponte.ingest.storage import Storage, database
from ponte.ingest.writer import Limits, Writer

INSTEAD = {Fate.SET_ASIDE: answers.SET_ASIDE, Fate.UNAVAILABLE: answers.UNAVAILABLE}


class Ingest:
    """Answers `POST /vtex/notifications/{store_key}`; call `start` before and `stop` after, in the same event loop.

    200: written down, durably. 202: durably set aside (other account, unknown affiliate, paused store).
    400: the body names no SKU. 404: unknown key. 405, 408, 413, 415 as usual. 429: too many wait. 503: not written
    down. Never redirects; GET and HEAD get a small text.
    """

    def __init__(
        self,
        storage: Storage[StoreDoor, Hint] | None = None,
        *,
        limits: Limits | None = None,
        patience: float = PATIENCE,
    ) -> None:
        storage = storage or database()
        self._doors = Doors(storage)
        self._writer = Writer(storage, limits)
        self._bodies = Bodies(patience)

    async def start(self) -> None:
        self._bodies.start()
        await self._doors.start()
        self._writer.start()

    async def stop(self) -> None:
        """Store what waits, answer it, and close both connections."""
        await self._writer.stop()
        self._bodies.stop()
        await self._doors.stop()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        door = self._doors.at(scope["path"])
        if door is not None and scope["method"] == "POST":
            answer = await self._post(door, scope["headers"], receive)
        else:
            answer = await self._answer(scope, receive)
        await send(answer.start)
        await send(answer.body)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        door = await self._doors.open(scope["path"])
        if door is None:
            return self._nobody(scope["method"], asked=store_key(scope["path"]) is not None)
        if scope["method"] != "POST":
            return _greeting(scope["method"])
        return await self._post(door, scope["headers"], receive)

    def _nobody(self, method: str, *, asked: bool) -> Answer:
        if asked and not self._doors.loaded:
            return answers.UNAVAILABLE
        return answers.UNKNOWN_HEAD if method == "HEAD" else answers.UNKNOWN

    async def _post(self, door: StoreDoor, headers: list[tuple[bytes, bytes]], receive: Receive) -> Answer:
        said = declared(headers)
        if isinstance(said, Answer):
            return said
        if self._writer.full:
            return answers.TOO_MANY
        content = await self._bodies.read(receive, said.length)
        if isinstance(content, Answer):
            return content
        return await self._store(door, judge(door, content, said.content_type), content)

    async def _store(self, door: StoreDoor, verdict: Verdict, content: bytes) -> Answer:
        if not (verdict.hints or verdict.unrecognised):
            return verdict.answer
        if self._writer.full:
            return answers.TOO_MANY
        fate = await self._writer.put(Parcel(door.store_id, content, verdict.hints, verdict.unrecognised))
        return verdict.answer if fate is Fate.STORED else INSTEAD[fate]


def _greeting(method: str) -> Answer:
    match method:
        case "GET":
            return answers.HELLO
        case "HEAD":
            return answers.HELLO_HEAD
        case _:
            return answers.WRONG_METHOD
