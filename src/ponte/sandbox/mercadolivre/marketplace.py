"""The fake as a whole: what its endpoints share."""

import random
import time
from collections.abc import Awaitable, Callable

from aiohttp import web

from ponte.sandbox.mercadolivre.answers import bad_token, fault_body, over_quota, problem
from ponte.sandbox.mercadolivre.categories import load_catalog
from ponte.sandbox.mercadolivre.journal import Journal
from ponte.sandbox.mercadolivre.listing import Listing
from ponte.sandbox.mercadolivre.listings import Listings
from ponte.sandbox.mercadolivre.pictures import Pictures
from ponte.sandbox.mercadolivre.settings import Account, Settings
from ponte.sandbox.mercadolivre.tokens import Grant, Tokens
from ponte.sandbox.pace import Buckets
from ponte.sandbox.switchboard import Endpoint, SkusOf, Switchboard

OwnEndpoint = Callable[[web.Request, Account], Awaitable[web.StreamResponse]]
"""An endpoint that is called for the seller whose token came with the request."""


class Marketplace:
    """Everything that one fake Mercado Livre knows. Numbers and tokens follow from the seed."""

    def __init__(
        self,
        *,
        seed: int,
        switchboard: Switchboard,
        settings: Settings,
        clock: Callable[[], float] = time.time,
    ) -> None:
        draw = random.Random(f"{seed}/numbers")
        self.settings = settings
        self.clock = clock
        self.switchboard = switchboard
        self.catalog = load_catalog()
        self.moderated = dict(settings.moderated)
        self.tokens = Tokens(seed=seed, settings=settings, clock=clock)
        self.listings = Listings(first_number=4_400_000_000 + draw.randrange(100_000_000))
        first_picture = draw.randrange(1_000_000_000)
        self.pictures = Pictures(first_number=first_picture, seconds=settings.picture_seconds, clock=clock)
        self.journal = Journal(clock=clock, path=settings.applied_log)
        self._pace = Buckets(per_second=settings.requests_per_second, burst=settings.burst, clock=clock)
        a_minute = settings.picture_uploads_per_minute
        self.upload_pace = Buckets(per_second=a_minute and a_minute / 60, burst=a_minute or 1, clock=clock)

    def grant(self, request: web.Request) -> Grant | None:
        return self.tokens.grant_of(request.headers.get("Authorization", ""))

    def authorized(self, endpoint: OwnEndpoint) -> Endpoint:
        """An endpoint for a valid token within the app's pace: else 401 (shape C) or 429 (shape G)."""
        grant_of, takes = self.tokens.grant_of, self._pace.takes

        async def checked(request: web.Request) -> web.StreamResponse:
            grant = grant_of(request.headers.get("Authorization", ""))
            if grant is None:
                return bad_token()
            if not takes(grant.app.client_id):
                return over_quota()
            return await endpoint(request, grant.account)

        return checked

    def route(self, method: str, path: str, endpoint: OwnEndpoint, *, skus_of: SkusOf | None = None) -> web.RouteDef:
        """A route that needs a token and meets the switchboard's faults."""
        return self.open_route(method, path, self.authorized(endpoint), skus_of=skus_of)

    def open_route(
        self, method: str, path: str, endpoint: Endpoint, *, skus_of: SkusOf | None = None
    ) -> web.RouteDef:
        """A route that needs no token."""
        return self.switchboard.route(method, path, endpoint, skus_of=skus_of, bodies=fault_body)

    async def skus_of_item(self, request: web.Request) -> tuple[str, ...]:
        """The SKUs of the listing that a path names."""
        listing = self.listings.get(request.match_info.get("id", ""))
        return listing.skus or (listing.sku,) if listing else ()

    def is_of(self, listing: Listing, account: Account) -> bool:
        return listing.seller_id == account.user_id


def unable_to_list(account: Account) -> web.Response | None:
    """The refusal of a seller who may not list at all; `cause` is a list of strings here."""
    if not account.unable_to_list:
        return None
    return problem(403, "seller.unable_to_list", "User is unable to list.", account.unable_to_list)
