"""The fake Mercado Livre as an aiohttp application."""

import time
from collections.abc import Callable

from aiohttp import web

from ponte.sandbox.mercadolivre.category_endpoints import CategoryEndpoints
from ponte.sandbox.mercadolivre.item_endpoints import ItemEndpoints
from ponte.sandbox.mercadolivre.marketplace import Marketplace
from ponte.sandbox.mercadolivre.picture_endpoints import PictureEndpoints
from ponte.sandbox.mercadolivre.sandbox_endpoints import SandboxEndpoints
from ponte.sandbox.mercadolivre.search_endpoints import SearchEndpoints
from ponte.sandbox.mercadolivre.settings import Settings
from ponte.sandbox.mercadolivre.token_endpoints import TokenEndpoints
from ponte.sandbox.switchboard import Switchboard

MARKETPLACE = web.AppKey("mercadolivre", Marketplace)
_MAX_BODY = 12 * 1024 * 1024
_AREAS = (
    TokenEndpoints,
    CategoryEndpoints,
    PictureEndpoints,
    ItemEndpoints,
    SearchEndpoints,
    SandboxEndpoints,
)


def make_app(
    *,
    seed: int,
    switchboard: Switchboard,
    clock: Callable[[], float] = time.time,
    settings: Settings | None = None,
) -> web.Application:
    """A fake Mercado Livre to be served on loopback, without an access log for speed.

    Args:
        seed: numbers and tokens follow from it; two fakes with one seed, one clock and the same requests in the same
            order answer the same.
        switchboard: faults; its control routes are added under /_sandbox.
        clock: seconds since 1970; tokens, pictures, moderation and the index's lag go by it.
        settings: accounts, apps, delays and limits.

    The marketplace itself is `app[MARKETPLACE]`, for those who serve it in their own process.
    """
    market = Marketplace(seed=seed, switchboard=switchboard, settings=settings or Settings(), clock=clock)
    app = web.Application(client_max_size=_MAX_BODY)
    app[MARKETPLACE] = market
    for area in _AREAS:
        app.router.add_routes(area(market).routes())
    switchboard.attach(app)

    async def close_journal(_app: web.Application) -> None:
        market.journal.close()

    app.on_cleanup.append(close_journal)
    return app
