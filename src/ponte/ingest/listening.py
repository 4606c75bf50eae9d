"""The address that marketplaces post to, as an ASGI application beside VTEX's webhook.

A post is only a hint: when it is signed as its marketplace signs (or its marketplace does not sign), the listings it
is about are looked at. Nothing else of it is believed or kept.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

from ponte.connectors import Broken, get
from ponte.db.sealed import WrongKeyError
from ponte.domain.connector import Connector, Hears
from ponte.flows.channels.hears import Door, Look, count_refused
from ponte.ingest import answers
from ponte.ingest.answers import Answer, Receive, Scope, Send
from ponte.ingest.body import PATIENCE, Bodies, declared
from ponte.ingest.committing import Fate, Parcel
from ponte.ingest.doors import Doors
from ponte.ingest.paths import channel_key
from ponte.ingest.signatures import Headers, is_signed
from ponte.ingest.storage import Storage, of_marketplaces
from ponte.ingest.writer import Limits, Writer

logger = logging.getLogger(__name__)
MAX_ABOUT = 100
MAX_NAME = 80


class Listening:
    """Answers `POST /marketplaces/notifications/{channel_key}`; call `start` before and `stop` after, in one loop.

    200: heard (and durable, if there was anything in it). 401: the signature does not fit. 404: unknown key.
    405, 408, 413, 415 as usual. 429: too many wait. 503: not written down.
    """

    def __init__(
        self,
        storage: Storage[Door, Look] | None = None,
        *,
        limits: Limits | None = None,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.time,
        refusals: Callable[[Mapping[int, int]], None] = count_refused,
    ) -> None:
        storage = storage or of_marketplaces()
        self._refused = Refused(refusals)
        self._doors = Doors(replace(storage, doors=self._refused.before(storage.doors)), key_of=channel_key)
        self._writer = Writer(storage, limits)
        self._bodies = Bodies(patience)
        self._clock = clock

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
        answer = await self._answer(scope, receive)
        await send(answer.start)
        await send(answer.body)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        method, path = scope["method"], scope["path"]
        door = await self._doors.open(path)
        if door is None:
            asked = channel_key(path) is not None
            unknown = answers.UNKNOWN_HEAD if method == "HEAD" else answers.UNKNOWN
            return answers.UNAVAILABLE if asked and not self._doors.loaded else unknown
        if method != "POST":
            return {"GET": answers.LISTENS, "HEAD": answers.HELLO_HEAD}.get(method, answers.WRONG_METHOD)
        return await self._post(door, scope["headers"], receive)

    async def _post(self, door: Door, headers: list[tuple[bytes, bytes]], receive: Receive) -> Answer:
        said = declared(headers)
        if isinstance(said, Answer):
            return said
        if self._writer.full:
            return answers.TOO_MANY
        content = await self._bodies.read(receive, said.length)
        if isinstance(content, Answer):
            return content
        return await self._hear(door, headers, content)

    async def _hear(self, door: Door, headers: Headers, content: bytes) -> Answer:
        connector = get(door.connector)
        if isinstance(connector, Broken) or not isinstance(connector, Hears):
            return answers.STORED  # not ours to say; a marketplace would only send it again
        if not self._believes(door, connector, headers, content):
            self._refused.add(door.channel_id)
            return answers.WRONG_SIGNATURE
        about = _about(connector, content)
        if not about:
            return answers.STORED
        if self._writer.full:
            return answers.TOO_MANY
        one = Look(door.channel_id, about, signed=connector.manifest.signature is not None)
        fate = await self._writer.put(Parcel(door.channel_id, b"", (one,), ()))
        return answers.UNAVAILABLE if fate is Fate.UNAVAILABLE else answers.STORED

    def _believes(self, door: Door, connector: Connector, headers: Headers, content: bytes) -> bool:
        """Open the channel's secret, check the signature with it, and forget it."""
        signature = connector.manifest.signature
        if signature is None:
            return True
        try:
            secret = door.secret(signature.secret)
        except WrongKeyError:
            logger.exception("channel %s: its secrets do not open", door.channel_id)
            return False
        return is_signed(headers, content, signature=signature, secret=secret, now=self._clock())


def _about(connector: Hears, content: bytes) -> tuple[str, ...]:
    """Return what a post is about; whatever a connector's code does with hostile bytes ends here."""
    try:
        found = connector.heard(content)
    except Exception:
        logger.exception("a connector failed on a post")
        return ()
    named = (one for one in found[:MAX_ABOUT] if one and len(one) <= MAX_NAME and one.isprintable())
    return tuple(dict.fromkeys(named))


class Refused:
    """Counts posts whose signature does not fit, and has them written down whenever the doors are read again."""

    def __init__(self, write: Callable[[Mapping[int, int]], None]) -> None:
        self._write = write
        self._lock = threading.Lock()
        self._counts: Counter[int] = Counter()

    def add(self, channel_id: int) -> None:
        with self._lock:
            self._counts[channel_id] += 1

    def before(self, read: Callable[[], Mapping[str, Door]]) -> Callable[[], Mapping[str, Door]]:
        """Return a reading of the doors that writes down what was refused first."""

        def read_after() -> Mapping[str, Door]:
            self._flush()
            return read()

        return read_after

    def _flush(self) -> None:
        with self._lock:
            counts, self._counts = self._counts, Counter()
        if not counts:
            return
        try:
            self._write(counts)
        except Exception:
            with self._lock:
                self._counts.update(counts)
            raise
