"""Changing a listing: what PUT /items/{id} refuses, and what it does.

Rules after Mercado Livre developers' page "Sincroniza y modifica publicaciones", read 2026-06, and VTEX's help page
on stock errors with Mercado Livre.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from aiohttp import web

from ponte.sandbox.mercadolivre import attribute_checks, listing_checks
from ponte.sandbox.mercadolivre.answers import Cause, body_problem, cause, conflict, invalid, problem, warning
from ponte.sandbox.mercadolivre.bodies import flawed_fields
from ponte.sandbox.mercadolivre.categories import Category
from ponte.sandbox.mercadolivre.creation_checks import flawed_attributes, flawed_sale, missing_pictures
from ponte.sandbox.mercadolivre.draft import Draft
from ponte.sandbox.mercadolivre.listing import FORBIDDEN, NEVER, WARNING, Listing, moment
from ponte.sandbox.mercadolivre.marketplace import Marketplace
from ponte.sandbox.mercadolivre.publishing import named, pictures_of, ready_at, shipped
from ponte.sandbox.mercadolivre.shown import attributes_as_sold, variations_of

Change = dict[str, Any]
_STATUSES = ("active", "paused", "closed")
_FREELY = ("sale_terms", "shipping", "seller_custom_field", "channels", "condition", "listing_type_id", "title")
_CHANGEABLE = frozenset(
    {
        *_FREELY,
        "family_name",
        "price",
        "available_quantity",
        "status",
        "deleted",
        "pictures",
        "attributes",
        "variations",
        "video_id",
    }
)


def change(listing: Listing, wanted: Change, market: Marketplace) -> web.Response | None:
    """Change the listing as asked. Nothing is changed when an answer comes back: it is the vendor's refusal."""
    now = market.clock()
    if "deleted" in wanted:
        return _delete(listing, wanted, now, market)
    if refused := _refused(listing, wanted, now):
        return refused
    owner = market.tokens.account(listing.seller_id)
    if owner is not None and owner.warehouses and "available_quantity" in wanted:
        return body_problem("body.invalid_fields", "The fields [available_quantity] are invalid for requested call.")
    category = market.catalog.leaves[listing.body["category_id"]]
    causes = list(_causes(listing, wanted, category, now, market))
    if any(one["type"] == "error" for one in causes):
        return invalid(causes)
    if listing.price_automation and wanted.pop("price", None) is not None:
        causes.append(warning(502, "item.price.not_modifiable", _AUTOMATED, "item.price"))
    listing.body["warnings"] = causes
    _apply(listing, wanted, category, now, market)
    return None


_AUTOMATED = "Cannot modify price on items with dynamic pricing"


def _delete(listing: Listing, wanted: Change, now: float, market: Marketplace) -> web.Response | None:
    forbidden = listing.standing(now).sub_status == (FORBIDDEN,)
    if str(wanted["deleted"]).lower() != "true" or not (listing.is_closed or forbidden):
        return invalid([_not_valid("deleted", "Only a closed item can be deleted.")])
    if forbidden:
        listing.closed_at = now
    elif now - listing.closed_at < market.settings.close_conflict_seconds:
        return conflict()
    listing.deleted = True
    return None


def _refused(listing: Listing, wanted: Change, now: float) -> web.Response | None:
    """What the vendor refuses before it looks at values: wrong fields, and listings that are locked."""
    if flawed := flawed_fields(wanted, known=_CHANGEABLE):
        return flawed
    if "family_name" in wanted and not listing.body["family_name"]:
        return body_problem("body.invalid_fields", "The fields [family_name] are invalid for requested call.")
    standing = listing.standing(now)
    free = standing.status not in {"closed", "under_review", "inactive"} or standing.sub_status == (WARNING,)
    if free or (wanted.get("status") == "closed" and standing.sub_status != (FORBIDDEN,)):
        return None if standing.status != "closed" else _locked(listing, "closed", next(iter(wanted), "item"))
    patch = (
        listing.moderation.lifted_by if listing.moderation and standing.sub_status == ("waiting_for_patch",) else ()
    )
    locked = next((name for name in wanted if name not in patch), None)
    return _locked(listing, standing.status, locked) if locked else None


