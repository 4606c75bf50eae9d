"""How often an endpoint may be asked: short limits wait in this process, long ones stand in the database.

A window (one product file in fifteen minutes, say) must be known to every worker and after a restart: the right to
ask is taken in the database before the request leaves.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from ponte.connectors import Broken, get
from ponte.db.clock import moment, now_ms
from ponte.db.models import Window
from ponte.domain.connector import Rate
from ponte.domain.message import Response
from ponte.flows.offline import Database
from ponte.net.pace import PATIENCE_SECONDS, Pace

# What a marketplace may say of an endpoint's rate: slower is a window's matter, quicker is a slip.
LEAST_PER_SECOND, MOST_PER_SECOND = 1 / PATIENCE_SECONDS, 1_000.0


class Windows:
    """The endpoints' own limits of one channel.

    `faster`: an account that may ask more than the manifest says may ask each endpoint as many times more. Windows
    stay: they are the marketplace's working hours, not its capacity. `header`: the answers' header that tells an
    endpoint's rate; what it says goes before both.
    """

    def __init__(
        self,
        channel_id: int,
        rates: Mapping[str, Rate],
        database: Database,
        *,
        faster: float = 1.0,
        header: str = "",
    ) -> None:
        self._channel_id = channel_id
        self._rates = rates
        self._database = database
        self._faster = max(1.0, faster)
        self._header = header
        self._paces: dict[str, Pace] = {}

    async def shut(self, endpoint: str) -> float:
        """Take the right to ask an endpoint once; returns 0, or the seconds until its window opens."""
        rate = self._rates.get(endpoint)
        if rate is None:
            return 0.0
        if rate.every_seconds > PATIENCE_SECONDS:
            return await self._database.write(take_window, self._channel_id, endpoint, rate)
        pace = self._paces.get(endpoint)
        if pace is None:
            pace = self._paces[endpoint] = Pace(self._faster / rate.every_seconds, rate.burst)
        return await pace.take()

    def rate(self, endpoint: str) -> float:
        """Return how often a second an endpoint is asked now, 0 for one that has no short limit or was not asked."""
        pace = self._paces.get(endpoint)
        return pace.rate if pace else 0.0

    def told(self, endpoint: str, response: Response) -> None:
        """Ask an endpoint as often as its answer says that it may be asked."""
        pace = self._paces.get(endpoint)
        rate = _per_second(response.headers.get(self._header, "")) if pace and self._header else None
        if pace and rate is not None:
            pace.allow(rate)


def _per_second(text: str) -> float | None:
    """Return a rate that can be believed, None for all else."""
    try:
        found = float(text[:20])
    except ValueError:
        return None
    return found if LEAST_PER_SECOND <= found <= MOST_PER_SECOND else None


def take_window(channel_id: int, endpoint: str, rate: Rate) -> float:
    """Take one turn of a window if it is open; returns the seconds to wait if it is not.

    `full_at_ms` is when all turns of the burst are there again: a turn moves it on by one step.
    """
    step, now = int(rate.every_seconds * 1000), now_ms()
    with transaction.atomic():
        window, _ = Window.objects.select_for_update().get_or_create(channel_id=channel_id, endpoint=endpoint[:120])
        full_at = max(window.full_at_ms, now)
        if full_at - now > step * (rate.burst - 1):
            return (full_at - now - step * (rate.burst - 1)) / 1000
        window.full_at_ms = full_at + step
        window.save(update_fields=["full_at_ms"])
    return 0.0


def next_batches(connectors: Mapping[int, str]) -> dict[int, datetime]:
    """Return when the next batches of channels (id: connector) may leave, of those that have to wait for it."""
    endpoints = {channel_id: endpoint for channel_id, code in connectors.items() if (endpoint := _batch(code))}
    if not endpoints:
        return {}
    shut = Window.objects.filter(channel_id__in=[*endpoints], full_at_ms__gt=now_ms())
    found = shut.values_list("channel_id", "endpoint", "full_at_ms")
    return {channel_id: moment(at) for channel_id, endpoint, at in found if endpoints[channel_id] == endpoint}


def _batch(code: str) -> str:
    connector = get(code)
    return "" if isinstance(connector, Broken) else connector.manifest.limits.batch
