"""The whole way of a product: the real connector, a fake VTEX and a fake Mercado Livre on loopback, one process."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from queue_stage import check_invariants

from ponte.db.clock import now_ms
from ponte.db.models import Attempt, Channel, Exchange, Integration, Lane, Store, Work
from ponte.db.scope import Scope
from ponte.db.sql import fetch
from ponte.domain.lifecycle import Priority, Trigger
from ponte.flows.channels.stores import add_channel, add_store, set_mapping
from ponte.flows.ingest import Hint, take
from ponte.flows.offline import Database
from ponte.flows.pipeline.channel import ChannelLine
from ponte.flows.pipeline.context import Context, read_context
from ponte.flows.pipeline.drain import LaneDrain, Served
from ponte.flows.pipeline.lease import Lease
from ponte.flows.reprocess import reprocess
from ponte.net.pace import Pace
from ponte.net.transport import Transport
from ponte.queue import lanes
from ponte.sandbox import mercadolivre, vtex
from ponte.sandbox.catalogue import Catalogue, make_catalogue
from ponte.sandbox.serve import Sandbox, serve

LEASE_SECONDS = 60.0


@dataclass
class Stage:
    """A store with one channel, both fakes, and a runner that is moved by hand."""

    sandbox: Sandbox
    database: Database
    transport: Transport
    channel: Channel
    lane: Lane
    pace: Pace | None = None
    line: ChannelLine | None = None
    statuses: list[str] = field(default_factory=list)

    @property
    def shop(self) -> Any:
        return self.sandbox.vtex_app[vtex.SHOP]

    @property
    def market(self) -> Any:
        return self.sandbox.mercadolivre_app[mercadolivre.MARKETPLACE]

    @property
    def healthy(self) -> list[str]:
        """SKUs without a defect."""
        defects = self.shop.catalogue.defects
        return [sku for sku in self.shop.catalogue.skus if sku not in defects]

    async def do(self, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return await self.database.write(call, *args, **kwargs)

    async def tell(self, *skus: str, trigger: Trigger = Trigger.NOTIFICATION, priority: int = Priority.LIVE) -> None:
        hints = [Hint(self.channel.pk, "product", sku) for sku in skus]
        await self.do(take, hints, trigger=trigger, priority=priority)

    async def ask_for(self, sku: str) -> None:
        """A person's Reprocessar."""
        row = await self.record(sku)
        await self.do(reprocess, [row.pk], scope=Scope(row.store_id), actor_id=None)

    async def change(self, sku: str, **fields: Any) -> None:
        """Edit a SKU in VTEX, and tell."""
        self.shop.change(self.shop.sku(sku), fields)
        await self.tell(sku)

    async def drain(self, *, taken: Callable[[LaneDrain], None] | None = None) -> Served | None:
        """One lease of the lane; None when it may not be taken now."""
        until = time.monotonic() + LEASE_SECONDS
        held = await self.do(_take, self.lane.pk)
        if held is None:
            return None
        context = await self.do(read_context, self.channel.pk)
        assert isinstance(context, Context)
        lease = Lease(held, until)
        line = self.line = ChannelLine(context, self.transport, self.database, self.pace)
        drain = LaneDrain(lease, line, self.database, runner="test")
        if taken:
            taken(drain)
        await line.prepare()
        return await drain.run()

    async def long_ago(self) -> None:
        """Let every doubt be so old that the marketplace's search is sure to know."""
        at = timezone.now() - timedelta(hours=1)
        await self.do(lambda: Integration.objects.exclude(creating_since=None).update(creating_since=at))

    async def hurry(self) -> None:
        """Bring everything forward that waits."""
        await self.do(Work.objects.update, due_at_ms=0)

    async def run(self, *skus: str) -> None:
        """Tell SKUs and drain once."""
        await self.tell(*skus)
        await self.drain()

    async def again(self) -> Served | None:
        await self.hurry()
        return await self.drain()

    async def record(self, sku: str) -> Integration:
        found: Integration = await self.do(Integration.objects.get, sku=sku)
        return found

    async def shown(self, sku: str) -> str:
        """Return "error TITLE_INVALID title": what the list shows."""
        row = await self.record(sku)
        state = row.status if row.status != "pending" else row.phase
        return " ".join(filter(None, [state, row.headline_class, row.headline_subject]))

    async def work(self, sku: str) -> Work | None:
        return await self.do(lambda: Work.objects.filter(integration__sku=sku).first())

    async def tries(self, sku: str) -> list[str]:
        return await self.do(
            lambda: list(
                Attempt.objects.filter(integration__sku=sku).order_by("number").values_list("result", flat=True)
            )
        )

    async def asked(self, sku: str, side: str = "marketplace") -> list[str]:
        """Return what was asked for a SKU, as kept: "POST /items 201"."""
        return await self.do(
            lambda: [
                f"{one.endpoint} {one.status or one.failure}"
                for one in Exchange.objects.filter(attempt__integration__sku=sku, side=side).order_by("id")
            ]
        )

    async def lane_now(self) -> Lane:
        found: Lane = await self.do(Lane.objects.get, pk=self.lane.pk)
        return found

    async def open_circuit_now(self) -> None:
        await self.do(Lane.objects.update, breaker_until_ms=0)

    @property
    def hosts(self) -> list[str]:
        """Return host:port of both fakes."""
        urls = (self.sandbox.store.base_url, self.sandbox.mercadolivre.base_url)
        return [url.removeprefix("http://") for url in urls]

    async def elsewhere(self, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call something that has an event loop of its own, in a thread."""

        def run() -> Any:
            try:
                return call(*args, **kwargs)
            finally:
                connection.close()

        return await asyncio.to_thread(run)

    @property
    def board(self) -> Any:
        """The marketplace's faults."""
        return self.market.switchboard

    @property
    def vtex_board(self) -> Any:
        return self.sandbox.vtex_board

    async def now_ms(self) -> int:
        return int(await self.do(now_ms))

    def set_mapping(self, text: str) -> None:
        assert set_mapping(self.channel, text) == ()

    async def set_base_url(self, url: str) -> None:
        await self.do(lambda: Channel.objects.update(base_url=url))

    async def simulation_of(self, sku: str) -> Any:
        """Return the simulation's answer as kept with one SKU."""
        body = await self.do(
            lambda: Exchange.objects.get(attempt__integration__sku=sku, endpoint__contains="simulation").response_body
        )
        return json.loads(body)

    @staticmethod
    def dumps(value: object) -> bytes:
        return json.dumps(value).encode()

    async def dump(self) -> str:
        """Return everything that is stored, as text."""
        return await self.do(dump)

    def listings(self, sku: str) -> list[Any]:
        """Return the marketplace's own listings of a SKU that are not closed."""
        return [one for one in self.market.listings if one.sku == sku and not one.is_closed]

    def states(self, sku: str) -> list[str]:
        return [one.as_json(self.market.clock())["status"] for one in self.listings(sku)]

    def prices(self, sku: str) -> list[float]:
        return [one.as_json(self.market.clock())["price"] for one in self.listings(sku)]

    async def stand(self, skus: Iterable[str]) -> bool:
        """True when each is listed once and accepted, with or without a warning."""
        rows = [await self.record(sku) for sku in skus]
        assert {row.status for row in rows} <= {"success", "alert"}, [await self.shown(row.sku) for row in rows]
        return all(len(self.listings(row.sku)) == 1 for row in rows)

    def sent(self, label: str) -> int:
        """Return how many requests of one route the marketplace has seen."""
        return int(self.market.switchboard.requests[label])


def dump() -> str:
    """Return every value of every table of ours as one text."""
    tables = [name for name in connection.introspection.table_names() if name.startswith("db_")]
    assert len(tables) > 10
    return "\n".join(str(row) for name in tables for row in fetch(f"SELECT * FROM {name}"))


def _take(lane_id: int) -> lanes.Held | None:
    with transaction.atomic():
        return lanes.take(lane_id, "test", LEASE_SECONDS)


Scene = Callable[[Stage], Awaitable[None]]


def play(
    scene: Scene, *, catalogue: Catalogue | None = None, transport: dict[str, Any] | None = None, **settings: Any
) -> None:
    """Run a scene; the counters are recounted at its end. `settings` are the fake marketplace's."""
    asyncio.run(_play(scene, catalogue or make_catalogue(30, 7), transport or {}, settings))


async def _play(scene: Scene, catalogue: Catalogue, transport: dict[str, Any], settings: dict[str, Any]) -> None:
    sandbox = await serve(catalogue=catalogue, mercadolivre_settings=mercadolivre.Settings(**settings))
    database = Database()
    try:
        channel, lane = await database.write(connect, sandbox)
        hosts = frozenset(
            url.removeprefix("http://") for url in (sandbox.store.base_url, sandbox.mercadolivre.base_url)
        )
        async with Transport(hosts, **transport) as line:
            await scene(Stage(sandbox, database, line, channel, lane))
        await database.write(check_invariants)
    finally:
        database.close()
        await sandbox.stop()


def connect(sandbox: Sandbox) -> tuple[Channel, Lane]:
    """Make the store and channel of a sandbox, without the vendors' limits."""
    told = sandbox.as_json()
    seller = sandbox.mercadolivre.sellers[0]
    store, _ = add_store(
        sandbox.store.account,
        name="",
        base_url=sandbox.store.base_url,
        app_key=sandbox.store.app_key,
        app_token=sandbox.store.app_token,
    )
    channel = add_channel(
        store,
        code="mlb",
        name="",
        connector="mercadolivre",
        trade_policy=sandbox.store.trade_policy,
        settings={"client_id": sandbox.mercadolivre.client_id},
        secrets={
            "client_secret": sandbox.mercadolivre.client_secret,
            "access_token": seller.access_token,
            "refresh_token": seller.refresh_token,
        },
        mapping_text=told["mapping"],
    )
    assert isinstance(channel, Channel)
    Store.objects.update(requests_per_second=10_000)
    Channel.objects.update(requests_per_second=5_000, base_url=sandbox.mercadolivre.base_url)
    channel.refresh_from_db()
    return channel, Lane.objects.get(channel=channel)
