"""A fake VTEX marketplace: a store that takes SKUs of sellers, with a matcher and people who decide."""

from ponte.sandbox.vtexmarket.app import MARKET, access, make_app
from ponte.sandbox.vtexmarket.settings import Settings
from ponte.sandbox.vtexmarket.truth import mapping, truth

__all__ = ["MARKET", "Settings", "access", "make_app", "mapping", "truth"]
