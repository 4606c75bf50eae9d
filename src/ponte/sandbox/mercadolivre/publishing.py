"""Creating a listing in the vendor's shape.

Publishing models after Mercado Livre developers' pages "Publica productos" (classic: a title, variations) and "User
products" (a family name, one listing for each SKU, a title made by the vendor), read 2026-06.
"""

import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from ponte.sandbox.mercadolivre.answers import Cause
from ponte.sandbox.mercadolivre.categories import fold
from ponte.sandbox.mercadolivre.draft import Draft
from ponte.sandbox.mercadolivre.listing import NEVER, Listing, moment
from ponte.sandbox.mercadolivre.marketplace import Marketplace
from ponte.sandbox.mercadolivre.moderation import MODERATIONS
from ponte.sandbox.mercadolivre.pictures import Picture
from ponte.sandbox.mercadolivre.settings import Account
from ponte.sandbox.mercadolivre.shown import attributes_as_sold, variations_of


def publish(wanted: Draft, account: Account, market: Marketplace, warnings: list[Cause]) -> Listing:
    """Make the listing and keep it. What the checks refuse must not come here."""
    now, number = market.clock(), market.listings.next_number()
    pictures = pictures_of(wanted.body.get("pictures") or (), market)
    shown = [picture.as_json() for picture in pictures]
    moderation = _moderation(wanted.skus, market)
    listing = Listing(
        body={**_body(wanted, account, number, moment(now)), "pictures": shown, "warnings": warnings},
        seller_id=account.user_id,
        skus=wanted.skus,
        created_at=now,
        indexed_at=now + market.settings.index_lag_seconds,
        pictures_ready_at=ready_at(pictures),
        number=number,
        payment_required=account.payment_required,
        moderation=MODERATIONS.get(moderation),
        moderated_at=now + market.settings.moderation_seconds if moderation in MODERATIONS else NEVER,
        gtins=wanted.gtins,
    )
    market.listings.add(listing)
    return listing


def _moderation(skus: tuple[str, ...], market: Marketplace) -> str:
    names = (name for suffix, name in market.moderated.items() if any(sku.endswith(suffix) for sku in skus))
    return next(names, "")


def pictures_of(pictures: Iterable[Mapping[str, Any]], market: Marketplace) -> list[Picture]:
    found = []
    for one in pictures:
        known = market.pictures.get(str(one["id"])) if one.get("id") else market.pictures.fetch(one["source"])
        if known:
            found.append(known)
    return found


def ready_at(pictures: Iterable[Picture]) -> float:
    """When the first picture is there; at once for a listing without any, NEVER when all of them fail."""
    return min((picture.ready_at for picture in pictures), default=0.0)


def _body(wanted: Draft, account: Account, number: int, when: str) -> dict[str, Any]:
    sent = wanted.body
    names = named(wanted, account.user_id)
    variations = variations_of(wanted, number)
    price = min(one["price"] for one in variations) if variations else sent["price"]
    quantity = sum(one["available_quantity"] for one in variations) if variations else sent["available_quantity"]
    return {
        "id": f"MLB{number}",
        "site_id": "MLB",
        **names,
        "seller_id": account.user_id,
        "category_id": wanted.category.id,
        "user_product_id": f"MLBU{number % 1_000_000_000}",
        "official_store_id": sent.get("official_store_id"),
        "price": price,
        "base_price": price,
        "original_price": None,
        "currency_id": sent["currency_id"],
        "initial_quantity": quantity,
        "available_quantity": quantity,
        "sold_quantity": 0,
        "sale_terms": sent.get("sale_terms") or [],
        "buying_mode": sent["buying_mode"],
        "listing_type_id": sent["listing_type_id"],
        "condition": sent.get("condition") or "new",
        "permalink": _permalink(number, str(names["title"])),
        "shipping": shipped(sent),
        "attributes": attributes_as_sold(wanted.attributes, wanted.category),
        "variations": variations,
        "status": "active",
        "sub_status": [],
        "tags": [],
        "seller_custom_field": sent.get("seller_custom_field"),
        "catalog_product_id": sent.get("catalog_product_id"),
        "domain_id": wanted.category.domain_id,
        "catalog_listing": sent.get("catalog_listing") is True,
        "health": None,
        "date_created": when,
        "last_updated": when,
        "channels": sent.get("channels") or ["marketplace"],
    }


def shipped(sent: Mapping[str, Any], *, fulfillment: bool = False) -> dict[str, Any]:
    """A listing's shipping as the vendor shows it: `logistic_type` says whose warehouse the stock is in."""
    asked = sent.get("shipping") or {"mode": "not_specified", "local_pick_up": False, "free_shipping": False}
    return {**asked, "logistic_type": "fulfillment" if fulfillment else "xd_drop_off"}


def named(wanted: Draft, seller_id: int) -> dict[str, object]:
    """`title`, `family_name` and `family_id`: the vendor makes a family's title, and moves it by its name."""
    family = wanted.body.get("family_name")
    if not family:
        return {"title": wanted.body["title"], "family_name": None, "family_id": None}
    return {"title": _family_title(wanted), "family_name": family, "family_id": _family_id(seller_id, wanted)}


def _family_title(wanted: Draft) -> str:
    """A title as the vendor makes it of a family's name: the values that tell its products apart come after it."""
    by_id = wanted.by_id
    shown = attributes_as_sold(
        [by_id[name] for name in ("COLOR", "SIZE", "VOLTAGE") if name in by_id], wanted.category
    )
    longest = int(wanted.category.settings["max_title_length"])
    return " ".join([str(wanted.body["family_name"]), *(str(one["value_name"]) for one in shown)])[:longest].strip()


def _family_id(seller_id: int, wanted: Draft) -> int:
    key = f"{seller_id}/{wanted.category.id}/{fold(str(wanted.body['family_name']))}"
    return 1_000_000_000_000 + zlib.crc32(key.encode())


def _permalink(number: int, title: str) -> str:
    slug = "-".join(fold(title).split())
    return f"https://produto.mercadolivre.com.br/MLB-{number}-{slug}-_JM"
