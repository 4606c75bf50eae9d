"""What a fake Mercado Livre is told when it starts: accounts, apps, delays, limits, moderation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A seller. `unable_to_list` holds the vendor's reasons, such as "address_pending"; empty: may list.

    `warehouses`: its stock is kept by warehouse, and no listing takes a quantity of its own.
    `lost_me1`: the dry run refuses what a creation takes, a false alarm that integrators know.
    """

    user_id: int
    nickname: str
    user_product_seller: bool = False
    unable_to_list: tuple[str, ...] = ()
    payment_required: bool = False
    lost_me1: bool = False
    warehouses: bool = False

    @property
    def tags(self) -> list[str]:
        own = {"user_product_seller": self.user_product_seller, "warehouse_management": self.warehouses}
        return ["normal", "test_user", *(tag for tag, holds in own.items() if holds)]


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """A developer's application: what the vendor calls client id and secret.

    Without `offline_access` its tokens come without a refresh token.
    """

    client_id: str
    client_secret: str = field(repr=False)
    offline_access: bool = True


CLASSIC_SELLER = Account(user_id=8035443, nickname="LOJACLASSICA")
PRODUCT_SELLER = Account(user_id=8035444, nickname="LOJADEPRODUTOS", user_product_seller=True)
SANDBOX_APP = App(client_id="5512847", client_secret="sandbox-secret")  # noqa: S106 -- opens nothing but the fake

MODERATED_SUFFIXES = {
    "-FOTO": "POOR_QUALITY_THUMBNAIL",
    "-PRECO": "PAUSED_PREVENTION_PRICE",
    "-AVISO": "ABANDONED_ITEM_PERFORMANCE_WARNING",
    "-RETIDO": "HELD_FOR_REVIEW",
    "-DOC": "PENDING_DOCUMENTATION",
    "-PROIBIDO": "FORBIDDEN_PRODUCT",
    "-INATIVO": "BRAND_PROTECTION",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything has a default that serves a benchmark: no delays, no limits.

    Attributes:
        token_seconds: life of an access token, told as `expires_in`.
        refresh_seconds: life of a refresh token (the vendor's six months).
        picture_seconds: how long a picture's download takes; until then a listing is paused/picture_download_pending.
        index_lag_seconds: how long a new listing stays out of items/search.
        close_conflict_seconds: how long after closing a deletion meets 409.
        moderation_seconds: when, after creation, a listing with a moderated SKU is moderated.
        moderated: end of a seller's SKU -> name of the moderation it meets.
        requests_per_second: bucket of each app; None is no limit. `burst` is the bucket's size.
        picture_uploads_per_minute: per app; beyond it the vendor's odd 400 "Bad_request". None is no limit.
        applied_log: file to which every applied change is appended, one JSON object a line.
    """

    accounts: tuple[Account, ...] = (CLASSIC_SELLER, PRODUCT_SELLER)
    apps: tuple[App, ...] = (SANDBOX_APP,)
    token_seconds: int = 21_600
    refresh_seconds: int = 183 * 86_400
    picture_seconds: float = 0.0
    index_lag_seconds: float = 0.0
    close_conflict_seconds: float = 1.0
    moderation_seconds: float = 2.0
    moderated: Mapping[str, str] = field(default_factory=lambda: dict(MODERATED_SUFFIXES))
    requests_per_second: float | None = None
    burst: int = 10
    picture_uploads_per_minute: int | None = None
    max_requests_per_hour: int = 18_000
    applied_log: Path | None = None
