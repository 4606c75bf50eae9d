"""The ASGI application: VTEX's webhook under /vtex/, marketplaces' posts under /marketplaces/, Django for the rest.

The lifespan is kept here, since Django has none: the webhook's writer runs between start-up and shutdown.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from typing import TYPE_CHECKING

from django.core.asgi import get_asgi_application

from ponte.web.bodies import limited

if TYPE_CHECKING:
    from ponte.ingest.answers import Application, Receive, Scope, Send

PARENT_CHECK_SECONDS = 1.0
YOUNG_OBJECTS = 10_000
"""How many are made before the collector looks at them: 700 (Python's) are fewer than a burst of requests has."""


class Ponte:
    """Sends each connection to its side."""

    def __init__(self) -> None:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ponte.settings")
        self._django: Application = limited(get_asgi_application())
        from ponte.ingest.app import Ingest  # noqa: PLC0415 -- models can be imported once Django is set up
        from ponte.ingest.listening import Listening  # noqa: PLC0415 -- likewise
        from ponte.ingest.paths import MARKETPLACES, PREFIX  # noqa: PLC0415 -- likewise

        self._ingest = Ingest()
        self._listening = Listening()
        self._prefix, self._marketplaces = PREFIX, MARKETPLACES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._side(scope["path"])(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)

    def _side(self, path: str) -> Application:
        if path.startswith(self._prefix):
            return self._ingest
        return self._listening if path.startswith(self._marketplaces) else self._django

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await self._ingest.start()
        await self._listening.start()
        # What is loaded by now stays: left to the collector, its full rounds stop every request for 45 ms.
        gc.collect()
        gc.freeze()
        gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])
        orphanage = asyncio.create_task(_leave_with_parent())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        orphanage.cancel()
        await self._listening.stop()
        await self._ingest.stop()
        await send({"type": "lifespan.shutdown.complete"})


async def _leave_with_parent() -> None:
    """End in good order when the process that started us is gone: an orphan would keep the port for ever."""
    parent = os.getppid()
    while os.getppid() == parent:  # noqa: ASYNC110 -- nothing wakes us when a parent dies
        await asyncio.sleep(PARENT_CHECK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


application = Ponte()
