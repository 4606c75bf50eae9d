"""A fake operator of the Mirakl platform: a real HTTP server that behaves as the platform does, or worse."""

from ponte.sandbox.mirakl.app import OPERATOR, access, make_app
from ponte.sandbox.mirakl.settings import SHOP_ID, SHOP_KEY, Destiny, Layout, Settings
from ponte.sandbox.mirakl.truth import TRUTH, mapping, truth

__all__ = [
    "OPERATOR",
    "SHOP_ID",
    "SHOP_KEY",
    "TRUTH",
    "Destiny",
    "Layout",
    "Settings",
    "access",
    "make_app",
    "mapping",
    "truth",
]
