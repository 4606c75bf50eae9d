"""The fake as a whole: what its endpoints share."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web

from ponte.sandbox.magalu.answers import fault_body, message, reply
from ponte.sandbox.magalu.posts import Posts
from ponte.sandbox.magalu.settings import Settings
from ponte.sandbox.magalu.shelf import Shelf
from ponte.sandbox.magalu.tokens import Tokens
from ponte.sandbox.pace import Buckets
from ponte.sandbox.switchboard import Switchboard

Endpoint = Callable[[web.Request], Awaitable[web.Response]]


class Market:
    """Everything that one fake Magalu knows."""

    def __init__(
        self, *, seed: int, switchboard: Switchboard, settings: Settings, clock: Callable[[], float] = time.time
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.switchboard = switchboard
        self.tokens = Tokens(seed=seed, settings=settings, clock=clock)
        self.shelf = Shelf(seed=seed, settings=settings, clock=clock)
        self.posts = Posts(self.shelf, settings.seller, clock)
        self._pace = Buckets(per_second=settings.requests_per_second, burst=settings.burst, clock=clock)
        self._turned_away = 0

    def route(self, method: str, path: str, endpoint: Endpoint) -> web.RouteDef:
        """A route that needs a token, keeps to the pace, and meets the switchboard's faults."""

        async def checked(request: web.Request) -> web.Response:
            refusal = self._refusal(request)
            return refusal or await endpoint(request)

        return self.switchboard.route(method, path, checked, skus_of=_skus_of, bodies=fault_body)

    def open_route(self, method: str, path: str, endpoint: Endpoint) -> web.RouteDef:
        """A route that needs no token."""
        return self.switchboard.route(method, path, endpoint, bodies=fault_body)

    def _refusal(self, request: web.Request) -> web.Response | None:
        if not self.tokens.allows(request.headers.get("Authorization", "")):
            return message(401, "Unauthorized")
        tenant = request.headers.get("X-Tenant-Id", "")
        if tenant and tenant != self.settings.seller.tenant:
            return message(403, "Forbidden")
        if not self._pace.takes("seller"):
            return self._slow_down()
        return None

    def _slow_down(self) -> web.Response:
        self._turned_away += 1
        headers = {"Retry-After": "1"} if self._turned_away % 2 else {}
        return reply({"message": "Too Many Requests"}, status=429, headers=headers)


async def _skus_of(request: web.Request) -> Sequence[str]:
    sku = request.match_info.get("sku", "")
    return (sku,) if sku else ()
