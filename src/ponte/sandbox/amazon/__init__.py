"""A fake Amazon (Selling Partner API): a real HTTP server that behaves as the vendor's, and worse when asked to."""

from ponte.sandbox.amazon.app import MARKETPLACE, access, make_app
from ponte.sandbox.amazon.mapping import mapping
from ponte.sandbox.amazon.settings import SANDBOX_APP, SANDBOX_SELLER, App, Seller, Settings
from ponte.sandbox.amazon.truth import truth

__all__ = [
    "MARKETPLACE",
    "SANDBOX_APP",
    "SANDBOX_SELLER",
    "App",
    "Seller",
    "Settings",
    "access",
    "make_app",
    "mapping",
    "truth",
]
