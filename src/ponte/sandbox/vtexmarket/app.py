"""The fake VTEX marketplace as an aiohttp application: its own address and that of suggestions at one place."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from aiohttp import web

from ponte.sandbox.switchboard import Switchboard
from ponte.sandbox.vtexmarket.categories import known_paths
from ponte.sandbox.vtexmarket.endpoints import Endpoints
from ponte.sandbox.vtexmarket.market import Market
from ponte.sandbox.vtexmarket.settings import Settings

MARKET = web.AppKey("vtexmarket", Market)
_MAX_BODY = 2 * 1024 * 1024


def make_app(
    *,
    seed: int,
    switchboard: Switchboard,
    settings: Settings | None = None,
    clock: Callable[[], float] = time.time,
) -> web.Application:
    """A fake VTEX marketplace to be served on loopback. `clock` is seconds; the market itself is `app[MARKET]`."""
    market = Market(seed=seed, settings=settings or Settings(), clock=clock, categories=known_paths())
    app = web.Application(client_max_size=_MAX_BODY)
    app[MARKET] = market
    app.router.add_routes(Endpoints(market, switchboard).routes())
    switchboard.attach(app)
    return app


def access(app: web.Application, base_url: str) -> dict[str, Any]:
    """Return how to connect a channel. The secrets open nothing but the fake."""
    settings = app[MARKET].settings
    return {
        "base_url": base_url,
        "settings": {
            "marketplace": settings.account,
            "seller_id": settings.seller,
            "host_suggestions": base_url,
        },
        "secrets": {"app_key": settings.app_key, "app_token": settings.app_token},
    }
