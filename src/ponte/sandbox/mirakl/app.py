"""The fake operator as an aiohttp application."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from aiohttp import web

from ponte.sandbox.mirakl.endpoints import Endpoints
from ponte.sandbox.mirakl.market import Operator
from ponte.sandbox.mirakl.settings import SHOP_ID, Layout, Settings
from ponte.sandbox.switchboard import Switchboard

OPERATOR = web.AppKey("mirakl", Operator)
_MAX_BODY = 32 * 1024 * 1024


def make_app(
    *,
    seed: int,
    switchboard: Switchboard,
    clock: Callable[[], float] = time.time,
    settings: Settings | None = None,
) -> web.Application:
    """Return a fake operator to be served on loopback; the operator itself is `app[OPERATOR]`."""
    operator = Operator(seed=seed, settings=settings or Settings(), clock=clock)
    app = web.Application(client_max_size=_MAX_BODY)
    app[OPERATOR] = operator
    app.router.add_routes(Endpoints(operator, switchboard).routes())
    switchboard.attach(app)
    return app


def access(app: web.Application, base_url: str) -> dict[str, Any]:
    """Return how to connect a channel. The key opens nothing but the fake."""
    settings = {"shop_id": str(SHOP_ID), "mcm": "true" if app[OPERATOR].settings.mcm else "false"}
    if app[OPERATOR].settings.layout is Layout.OPERATOR:
        settings |= {"report_sku": "SKU", "report_errors": "Mensagem de erro", "report_warnings": "Avisos"}
    return {"base_url": base_url, "settings": settings, "secrets": {"shop_api_key": app[OPERATOR].settings.shop_key}}
