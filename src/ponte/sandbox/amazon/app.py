"""The fake Amazon as an aiohttp application, and how to connect to it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from aiohttp import web

from ponte.sandbox.amazon.answers import Replies
from ponte.sandbox.amazon.definition_endpoints import DefinitionEndpoints
from ponte.sandbox.amazon.listing_endpoints import ListingEndpoints
from ponte.sandbox.amazon.marketplace import Marketplace
from ponte.sandbox.amazon.restriction_endpoints import RestrictionEndpoints
from ponte.sandbox.amazon.settings import Settings
from ponte.sandbox.amazon.static_cases import StaticEndpoints, read_static_cases
from ponte.sandbox.amazon.token_endpoints import TokenEndpoints
from ponte.sandbox.switchboard import Switchboard

MARKETPLACE = web.AppKey("amazon", Marketplace)
_MAX_BODY = 2 * 1024 * 1024
_AREAS = (TokenEndpoints, DefinitionEndpoints, RestrictionEndpoints, ListingEndpoints)
SOON_SECONDS = "2"


def make_app(
    *,
    seed: int,
    switchboard: Switchboard,
    clock: Callable[[], float] = time.time,
    settings: Settings | None = None,
) -> web.Application:
    """A fake Amazon to be served on loopback.

    Args:
        seed: ASINs, submissions and tokens follow from it.
        switchboard: faults; its control routes are added under /_sandbox.
        clock: seconds since 1970; tokens, processing, late issues and rates go by it.
        settings: accounts, delays, limits; with `static_cases` the official static sandbox and nothing else.

    The marketplace itself is `app[MARKETPLACE]`.
    """
    told = settings or Settings()
    app = web.Application(client_max_size=_MAX_BODY)
    market = Marketplace(seed=seed, switchboard=switchboard, settings=told, clock=clock)
    app[MARKETPLACE] = market
    switchboard.attach(app)
    if told.static_cases is not None:
        static = StaticEndpoints(read_static_cases(told.static_cases), Replies(seed))
        app.router.add_route("*", "/{path:.*}", static.answer)
        return app
    for area in _AREAS:
        app.router.add_routes(area(market).routes())
    return app


def access(app: web.Application, base_url: str) -> dict[str, Any]:
    """Return how to connect a channel to a fake that is served: {"base_url", "settings", "secrets"}."""
    market = app[MARKETPLACE]
    seller, registered = market.settings.sellers[0], market.settings.app
    tokens = market.tokens.mint(seller)
    return {
        "base_url": base_url,
        "settings": {
            "seller_id": seller.id,
            "client_id": registered.client_id,
            "application_id": registered.application_id,
            "marketplace_id": market.settings.marketplace_id,
            "first_look_seconds": SOON_SECONDS,
            "host_login": base_url,
        },
        "secrets": {
            "client_secret": registered.client_secret,
            "access_token": tokens["access_token"],
            "refresh_token": tokens["refresh_token"],
        },
    }
