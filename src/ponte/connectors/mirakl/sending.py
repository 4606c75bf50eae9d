"""Sending: the product file where its data are new, the offer always; `following` sees to the rest.

Both orders are upserts by the seller's SKU: to give one twice makes nothing twice. So a create whose answer was lost
is simply given again.
"""

from __future__ import annotations

from dataclasses import replace

from ponte.connectors import shape
from ponte.connectors.mirakl.following import go_on, pending
from ponte.connectors.mirakl.orders import exists, keeping, send_offer, send_row
from ponte.connectors.mirakl.standing import Standing, digest, standing_of
from ponte.domain.connector import Rules
from ponte.domain.message import Conversation
from ponte.domain.offer import Offer
from ponte.domain.outcome import Link, Outcome


def send(offer: Offer, link: Link, rules: Rules) -> Conversation[Outcome]:
    """Bring the product on its way to the offer that is wanted now."""
    standing = _wanted(offer, link)
    row = {name: value for name, value in shape.table(offer.payload.get("row")).items() if isinstance(value, str)}
    if standing.on_the_way and _same(standing, row):
        return (yield from go_on(standing, rules))
    return (yield from _order(standing, row, rules))


def _wanted(offer: Offer, link: Link) -> Standing:
    """Return where the product stands, with the offer that is wanted now."""
    payload = offer.payload
    sku, wanted = shape.text(payload.get("sku")), dict(shape.table(payload.get("offer")))
    ean, category = shape.text(wanted.get("product_id")), shape.text(payload.get("category"))
    standing = standing_of(link.listing) if link.listing else Standing(sku)
    standing = replace(standing, sku=sku, ean=ean, category=category, offer=wanted, ending=False)
    if link.restate:
        standing = replace(standing, row_digest="", offer_digest="", product_import="", offer_import="")
    return standing


def _same(standing: Standing, row: dict[str, str]) -> bool:
    """True when what is on its way is what is wanted; the offer may still wait for its product."""
    if standing.row_digest != digest(row):
        return False
    waits_for_product = not standing.known and not standing.offer_import
    return waits_for_product or standing.offer_digest == digest(standing.offer)


def _order(standing: Standing, row: dict[str, str], rules: Rules) -> Conversation[Outcome]:
    """Give the orders that are due: the offer first where the product stands, for price and stock are urgent."""
    if not standing.known and not standing.row_digest:
        found = yield from exists(standing, rules)
        if not isinstance(found, bool):
            return found
        # The operator has the product: only an offer is needed.
        standing = replace(standing, known=found, row_digest=digest(row) if found else "")
    kept = standing
    if standing.known:
        step = yield from send_offer(standing, rules)
        if not isinstance(step, Standing):
            return keeping(step, kept) if kept.on_the_way or kept.offer_digest else step
        standing = step
    if standing.row_digest != digest(row):
        step = yield from send_row(standing, row, rules)
        if not isinstance(step, Standing):
            return keeping(step, standing) if standing.known else step
        standing = step
    return pending(standing)
