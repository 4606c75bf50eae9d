"""The fake marketplaces that the sandbox can serve, and how a channel of each is connected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

if TYPE_CHECKING:  # the command line reads the names alone, and should not wait for a web server to load
    from aiohttp import web

    from ponte.sandbox.catalogue import Catalogue, CatalogueSku
    from ponte.sandbox.fate import Fate
    from ponte.sandbox.switchboard import Switchboard

MERCADO_LIVRE = "mercadolivre"
OTHERS: Mapping[str, str] = {"amazon": "amazon", "mirakl": "mirakl", "magalu": "magalu", "vtex": "vtexmarket"}
"""Connector -> the folder of its fake. Mercado Livre's is older and has two sellers: `serve` knows it by name."""
MARKETS = (MERCADO_LIVRE, *OTHERS)
NAMES = {
    "amazon": ("amz", "Amazon"),
    "mirakl": ("mkl", "Carrefour (Mirakl)"),
    "magalu": ("mgl", "Magalu"),
    "vtex": ("vtx", "Shopping VTEX"),
}


@dataclass(frozen=True, slots=True)
class ChannelPlace:
    """Everything to connect one channel of the sandbox. The secrets open nothing but the fake."""

    connector: str
    code: str
    name: str
    base_url: str
    settings: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)
    mapping: str = ""

    @property
    def hosts(self) -> tuple[str, ...]:
        """Return the hosts and ports that its requests go to."""
        others = (address for name, address in self.settings.items() if name.startswith("host_"))
        return tuple({address.removeprefix("http://").split("/")[0] for address in (self.base_url, *others)})

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "hosts": list(self.hosts)}


class FakeMarket(Protocol):
    """What the folder of a fake gives."""

    make_app: Callable[..., web.Application]
    access: Callable[[web.Application, str], dict[str, Any]]
    mapping: Callable[[Catalogue], str]
    truth: Callable[[CatalogueSku, web.Application], Fate]


@dataclass(frozen=True, slots=True)
class Market:
    """One fake that is served."""

    app: web.Application
    board: Switchboard
    place: ChannelPlace


def fake(connector: str) -> FakeMarket:
    """Return the fake of a connector. Raises `KeyError` for one that the sandbox does not have."""
    return cast("FakeMarket", import_module(f"ponte.sandbox.{OTHERS[connector]}"))


def place_of(connector: str, app: web.Application, base_url: str, catalogue: Catalogue) -> ChannelPlace:
    """Say how a channel of a fake is connected."""
    module = fake(connector)
    told = module.access(app, base_url)
    code, name = NAMES[connector]
    return ChannelPlace(
        connector, code, name, told["base_url"], told["settings"], told["secrets"], module.mapping(catalogue)
    )
