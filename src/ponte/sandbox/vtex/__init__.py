"""A fake VTEX for tests, demos and benchmarks; `ponte.sandbox.vtex.control` tells how it is steered."""

from ponte.sandbox.vtex.app import AFFILIATES, APP_KEY, APP_TOKEN, NOTIFIER, SHOP, make_app
from ponte.sandbox.vtex.settings import Settings

__all__ = ["AFFILIATES", "APP_KEY", "APP_TOKEN", "NOTIFIER", "SHOP", "Settings", "make_app"]
