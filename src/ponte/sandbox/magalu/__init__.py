"""A fake Magalu: a real HTTP server that behaves as the vendor's API does, as far as that is known."""

from ponte.sandbox.magalu.app import MARKET, access, make_app
from ponte.sandbox.magalu.settings import PRODUCTION_CHANNEL, SANDBOX_CHANNEL, Envelope, Seller, Settings
from ponte.sandbox.magalu.truth import mapping, truth

__all__ = [
    "MARKET",
    "PRODUCTION_CHANNEL",
    "SANDBOX_CHANNEL",
    "Envelope",
    "Seller",
    "Settings",
    "access",
    "make_app",
    "mapping",
    "truth",
]