def _locked(listing: Listing, status: str, field: str) -> web.Response:
    words = field.replace("_", " ")
    message = f"Cannot update item {listing.id} [status:{status}, has_bids:false] {words} is not modifiable"
    return problem(400, message, "validation_error")


def _not_valid(field: str, message: str) -> Cause:
    return cause(None, f"item.{field}.invalid", message, f"item.{field}")


def _not_modifiable(field: str, message: str) -> Cause:
    return cause(None, f"item.{field}.not_modifiable", message, f"item.{field}")


def _causes(listing: Listing, wanted: Change, category: Category, now: float, market: Marketplace) -> Iterator[Cause]:
    yield from _of_identity(listing, wanted, category)
    yield from flawed_sale(wanted, category)
    yield from _of_sale(listing, wanted)
    yield from listing_checks.flawed_terms(wanted)
    yield from _of_status(listing, wanted, now)
    if "pictures" in wanted:
        pictures = wanted["pictures"] or []
        yield from listing_checks.flawed_pictures(pictures, listing.body["listing_type_id"], category)
        yield from missing_pictures(pictures, market)
    if wanted.get("variations"):
        yield from _of_variations(listing, wanted["variations"], category)
    if wanted.get("attributes"):
        yield from _of_attributes(listing, wanted, category, market)


def _of_identity(listing: Listing, wanted: Change, category: Category) -> Iterator[Cause]:
    body = listing.body
    title = wanted.get("title")
    if title is not None and title != body["title"]:
        if body["sold_quantity"] or body["family_name"]:
            yield _not_modifiable("title", "You cannot modify the title if the item has sales or a family_name.")
        yield from listing_checks.flawed_title(title, category, {}, field="title")
    family = wanted.get("family_name")
    if family is not None and family != body["family_name"]:
        if body["sold_quantity"]:
            yield _not_modifiable("family_name", "You cannot modify the family_name of a product that has sales.")
        yield from listing_checks.flawed_title(family, category, {}, field="family_name")
    kind = wanted.get("listing_type_id")
    if kind is not None and kind != body["listing_type_id"] and listing.listing_type_changes:
        yield _not_modifiable("listing_type_id", "The listing type can be changed once.")


def _of_sale(listing: Listing, wanted: Change) -> Iterator[Cause]:
    if listing.price_automation and wanted.keys() == {"price"}:
        yield cause(502, "item.price.not_modifiable", _AUTOMATED, "item.price")
    if listing.fulfillment and "available_quantity" in wanted:
        message = "A quantidade disponível não é modificável em items com logística Fulfillment"
        yield _not_modifiable("available_quantity", message)
    for field in ("price", "available_quantity"):
        if listing.body["variations"] and wanted.get(field) is not None:
            yield _not_modifiable(field, f"Cannot modify {field} on an item with variations.")


def _of_status(listing: Listing, wanted: Change, now: float) -> Iterator[Cause]:
    status = wanted.get("status")
    if status is None:
        return
    if status not in _STATUSES:
        yield _not_valid("status", f"Invalid status [{status[:100]}].")
    elif status == "active":
        quantity = wanted.get("available_quantity", listing.body["available_quantity"])
        if not quantity:
            yield _not_valid("status", "Is not possible to activate an item without stock.")
        elif listing.standing(now).tag or listing.payment_required:
            yield _not_valid("status", "Is not possible to activate the item in its current status.")


def _of_variations(listing: Listing, variations: list[dict[str, Any]], category: Category) -> Iterator[Cause]:
    if listing.body["family_name"]:
        yield listing_checks.variations_with_family()
        return
    yield from listing_checks.flawed_variations(_merged_variations(listing, variations), category)
    for variation in variations:
        yield from flawed_sale(variation, category)


