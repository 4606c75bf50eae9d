"""Sending: the whole listing by PUT, or price and stock alone by PATCH; pause, and the end.

A PUT creates or replaces, and names the seller's SKU: to repeat it after a lost answer is safe, and makes nothing
twice. It replaces everything, so what stands beside price and stock is remembered by a digest and said only when it
changed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

from ponte.connectors import shape
from ponte.connectors.amazon import seller, standard
from ponte.connectors.amazon.answers import classify, submitted, unreadable
from ponte.connectors.amazon.definition import definition_of
from ponte.connectors.amazon.manifest import DELETE, GET, PATCH, PUT
from ponte.connectors.amazon.standing import FAMILY, LOOKS, MEMORY, forgetful, item_of, remembering, summary_of
from ponte.connectors.transport import ask
from ponte.domain.connector import Rules
from ponte.domain.message import JSON, Conversation
from ponte.domain.offer import Offer
from ponte.domain.outcome import Accepted, Blocked, Link, Listing, Outcome, Pending, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass

# What changes daily, and is said alone when nothing else changed.
DAILY = (standard.OFFER, standard.STOCK)
GENERIC = "PRODUCT"
GONE = frozenset({ProblemClass.LISTING_NOT_FOUND, ProblemClass.LISTING_CLOSED})

_plain = json.JSONEncoder(sort_keys=True, ensure_ascii=True).encode


def send(offer: Offer, link: Link, rules: Rules) -> Conversation[Outcome]:
    """Create, replace, or change price and stock."""
    sku, body = shape.text(offer.payload.get("sku")), shape.table(offer.payload.get("body"))
    parent = shape.table(offer.payload.get("parent"))
    hindered = yield from _parent(parent, link, rules)
    if hindered is not None:
        return _kept(hindered, link.listing)
    listing = link.listing or Listing(sku)
    said = listing.memory.get(MEMORY)
    if link.listing and not link.restate and link.uncertain_seconds is None and said == digest(body):
        request, path = seller.patch(sku, _daily(body), rules), PATCH
    else:
        request, path = seller.put(sku, body, rules), PUT
    answer = yield from ask(request)
    if isinstance(answer, Postponed):
        return _kept(answer, link.listing)
    outcome = submitted(path, answer, sku) if 200 <= answer.status < 300 else classify(path, answer)
    first_look = seller.seller_of(rules).first_look
    settled = _settled(outcome, link.listing, listing, body, first_look)
    return named(_of_family(settled, parent), body, rules)


def _parent(parent: dict[str, JSON], link: Link, rules: Rules) -> Conversation[Outcome | None]:
    """Say the family's parent first, unless it stands as it is; None when nothing hinders its child."""
    sku, body = shape.text(parent.get("sku")), shape.table(parent.get("body"))
    stands = link.listing is not None and not link.restate and link.listing.memory.get(FAMILY) == digest(body)
    if not sku or stands:
        return None
    answer = yield from ask(seller.put(sku, body, rules))
    if isinstance(answer, Postponed):
        return answer
    outcome = submitted(PUT, answer, sku) if 200 <= answer.status < 300 else classify(PUT, answer)
    return None if isinstance(outcome, Pending | Accepted) else named(outcome, body, rules)


def _of_family(outcome: Outcome, parent: dict[str, JSON]) -> Outcome:
    """Remember with the listing which parent was said before it."""
    if not isinstance(outcome, Pending):
        return outcome
    said = digest(shape.table(parent.get("body"))) if parent else None
    return replace(outcome, listing=remembering(outcome.listing, **{FAMILY: said}))


def _settled(
    outcome: Outcome, stored: Listing | None, listing: Listing, body: dict[str, JSON], first_look: float
) -> Outcome:
    match outcome:
        case Pending(told, problem):
            facts = {MEMORY: digest(body), "product_type": body.get("productType"), "quantity": _units(body)}
            known = remembering(Listing(told.id, listing.url, told.state, listing.memory), **facts)
            return Pending(remembering(known, waited=LOOKS[0], looks=None), problem, first_look)
        case Rejected(problems, None) if stored and any(problem.kind in GONE for problem in problems):
            return Rejected(problems, forgetful(stored))
        case _:
            return _kept(outcome, stored)


def _kept(outcome: Outcome, stored: Listing | None) -> Outcome:
    """Return what hindered us with the listing that stands all the same."""
    match outcome:
        case Postponed(problem, retry_in, unknown, None):
            return Postponed(problem, retry_in, unknown, stored)
        case Rejected(problems, None):
            return Rejected(problems, stored)
        case _:
            return outcome


