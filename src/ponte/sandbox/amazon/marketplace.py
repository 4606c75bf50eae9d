"""The fake as a whole: what its endpoints share, and who is let in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from ponte.sandbox.amazon import answers
from ponte.sandbox.amazon.answers import Replies
from ponte.sandbox.amazon.definitions import Definitions
from ponte.sandbox.amazon.listings import Listings
from ponte.sandbox.amazon.settings import NO_LIMIT, Seller, Settings
from ponte.sandbox.amazon.tokens import Tokens
from ponte.sandbox.pace import Buckets
from ponte.sandbox.switchboard import Endpoint, SkusOf, Switchboard

SellerEndpoint = Callable[[web.Request, Seller], Awaitable[web.StreamResponse]]
"""An endpoint that is called for the seller whose token came with the request."""


class Marketplace:
    """Everything that one fake Amazon knows."""

    def __init__(
        self, *, seed: int, switchboard: Switchboard, settings: Settings, clock: Callable[[], float]
    ) -> None:
        self.seed = seed
        self.settings = settings
        self.clock = clock
        self.switchboard = switchboard
        self.replies = Replies(seed)
        self.tokens = Tokens(seed=seed, settings=settings, clock=clock)
        self.definitions = Definitions(settings.marketplace_id)
        self.listings = Listings(seed=seed, settings=settings, clock=clock)
        self._paces = {
            operation: Buckets(per_second=per_second, burst=burst, clock=clock)
            for operation, (per_second, burst) in (settings.rates or {}).items()
        }

    def rate(self, operation: str) -> float:
        """Return how often a second an operation may be asked, as its answers tell."""
        rates = self.settings.rates
        return rates[operation][0] if rates and operation in rates else NO_LIMIT

    def authorized(self, operation: str, endpoint: SellerEndpoint) -> Endpoint:
        """An endpoint for a token that lives, a seller with the role, within the operation's rate."""

        async def checked(request: web.Request) -> web.StreamResponse:
            grant = self.tokens.grant_of(request.headers.get("x-amz-access-token", ""))
            if grant is None:
                return self.replies.ready(answers.ABSENT, status=403)
            if self.tokens.is_over(grant):
                return self.replies.ready(answers.EXPIRED, status=403)
            if not grant.seller.has_role:
                return self.replies.ready(answers.NO_ROLE, status=403)
            pace = self._paces.get(operation)
            if pace is not None and not pace.takes(grant.seller.id):
                return self.replies.ready(answers.QUOTA, status=429)
            return await endpoint(request, grant.seller)

        return checked

    def route(
        self, method: str, path: str, operation: str, endpoint: SellerEndpoint, *, skus_of: SkusOf | None = None
    ) -> web.RouteDef:
        """A route that needs a token and meets the switchboard's faults."""
        return self.open_route(method, path, self.authorized(operation, endpoint), skus_of=skus_of)

    def open_route(
        self, method: str, path: str, endpoint: Endpoint, *, skus_of: SkusOf | None = None
    ) -> web.RouteDef:
        """A route that needs no token."""
        met = self.switchboard.route(method, path, endpoint, skus_of=skus_of, bodies=answers.fault_body)
        return web.RouteDef(method, path, self.replies.numbered(met.handler), {})

    def bad_input(self, operation: str) -> web.Response:
        return self.replies.ready(answers.BAD_INPUT, status=400, rate=self.rate(operation))


async def sku_of_path(request: web.Request) -> tuple[str, ...]:
    return (request.match_info.get("sku", ""),)
