"""Puts the fake VTEX together: one aiohttp application for all of a store's APIs."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable

from aiohttp import web

from ponte.sandbox.catalogue.model import Catalogue
from ponte.sandbox.switchboard import Endpoint, SkusOf, Switchboard
from ponte.sandbox.vtex.access import Access
from ponte.sandbox.vtex.affiliates import AffiliatesApi
from ponte.sandbox.vtex.catalog_api import CatalogApi, sku_of_path
from ponte.sandbox.vtex.control import Control
from ponte.sandbox.vtex.notifier import Notifier
from ponte.sandbox.vtex.settings import Settings
from ponte.sandbox.vtex.shop import Shop
from ponte.sandbox.vtex.simulation_api import PRIVATE_PATH, PUBLIC_PATH, Simulation, items_of
from ponte.sandbox.vtex.stock_and_price_api import StockAndPriceApi

APP_KEY = "vtexappkey-sandbox-PONTE"
APP_TOKEN = "sandbox-app-token"  # noqa: S105 -- opens nothing but the fake
MAX_BODY = 8 * 1024 * 1024

SHOP: web.AppKey[Shop] = web.AppKey("shop", Shop)
NOTIFIER: web.AppKey[Notifier] = web.AppKey("notifier", Notifier)
AFFILIATES: web.AppKey[AffiliatesApi] = web.AppKey("affiliates", AffiliatesApi)


def make_app(
    *,
    catalogue: Catalogue,
    switchboard: Switchboard,
    app_key: str = APP_KEY,
    app_token: str = APP_TOKEN,
    settings: Settings | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> web.Application:
    """Return the fake VTEX of one store. Its faults are `switchboard`'s; `app[SHOP]` is its state."""
    app = web.Application(client_max_size=MAX_BODY)
    shop = app[SHOP] = Shop(catalogue, settings or Settings(), clock)
    notifier = app[NOTIFIER] = Notifier(shop)
    affiliates = app[AFFILIATES] = AffiliatesApi(shop)
    access = Access(shop, app_key, app_token)
    switchboard.attach(app)
    app.router.add_routes(
        [
            *_catalog_routes(CatalogApi(shop), access, switchboard),
            *_commerce_routes(Simulation(shop), StockAndPriceApi(shop), access, switchboard),
            *_affiliate_routes(affiliates, access, switchboard),
            *Control(shop, notifier).routes(),
        ]
    )

    async def close_notifier(_app: web.Application) -> AsyncIterator[None]:
        yield
        await notifier.close()

    app.cleanup_ctx.append(close_notifier)
    return app


def _catalog_routes(api: CatalogApi, access: Access, board: Switchboard) -> list[web.RouteDef]:
    def private(path: str, endpoint: Endpoint, skus_of: SkusOf | None = None) -> web.RouteDef:
        return board.route("GET", path, access.private("catalog", endpoint), skus_of=skus_of)

    old = "/api/catalog_system/pvt"
    return [
        private(f"{old}/sku/stockkeepingunitbyid/{{id}}", api.sku, sku_of_path),
        private(f"{old}/sku/stockkeepingunitbyean/{{ean}}", api.sku_by_ean),
        private(f"{old}/sku/stockkeepingunitbyalternateId/{{id}}", api.sku_by_alternate_id),
        private(f"{old}/sku/stockkeepingunitidbyrefid/{{reference}}", api.sku_id_by_reference),
        private(f"{old}/sku/stockkeepingunitids", api.sku_ids),
        private(f"{old}/sku/stockkeepingunitidsbysaleschannel", api.sku_ids_of_trade_policy),
        private(f"{old}/products/GetProductAndSkuIds", api.product_and_sku_ids),
        private(f"{old}/products/productget/{{id}}", api.product),
        private("/api/catalog/pvt/product/{id}", api.product),
        private(f"{old}/saleschannel/list", api.trade_policies),
        board.route("GET", "/api/catalog_system/pub/category/tree/{levels}", api.tree),
        board.route("GET", "/arquivos/ids/{name}/{rest:.*}", api.picture),
    ]


def _commerce_routes(
    simulation: Simulation, api: StockAndPriceApi, access: Access, board: Switchboard
) -> list[web.RouteDef]:
    async def skus_of_body(request: web.Request) -> list[str]:
        return items_of(await request.read()) or []

    private_simulation = access.private("fulfillment", simulation.private)
    inventory = access.private("logistics", api.inventory)
    price = access.private("pricing", api.price)
    computed = access.private("pricing", api.computed_price)
    return [
        board.route("POST", PRIVATE_PATH, private_simulation, skus_of=skus_of_body),
        board.route("POST", PUBLIC_PATH, simulation.public, skus_of=skus_of_body),
        board.route("GET", "/api/logistics/pvt/inventory/skus/{id}", inventory, skus_of=sku_of_path),
        board.route("GET", "/{account}/pricing/prices/{id}", price, skus_of=sku_of_path),
        board.route("GET", "/{account}/pricing/prices/{id}/computed/{policy}", computed, skus_of=sku_of_path),
    ]


def _affiliate_routes(api: AffiliatesApi, access: Access, board: Switchboard) -> list[web.RouteDef]:
    base = "/api/fulfillment/pvt/affiliates"
    return [
        board.route("GET", base, access.private("affiliates", api.list)),
        board.route("GET", f"{base}/{{id}}", access.private("affiliates", api.read)),
        board.route("PUT", f"{base}/{{id}}", access.private("affiliates", api.put)),
        board.route("DELETE", f"{base}/{{id}}", access.private("affiliates", api.delete)),
    ]
