"""A fake VTEX on a real port, a client with its keys, and a listener for its notifications."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from ponte.domain.message import Conversation, Response
from ponte.sandbox.catalogue import Catalogue, make_catalogue
from ponte.sandbox.switchboard import Switchboard
from ponte.sandbox.vtex import APP_KEY, APP_TOKEN, NOTIFIER, SHOP, Settings, make_app
from ponte.sandbox.vtex.shop import Shop
from ponte.sources.vtex.notification import Notification, parse

KEYS = {"X-VTEX-API-AppKey": APP_KEY, "X-VTEX-API-AppToken": APP_TOKEN}


@dataclass
class Clock:
    """Seconds that pass when told to."""

    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Stage:
    """What a test of the fake needs."""

    shop: Shop
    board: Switchboard
    clock: Clock
    client: aiohttp.ClientSession
    base: str
    app: web.Application
    heard: list[tuple[str, bytes]] = field(default_factory=list)
    listener: str = ""
    listener_status: int = 200

    async def get(self, path: str, **how: Any) -> Any:
        """The JSON of an answer that must be 200."""
        async with self.client.get(self.base + path, **how) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def status(self, method: str, path: str, **how: Any) -> int:
        async with self.client.request(method, self.base + path, **how) as answer:
            await answer.read()
            return answer.status

    async def post(self, path: str, body: Any) -> Any:
        """The JSON of an answer that must be 200."""
        async with self.client.post(self.base + path, json=body) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def change(self, sku: str, **fields: Any) -> int:
        """How many notifications a change made."""
        told = await self.post("/_sandbox/change", {"sku": sku, **fields})
        return int(told["notified"])

    async def listen(self, affiliate: str = "MLC", policy: str = "2", query: str = "an=loja&key=a%2Fb") -> None:
        """Register an affiliate whose notifications land in `heard`."""
        fields = {"searchURIEndpoint": f"{self.listener}/notify?{query}", "salesChannel": policy, "name": "Ponte"}
        assert await self.status("PUT", f"/api/fulfillment/pvt/affiliates/{affiliate}", json=fields) == 204

    def hints(self) -> list[Notification]:
        """What was heard, as our own receiver reads it."""
        found = [parse(body) for _, body in self.heard]
        assert all(isinstance(one, tuple) for one in found), found
        return [one[0] for one in found]

    async def settled(self) -> None:
        await self.app[NOTIFIER].settled()

    async def talk(self, conversation: Conversation[Any]) -> Any:
        """The result of a conversation held with the fake over HTTP."""
        try:
            request = next(conversation)
            while True:
                url = self.base + request.path
                async with self.client.request(
                    request.method, url, params=request.query, json=request.json
                ) as answer:
                    headers = {name.lower(): value for name, value in answer.headers.items()}
                    heard = Response(answer.status, headers, await answer.read())
                request = conversation.send(heard)
        except StopIteration as end:
            return end.value


def play(
    scene: Callable[[Stage], Awaitable[None]],
    *,
    catalogue: Catalogue | None = None,
    keys: dict[str, str] | None = None,
    **settings: Any,
) -> None:
    """Run a scene on a stage of its own; settings as the fake's."""
    asyncio.run(_play(scene, catalogue or make_catalogue(60, 7), KEYS if keys is None else keys, settings))


async def _play(
    scene: Callable[[Stage], Awaitable[None]], catalogue: Catalogue, keys: dict[str, str], settings: dict[str, Any]
) -> None:
    clock, board = Clock(), Switchboard(seed=7)
    app = make_app(catalogue=catalogue, switchboard=board, settings=Settings(**settings), clock=clock)
    listener = web.Application()
    vtex, base = await _serve(app)
    async with aiohttp.ClientSession(headers=keys) as client:
        stage = Stage(app[SHOP], board, clock, client, base, app)

        async def hear(request: web.Request) -> web.Response:
            stage.heard.append((request.path_qs, await request.read()))
            return web.Response(status=stage.listener_status)

        listener.router.add_post("/notify", hear)
        ears, stage.listener = await _serve(listener)
        try:
            await scene(stage)
        finally:
            await vtex.cleanup()
            await ears.cleanup()


async def _serve(app: web.Application) -> tuple[web.AppRunner, str]:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"
