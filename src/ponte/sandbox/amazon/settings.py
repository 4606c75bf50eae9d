"""What a fake Amazon is told when it starts: accounts, the app, delays, limits, late refusals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

BRAZIL = "A2Q3Y263D00KWC"

# End of a seller's SKU -> code of the issue that it meets late. The digits fall on some SKUs of a made-up catalogue.
LATE_SUFFIXES = {
    "-FOTO": "18027",
    "-CONFLITO": "8541",
    "-MARCA": "5665",
    "-RESTRITO": "18742",
    "-URL": "20000",
    "-ISENTO": "exempt",
    "013": "18027",
    "027": "8541",
    "041": "5665",
    "055": "18742",
}

# Requests per second and burst of each operation (SP-API models, 2021-08-01 and 2020-09-01).
RATES: Mapping[str, tuple[float, int]] = {
    "putListingsItem": (5.0, 10),
    "patchListingsItem": (5.0, 5),
    "deleteListingsItem": (5.0, 5),
    "getListingsItem": (5.0, 10),
    "searchListingsItems": (5.0, 5),
    "searchDefinitionsProductTypes": (5.0, 10),
    "getDefinitionsProductType": (5.0, 10),
    "getListingsRestrictions": (5.0, 10),
}

NO_LIMIT = 1_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """An account. One without the role may sign in and do nothing."""

    id: str
    refresh_token: str = field(repr=False)
    has_role: bool = True
    restricted: frozenset[str] = frozenset()
    """ASINs that this seller needs an approval for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """A developer's application: Login with Amazon's client id and secret."""

    client_id: str
    client_secret: str = field(repr=False)
    application_id: str = "amzn1.sp.solution.sandbox"


SANDBOX_SELLER = Seller(id="A1PONTESANDBOX", refresh_token="Atzr|sandbox-refresh-1")  # noqa: S106 -- the fake's only
SANDBOX_APP = App(client_id="amzn1.application-oa2-client.sandbox", client_secret="sandbox-secret")  # noqa: S106


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything has a default that serves a benchmark: short waits, no limits.

    Attributes:
        token_seconds: life of an access token, told as `expires_in`.
        processing_seconds: until a new listing can be read and has its ASIN; before, it is 404.
        late_seconds: from the submission until its late issues show.
        late: end of a seller's SKU -> code of the issue that it meets.
        rates: per operation (requests per second, burst), told in the answers too; None sets no limits, and tells
            an account's that nobody meets.
        page_size: listings on a page of the search, unless the request says so.
        static_cases: a file of the official sandbox's static cases; then the fake answers by them and nothing else.
    """

    sellers: tuple[Seller, ...] = (SANDBOX_SELLER,)
    app: App = SANDBOX_APP
    marketplace_id: str = BRAZIL
    token_seconds: int = 3_600
    processing_seconds: float = 0.0
    late_seconds: float = 0.0
    late: Mapping[str, str] = field(default_factory=lambda: dict(LATE_SUFFIXES))
    rates: Mapping[str, tuple[float, int]] | None = None
    page_size: int = 10
    static_cases: Path | None = None
