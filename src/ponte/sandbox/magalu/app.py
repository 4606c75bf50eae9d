"""The fake Magalu as an aiohttp application: the seller's API and ID Magalu at one address."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from typing import Any

from aiohttp import web

from ponte.sandbox.magalu.login_endpoints import LoginEndpoints
from ponte.sandbox.magalu.market import Market
from ponte.sandbox.magalu.portfolio_endpoints import PortfolioEndpoints
from ponte.sandbox.magalu.sandbox_endpoints import SandboxEndpoints
from ponte.sandbox.magalu.settings import Settings
from ponte.sandbox.switchboard import Switchboard

MARKET = web.AppKey("magalu", Market)
_MAX_BODY = 2 * 1024 * 1024


def make_app(
    *,
    seed: int,
    switchboard: Switchboard,
    settings: Settings | None = None,
    clock: Callable[[], float] = time.time,
) -> web.Application:
    """A fake Magalu to be served on loopback. `clock` is seconds since 1970; the market itself is `app[MARKET]`."""
    market = Market(seed=seed, switchboard=switchboard, settings=settings or Settings(), clock=clock)
    app = web.Application(client_max_size=_MAX_BODY)
    app[MARKET] = market
    for area in (LoginEndpoints(market), PortfolioEndpoints(market), SandboxEndpoints(market)):
        app.router.add_routes(area.routes())
    switchboard.attach(app)

    async def posting(_app: web.Application) -> AsyncIterator[None]:
        market.posts.start()
        yield
        await market.posts.stop()

    app.cleanup_ctx.append(posting)
    return app


def access(app: web.Application, base_url: str) -> dict[str, Any]:
    """Return how to connect a channel. The secrets open nothing but the fake."""
    market = app[MARKET]
    seller = market.settings.seller
    pair = market.tokens.mint()
    return {
        "base_url": base_url,
        "settings": {"client_id": seller.client_id, "host_login": base_url},
        "secrets": {
            "client_secret": seller.client_secret,
            "access_token": str(pair["access_token"]),
            "refresh_token": str(pair["refresh_token"]),
            "webhook_secret": seller.webhook_secret,
        },
    }
