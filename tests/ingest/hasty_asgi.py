"""A webhook that lies: it says 200 first and stores a second later. The durability test must catch it."""

from __future__ import annotations

import asyncio

from ponte.asgi import application
from ponte.ingest.committing import Fate, Parcel


def _at_once(parcel: Parcel) -> asyncio.Future[Fate]:
    loop = asyncio.get_running_loop()
    told: asyncio.Future[Fate] = loop.create_future()
    told.set_result(Fate.STORED)
    loop.call_later(1.0, _put, parcel)
    return told


_put = application._ingest._writer.put
application._ingest._writer.put = _at_once  # type: ignore[method-assign]
