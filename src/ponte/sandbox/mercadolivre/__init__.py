"""A fake Mercado Livre: a real HTTP server that behaves as the vendor's API does, and worse when asked to."""

from ponte.sandbox.mercadolivre.app import MARKETPLACE, make_app
from ponte.sandbox.mercadolivre.settings import (
    CLASSIC_SELLER,
    PRODUCT_SELLER,
    SANDBOX_APP,
    Account,
    App,
    Settings,
)

__all__ = [
    "CLASSIC_SELLER",
    "MARKETPLACE",
    "PRODUCT_SELLER",
    "SANDBOX_APP",
    "Account",
    "App",
    "Settings",
    "make_app",
]
