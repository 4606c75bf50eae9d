"""The API put together: routes, errors, document."""

from __future__ import annotations

from ninja import NinjaAPI

from ponte import __version__
from ponte.api.parsing import StrictParser
from ponte.api.routes import actions, causes, channels, codes, integrations, listing, summary
from ponte.api.trouble import answer_trouble

PREFIX = "/api/v1"


def make() -> NinjaAPI:
    """Return the API. Its document and its page are served by `ponte.api.document`, to people who may read them."""
    made = NinjaAPI(
        title="Ponte",
        version=__version__,
        description="The bridge between a VTEX store and marketplaces. See docs/api.md. "
        "A token acts as its person, within its scope: `read` (every GET), `act` (also what an operator may: "
        "reprocess, remove, restore), `all` (everything its person may); never more than its person (403). "
        "Faster than the installation allows (6,000 requests a minute by default) is answered 429 with Retry-After.",
        openapi_url=None,
        docs_url=None,
        urls_namespace="api",
        parser=StrictParser(),
    )
    made.add_router("/integrations", integrations.router)
    made.add_router("/integrations", listing.router)
    made.add_router("/actions", actions.router)
    made.add_router("/causes", causes.router)
    made.add_router("/codes", codes.router)
    made.add_router("/channels", channels.router)
    made.add_router("/summary", summary.router)
    answer_trouble(made)
    return made


api = make()
