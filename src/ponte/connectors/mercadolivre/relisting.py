"""Announcing again what ended: the new listing takes over the visits, questions and sales of the one before it.

Developers' page "relist items", captured 2026-06: once for each listing, within 60 days of its end, and not for free
listings; the new listing has an id of its own, and the category and the name of the old one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import quote

from ponte.connectors import shape
from ponte.connectors.mercadolivre.answers import classify, unreadable
from ponte.connectors.mercadolivre.asking import Found
from ponte.connectors.mercadolivre.errand import Errand
from ponte.connectors.mercadolivre.standing import item_of, seller_sku
from ponte.connectors.transport import ask
from ponte.domain.message import JSON, Conversation, Request
from ponte.domain.outcome import Outcome, Postponed, Rejected

RELIST = "POST /items/{id}/relist"
LONGEST = timedelta(days=60)
FREE = "free"
# How a listing ended that may come back: by a person, or because its time was over.
ENDED_IN_PEACE = frozenset({"expired"})

Item = dict[str, JSON]


def relist(errand: Errand, found: Found) -> Conversation[Item | Outcome | None]:
    """Announce the SKU's last listing again; None where there is none to be, or Mercado Livre does not want to."""
    old = _last(errand, found)
    if old is None:
        return None
    body: Item = {
        "price": errand.item.get("price"),
        "quantity": errand.item.get("available_quantity"),
        "listing_type_id": errand.item.get("listing_type_id"),
    }
    path = f"/items/{quote(shape.text(old.get('id')), safe='')}/relist"
    answer = yield from ask(Request("POST", path, RELIST, json=body, changes=True))
    if isinstance(answer, Postponed):
        return answer
    item = item_of(answer.json()) if 200 <= answer.status < 300 else None
    if item is None:
        outcome = classify(RELIST, answer)
        return None if isinstance(outcome, Rejected) else outcome
    if item["id"] == old["id"] or seller_sku(item) not in {errand.sku, ""}:
        return unreadable(RELIST, answer, "echo.other_sku")
    return item


def _last(errand: Errand, found: Found) -> Item | None:
    """Return the listing that ended last, if the offer can be made of it."""
    fit = (item for item in reversed(found.closed) if _fits(item, errand) and _is_recent(item, found.asked_at))
    return next(fit, None)


def _fits(item: Item, errand: Errand) -> bool:
    same = item.get("category_id") == errand.item.get("category_id") and seller_sku(item) == errand.sku
    same_model = bool(item.get("family_name")) is ("family_name" in errand.item)
    whole = not shape.rows(item.get("variations")) and not item.get("catalog_listing")
    in_peace = frozenset(shape.texts(item.get("sub_status"))) <= ENDED_IN_PEACE
    paid = FREE not in {item.get("listing_type_id"), errand.item.get("listing_type_id")}
    return same and same_model and whole and in_peace and paid


def _is_recent(item: Item, now: datetime | None) -> bool:
    """Judge by the listing's last change: its end was that, or came before it."""
    try:
        changed = datetime.fromisoformat(shape.text(item.get("last_updated")))
    except ValueError:
        return False
    return now is not None and changed.tzinfo is not None and now - changed <= LONGEST
