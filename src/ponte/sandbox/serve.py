"""Serves the fake VTEX and the fake marketplaces on loopback, with everything needed to connect to them."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from ponte.ops.orphan import leave_with_parent
from ponte.sandbox import mercadolivre, vtex
from ponte.sandbox.catalogue import TRADE_POLICY, Catalogue, load_catalogue, make_catalogue
from ponte.sandbox.mapping import sandbox_mapping
from ponte.sandbox.markets import MARKETS, MERCADO_LIVRE, ChannelPlace, Market, fake, place_of
from ponte.sandbox.switchboard import Switchboard

HOST = "127.0.0.1"
AFFILIATE = "MLC"
SELLER_CHANNELS = (("mlb", "Mercado Livre"), ("mlp", "ML Premium"))


@dataclass(frozen=True, slots=True)
class VtexStore:
    """How to connect to the fake store. The keys open nothing but the fake."""

    base_url: str
    account: str
    app_key: str
    app_token: str = field(repr=False)
    trade_policy: str
    affiliate: str = AFFILIATE


@dataclass(frozen=True, slots=True)
class Seller:
    """A seller of the fake marketplace, with a first pair of tokens. `user_products`: of the newer kind."""

    user_id: int
    nickname: str
    user_products: bool
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in: int


@dataclass(frozen=True, slots=True)
class MarketplaceAccess:
    """How to connect to the fake marketplace; `sellers` are different accounts there."""

    base_url: str
    client_id: str
    client_secret: str = field(repr=False)
    sellers: tuple[Seller, ...]


@dataclass(frozen=True, slots=True)
class Sandbox:
    """All fakes, running until `stop`. `markets` are those beside Mercado Livre, by connector."""

    store: VtexStore
    mercadolivre: MarketplaceAccess
    vtex_app: web.Application
    mercadolivre_app: web.Application
    vtex_board: Switchboard
    mercadolivre_board: Switchboard
    markets: Mapping[str, Market]
    _runners: tuple[web.AppRunner, ...]
    served: tuple[str, ...] = (MERCADO_LIVRE,)

    def register_affiliate(self, url: str, *, affiliate: str = AFFILIATE) -> None:
        """Send the store's notifications to an address, as a person does in VTEX's admin."""
        fields = {"name": "Ponte", "salesChannel": self.store.trade_policy, "searchURIEndpoint": url}
        self.vtex_app[vtex.AFFILIATES].register(affiliate, fields)

    def as_json(self) -> dict[str, Any]:
        """Return how to connect, keys included, and a mapping file that suits the store."""
        mapping = sandbox_mapping(self.vtex_app[vtex.SHOP].catalogue)
        return {
            "vtex": asdict(self.store),
            "mercadolivre": asdict(self.mercadolivre),
            "mapping": mapping,
            "channels": [place.as_json() for place in self.places(mapping)],
        }

    def places(self, mapping: str) -> list[ChannelPlace]:
        """Return a channel for each account of the marketplaces that were asked for."""
        sellers = zip(SELLER_CHANNELS, self.mercadolivre.sellers, strict=False)
        own = [_seller_place(code, name, seller, self.mercadolivre, mapping) for (code, name), seller in sellers]
        own = own if MERCADO_LIVRE in self.served else []
        return [*own, *(market.place for market in self.markets.values())]

    async def stop(self) -> None:
        for runner in self._runners:
            await runner.cleanup()


async def serve(
    *,
    catalogue: Catalogue,
    vtex_port: int = 0,
    mercadolivre_port: int = 0,
    seed: int = 7,
    markets: Sequence[str] = (MERCADO_LIVRE,),
    vtex_settings: vtex.Settings | None = None,
    mercadolivre_settings: mercadolivre.Settings | None = None,
    market_settings: Mapping[str, Any] | None = None,
) -> Sandbox:
    """Start the fakes on 127.0.0.1; a port of 0 is any free one. `market_settings` by connector."""
    boards = Switchboard(seed=seed), Switchboard(seed=seed)
    vtex_app = vtex.make_app(catalogue=catalogue, switchboard=boards[0], settings=vtex_settings)
    mercadolivre_app = mercadolivre.make_app(seed=seed, switchboard=boards[1], settings=mercadolivre_settings)
    runners: list[web.AppRunner] = []
    try:
        vtex_url = await _start(vtex_app, vtex_port, runners)
        mercadolivre_url = await _start(mercadolivre_app, mercadolivre_port, runners)
        others = {
            connector: await _start_market(
                connector, catalogue, seed, (market_settings or {}).get(connector), runners
            )
            for connector in markets
            if connector != MERCADO_LIVRE
        }
    except OSError:
        for runner in runners:
            await runner.cleanup()
        raise
    store = VtexStore(vtex_url, catalogue.account, vtex.APP_KEY, vtex.APP_TOKEN, str(TRADE_POLICY))
    access = _access(mercadolivre_app, mercadolivre_url)
    return Sandbox(store, access, vtex_app, mercadolivre_app, *boards, others, tuple(runners), tuple(markets))


async def _start_market(
    connector: str, catalogue: Catalogue, seed: int, settings: Any, runners: list[web.AppRunner]
) -> Market:
    board = Switchboard(seed=seed)
    app = fake(connector).make_app(seed=seed, switchboard=board, settings=settings)
    return Market(app, board, place_of(connector, app, await _start(app, 0, runners), catalogue))


def _seller_place(code: str, name: str, seller: Seller, access: MarketplaceAccess, mapping: str) -> ChannelPlace:
    secrets = {
        "client_secret": access.client_secret,
        "refresh_token": seller.refresh_token,
        "access_token": seller.access_token,
    }
    return ChannelPlace(MERCADO_LIVRE, code, name, access.base_url, {"client_id": access.client_id}, secrets, mapping)


async def _start(app: web.Application, port: int, runners: list[web.AppRunner]) -> str:
    runner = web.AppRunner(app, access_log=None)
    runners.append(runner)
    await runner.setup()
    await web.TCPSite(runner, HOST, port).start()
    return f"http://{HOST}:{runner.addresses[0][1]}"


def _access(app: web.Application, base_url: str) -> MarketplaceAccess:
    market = app[mercadolivre.MARKETPLACE]
    registered = market.settings.apps[0]
    sellers = []
    for account in market.settings.accounts:
        pair: dict[str, Any] = market.tokens.mint(account, registered)
        tokens = (pair["access_token"], pair["refresh_token"], pair["expires_in"])
        sellers.append(Seller(account.user_id, account.nickname, account.user_product_seller, *tokens))
    return MarketplaceAccess(base_url, registered.client_id, registered.client_secret, tuple(sellers))


async def run(announce: Callable[[str], None], **wanted: Any) -> None:
    """Serve until SIGINT or SIGTERM; `announce` gets one line of JSON once both are ready. Arguments as `serve`'s."""
    sandbox = await serve(**wanted)
    announce(json.dumps(sandbox.as_json()))
    stopped = asyncio.Event()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows
            asyncio.get_running_loop().add_signal_handler(signal_number, stopped.set)
    try:
        await stopped.wait()
    finally:
        await sandbox.stop()


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve the sandbox from the command line: `python -m ponte.sandbox.serve --skus 500`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vtex-port", type=int, default=0)
    parser.add_argument("--mercadolivre-port", type=int, default=0)
    parser.add_argument("--skus", type=int, default=500)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--markets", default=MERCADO_LIVRE, help=f"of {', '.join(MARKETS)}, with commas")
    parser.add_argument("--catalogue", type=Path, help="a file or folder with answers of a real store")
    told = parser.parse_args(arguments)
    leave_with_parent()
    catalogue = load_catalogue(told.catalogue, told.seed) if told.catalogue else make_catalogue(told.skus, told.seed)
    ports = {"vtex_port": told.vtex_port, "mercadolivre_port": told.mercadolivre_port}
    markets = tuple(told.markets.split(","))
    asyncio.run(run(_print_line, catalogue=catalogue, seed=told.seed, markets=markets, **ports))


def _print_line(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
