"""`/integrations/{id}/listing`: whose listing is whose."""

from __future__ import annotations

from typing import Final, NoReturn

from django.http import HttpRequest, HttpResponse
from ninja import Router

from ponte.api import reading
from ponte.api.answers import answer_once, as_json, reply
from ponte.api.callers import ACTS, MANAGES, READS, Caller, caller_of
from ponte.api.documented import errors, keyed
from ponte.api.listing_schemas import AdoptIn, FoundPage, ListingOut, RelinkIn
from ponte.api.refusals import RefusedError, not_found
from ponte.api.shapes import moment
from ponte.db import queries
from ponte.db.listings import links_of
from ponte.db.models import Integration
from ponte.flows.idempotency import Reply
from ponte.flows.listings import at_once, deeds
from ponte.flows.listings.at_once import Doing, Unfit, subject_of
from ponte.flows.listings.deeds import Done, Refusal, Taken
from ponte.flows.listings.looks import Found, Seen, look_for

router = Router(tags=["listings"])
SECONDS: Final = 20.0
REFUSALS: Final = {
    Refusal.BUSY: "listing-busy",
    Refusal.NO_LISTING: "listing-missing",
    Refusal.LINKED: "listing-linked",
    Refusal.NO_ABILITY: "listing-unable",
    Refusal.NOT_ENDING: "listing-not-ending",
    Refusal.REMOVED: "removed",
}


@router.get(
    "/{integration_id}/listing",
    auth=READS,
    operation_id="getListing",
    summary="The listing of an integration, and those it had",
    response={200: ListingOut, **errors(401, 404)},
)
def get_listing(request: HttpRequest, integration_id: str) -> HttpResponse:
    return as_json(_shape(_row(caller_of(request), integration_id)))


@router.post(
    "/{integration_id}/listing/find",
    auth=ACTS,
    operation_id="findListing",
    summary="Ask the marketplace for the listings of the SKU; nothing changes",
    response={200: FoundPage, **errors(400, 401, 403, 404, 409, 422)},
)
def find_listing(request: HttpRequest, integration_id: str) -> HttpResponse:
    looked = look_for(subject_of(_row(caller_of(request), integration_id)), seconds=SECONDS)
    if not isinstance(looked, Seen):
        raise RefusedError("marketplace-silent")
    return as_json({"items": [_found(one) for one in looked.found]})


@router.post(
    "/{integration_id}/listing/adopt",
    auth=ACTS,
    operation_id="adoptListing",
    summary="Link the listing that the marketplace keeps under the SKU",
    response={200: ListingOut, **errors(400, 401, 403, 404, 409, 422)},
    openapi_extra=keyed(),
)
def adopt_listing(request: HttpRequest, integration_id: str, body: AdoptIn) -> HttpResponse:
    """A record that has a listing already answers 409, and so do several listings when none is named."""
    caller = caller_of(request)
    row = _row(caller, integration_id)
    who = {"scope": caller.scope, "actor_id": caller.user_id}

    def effect() -> Reply:
        return _done(caller, row, at_once.adopt(row, body.listing, seconds=SECONDS, **who))  # type: ignore[arg-type]

    return answer_once(request, effect, uses_network=True)


@router.post(
    "/{integration_id}/listing/relink",
    auth=MANAGES,
    operation_id="relinkListing",
    summary="Link the listing of an id or address, in place of the one there is",
    response={200: ListingOut, **errors(400, 401, 403, 404, 409, 422)},
    openapi_extra=keyed(),
)
def relink_listing(request: HttpRequest, integration_id: str, body: RelinkIn) -> HttpResponse:
    caller = caller_of(request)
    row = _row(caller, integration_id)

    def effect() -> Reply:
        done = at_once.relink(row, body.listing, scope=caller.scope, actor_id=caller.user_id, seconds=SECONDS)
        return _done(caller, row, done)

    return answer_once(request, effect, uses_network=True)


@router.post(
    "/{integration_id}/listing/unlink",
    auth=MANAGES,
    operation_id="unlinkListing",
    summary="Forget the listing; it stays as it is at the marketplace",
    response={200: ListingOut, **errors(400, 401, 403, 404, 409, 422)},
    openapi_extra=keyed(),
)
def unlink_listing(request: HttpRequest, integration_id: str) -> HttpResponse:
    """Nothing is sent for the SKU until it is linked or reprocessed."""
    caller = caller_of(request)
    row = _row(caller, integration_id)
    return answer_once(
        request, lambda: _done(caller, row, deeds.unlink(row.pk, scope=caller.scope, actor_id=caller.user_id))
    )


@router.post(
    "/{integration_id}/listing/end",
    auth=MANAGES,
    operation_id="endListing",
    summary="End the listing for good",
    response={202: ListingOut, **errors(400, 401, 403, 404, 409, 422)},
    openapi_extra=keyed(),
)
def end_listing(request: HttpRequest, integration_id: str) -> HttpResponse:
    """A worker does it; the record does not come back by a notification, only when it is reprocessed."""
    caller = caller_of(request)
    row = _row(caller, integration_id)
    return answer_once(
        request, lambda: _done(caller, row, deeds.end(row.pk, scope=caller.scope, actor_id=caller.user_id), 202)
    )


@router.post(
    "/{integration_id}/listing/keep",
    auth=MANAGES,
    operation_id="keepListing",
    summary="Take back the wish to end the listing",
    response={200: ListingOut, **errors(400, 401, 403, 404, 409, 422)},
    openapi_extra=keyed(),
)
def keep_listing(request: HttpRequest, integration_id: str) -> HttpResponse:
    caller = caller_of(request)
    row = _row(caller, integration_id)
    return answer_once(
        request, lambda: _done(caller, row, deeds.keep(row.pk, scope=caller.scope, actor_id=caller.user_id))
    )


def _row(caller: Caller, text: str) -> Integration:
    row = queries.record([caller.scope], reading.record_id(text))
    if row is None:
        raise not_found()
    return row


def _done(caller: Caller, row: Integration, done: Doing, status: int = 200) -> Reply:
    if not isinstance(done, Done):
        _refuse(done)
    return reply(_shape(_row(caller, str(row.pk))), status)


def _refuse(done: Doing) -> NoReturn:
    match done:
        case Taken(owner):
            raise RefusedError("listing-taken", sku=owner.sku)
        case Unfit(_, other_sku) if other_sku:
            raise RefusedError("listing-taken", sku=other_sku)
        case Unfit(found):
            raise RefusedError("listing-not-one", count=len(found))
        case Refusal.NOWHERE:
            raise not_found()
        case Refusal():
            raise RefusedError(REFUSALS[done])
        case _:
            raise RefusedError("marketplace-silent")


def _shape(row: Integration) -> dict[str, object]:
    kept = row.listing if isinstance(row.listing, dict) else {}
    return {
        "id": row.listing_id or None,
        "url": str(kept.get("url") or ""),
        "state": str(kept.get("state") or ""),
        "hold": row.hold,
        "links": [
            {
                "listing": link.listing_id,
                "how": link.how,
                "by": link.actor.username if link.actor else None,
                "since": moment(link.since),
                "until": moment(link.until),
                "why": link.why,
            }
            for link in links_of(row.pk)
        ],
    }


def _found(one: Found) -> dict[str, object]:
    listing = one.listing
    return {
        "id": listing.id,
        "url": listing.url,
        "state": listing.state,
        "sku": one.sku,
        "linked_to": one.owner.sku if one.owner else None,
    }