def digest(body: dict[str, JSON]) -> str:
    """Return a digest of everything but price and stock."""
    attributes = {name: value for name, value in shape.table(body.get("attributes")).items() if name not in DAILY}
    return hashlib.blake2b(_plain({**body, "attributes": attributes}).encode(), digest_size=8).hexdigest()


def _daily(body: dict[str, JSON]) -> dict[str, JSON]:
    attributes = shape.table(body.get("attributes"))
    return _patches(
        shape.text(body.get("productType")), {name: attributes[name] for name in DAILY if name in attributes}
    )


def _patches(product_type: str, attributes: dict[str, JSON]) -> dict[str, JSON]:
    patches = [{"op": "replace", "path": f"/attributes/{name}", "value": value} for name, value in attributes.items()]
    return {"productType": product_type, "patches": patches}


def _units(body: dict[str, JSON]) -> JSON:
    rows = shape.tables(shape.table(body.get("attributes")).get(standard.STOCK))
    return shape.whole(rows[0].get("quantity")) if rows else None


def withdraw(link: Link, rules: Rules) -> Conversation[Outcome]:
    """Offer no unit more; the listing stays, and comes back with the next stock that is sent."""
    listing = link.listing
    if listing is None:
        return Accepted(None)
    product_type = shape.text(listing.memory.get("product_type"))
    if not product_type:
        found = yield from _product_type(listing, rules)
        if not isinstance(found, str):
            return _off_sale(found, listing)
        product_type = found
    channel = rules.mapping.options.get("fulfillment_channel", "DEFAULT")
    body = _patches(product_type, {standard.STOCK: standard.availability(0, channel)})
    answer = yield from ask(seller.patch(listing.id, body, rules))
    if isinstance(answer, Postponed):
        return _kept(answer, listing)
    outcome = submitted(PATCH, answer, listing.id) if 200 <= answer.status < 300 else classify(PATCH, answer)
    return _off_sale(outcome, listing)


def _off_sale(outcome: Outcome, listing: Listing) -> Outcome:
    match outcome:
        case Pending(told):
            return Accepted(remembering(Listing(told.id, listing.url, told.state, listing.memory), quantity=0))
        case Rejected(problems) if all(problem.kind in GONE for problem in problems):
            return Accepted(forgetful(listing), tuple(problem.as_warning() for problem in problems))
        case _:
            return _kept(outcome, listing)


def _product_type(listing: Listing, rules: Rules) -> Conversation[str | Outcome]:
    """Ask Amazon which product type a listing has; a PATCH must name it."""
    answer = yield from ask(seller.get(listing.id, rules))
    if isinstance(answer, Postponed):
        return answer
    item = item_of(answer.json()) if answer.status == 200 else None
    if item is None:
        outcome = classify(GET, answer)
        return outcome if isinstance(outcome, Postponed | Rejected | Blocked) else unreadable(GET, answer)
    summary = summary_of(item, seller.seller_of(rules).marketplace_id)
    return shape.text(summary.get("productType")) or GENERIC


def end(link: Link, rules: Rules) -> Conversation[Outcome]:
    """Delete the listing. One that is gone already has ended."""
    listing = link.listing
    if listing is None:
        return Accepted(None)
    answer = yield from ask(seller.delete(listing.id, rules))
    if isinstance(answer, Postponed):
        return _kept(answer, listing)
    outcome = submitted(DELETE, answer, listing.id) if 200 <= answer.status < 300 else classify(DELETE, answer)
    match outcome:
        case Rejected(problems) if all(problem.kind in GONE for problem in problems):
            return Accepted(None)
        case _:
            return _kept(outcome, listing)


def preview(offer: Offer, rules: Rules) -> Conversation[Outcome]:
    """Ask Amazon what it would say, and store nothing."""
    sku, body = shape.text(offer.payload.get("sku")), shape.table(offer.payload.get("body"))
    answer = yield from ask(seller.put(sku, body, rules, preview=True))
    if isinstance(answer, Postponed):
        return answer
    outcome = submitted(PUT, answer, sku) if 200 <= answer.status < 300 else classify(PUT, answer)
    return named(outcome, body, rules)


def named(outcome: Outcome, body: dict[str, JSON], rules: Rules) -> Outcome:
    """Give problems about an attribute its name from the product type, for the screen."""
    definition = definition_of(shape.text(body.get("productType")), rules)
    if definition is None or not isinstance(outcome, Rejected):
        return outcome
    titles = definition.title
    return Rejected(tuple(_with_name(one, titles(one.subject)) for one in outcome.problems), outcome.listing)


def _with_name(problem: Problem, name: str) -> Problem:
    if name in {"", problem.subject}:
        return problem
    return replace(problem, params={"name": name, **problem.params})