def _of_attributes(listing: Listing, wanted: Change, category: Category, market: Marketplace) -> Iterator[Cause]:
    merged = _merged_attributes(listing, wanted["attributes"])
    draft = Draft(listing.body, category, tuple(merged), tuple(listing.body["variations"]))
    for_catalog = bool(listing.body["catalog_listing"])
    yield from attribute_checks.missing_attributes(category, draft.everywhere, for_catalog=for_catalog)
    yield from flawed_attributes(draft, wanted["attributes"], market, besides=listing.id)


def _merged_attributes(listing: Listing, sent: list[dict[str, Any]]) -> list[Mapping[str, Any]]:
    """Sent attributes replace those of the same id; one sent without a value goes away."""
    merged = {str(one["id"]): one for one in listing.body["attributes"]}
    merged.update({str(one.get("id")): one for one in sent})
    return [one for one in merged.values() if attribute_checks.is_filled(one)]


def _merged_variations(listing: Listing, sent: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A variation that is sent with its id keeps what isn't sent; one that isn't sent is deleted."""
    known = {one["id"]: one for one in listing.body["variations"]}
    numbered = [{**one, "id": _number(one.get("id"))} for one in sent]
    return [{**known.get(one["id"], {}), **one} for one in numbered]


def _number(value: object) -> int:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0


def _apply(listing: Listing, wanted: Change, category: Category, now: float, market: Marketplace) -> None:
    body = listing.body
    if wanted.get("listing_type_id") not in {None, body["listing_type_id"]}:
        listing.listing_type_changes += 1
    body.update({field: wanted[field] for field in _FREELY if wanted.get(field) is not None})
    if (price := wanted.get("price")) is not None:
        body.update(price=price, base_price=price)
    if (quantity := wanted.get("available_quantity")) is not None:
        body["available_quantity"] = quantity
    if "pictures" in wanted:
        pictures = pictures_of(wanted["pictures"] or (), market)
        body["pictures"] = [picture.as_json() for picture in pictures]
        listing.pictures_ready_at = ready_at(pictures)
    if wanted.get("attributes"):
        body["attributes"] = attributes_as_sold(_merged_attributes(listing, wanted["attributes"]), category)
    if wanted.get("variations"):
        _apply_variations(listing, wanted["variations"], category)
    if wanted.get("shipping"):
        body["shipping"] = shipped(wanted, fulfillment=listing.fulfillment)
    if wanted.get("family_name"):
        body.update(named(Draft({**body, **wanted}, category, tuple(body["attributes"]), ()), listing.seller_id))
    _apply_status(listing, wanted, now)
    body["last_updated"] = moment(now)
    if "attributes" in wanted or "variations" in wanted:
        draft = Draft(body, category, tuple(body["attributes"]), tuple(body["variations"]))
        market.listings.rename(listing, skus=draft.skus, gtins=draft.gtins)


def _apply_variations(listing: Listing, sent: list[dict[str, Any]], category: Category) -> None:
    merged = _merged_variations(listing, sent)
    draft = Draft(listing.body, category, (), tuple(merged))
    variations = variations_of(draft, listing.number + len(listing.body["variations"]))
    quantity = sum(one["available_quantity"] for one in variations)
    price = min(one["price"] for one in variations)
    listing.body.update(variations=variations, available_quantity=quantity, price=price, base_price=price)


def _apply_status(listing: Listing, wanted: Change, now: float) -> None:
    match wanted.get("status"):
        case "active":
            listing.paused = False
        case "paused":
            listing.paused = True
        case "closed":
            listing.closed_at = now
    if listing.moderation and now >= listing.moderated_at and listing.moderation.lifted_by & wanted.keys():
        listing.moderation, listing.moderated_at = None, NEVER
