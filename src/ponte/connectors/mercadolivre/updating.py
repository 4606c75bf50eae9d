"""Changing a listing that stands: what an update says, pausing, resuming, closing.

What may change: Mercado Livre developers' pages "synchronize and modify publications" and "user products", captured
2026-06. The title, or the family name, only before the first sale.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote

from ponte.connectors import shape
from ponte.connectors.mercadolivre.answers import classify
from ponte.connectors.mercadolivre.asking import not_learnt, read_item
from ponte.connectors.mercadolivre.errand import (
    ALWAYS_SENT,
    FULL,
    MEMORY,
    NAME_KEPT,
    NAMES,
    SENT_WHEN_CHANGED,
    Errand,
    digest,
    keeping,
    sent_before,
)
from ponte.connectors.mercadolivre.lasting import STOCK, in_the_way, is_full, is_name_kept, knowing_full, name_stays
from ponte.connectors.mercadolivre.pictures import fetched_anew
from ponte.connectors.mercadolivre.standing import CATALOG, PAUSED_BY_US, is_warned, item_of, listing_of, remembering
from ponte.connectors.transport import ask
from ponte.domain.message import JSON, Conversation, Request, Response
from ponte.domain.outcome import Accepted, Link, Listing, Outcome, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Stage

UPDATE = "PUT /items/{id}"
GONE = frozenset({ProblemClass.LISTING_NOT_FOUND, ProblemClass.LISTING_CLOSED})


# Of a catalogue listing the seller says the conditions of the sale only.
CONTENT = frozenset({"pictures", "attributes"})


@dataclass(frozen=True, slots=True)
class Change:
    """What an update says, and warnings about what may not change any more."""

    body: dict[str, JSON]
    warnings: tuple[Problem, ...] = ()
    left_out: frozenset[str] = frozenset()
    """Fields that Mercado Livre refused, and that were not said again."""

    def without(self, refused: frozenset[str]) -> Change:
        left = {name: value for name, value in self.body.items() if name not in refused}
        return replace(self, body=left, left_out=refused & self.body.keys())


def put(item_id: str, body: dict[str, JSON]) -> Conversation[Response | Postponed]:
    return (yield from ask(Request("PUT", f"/items/{quote(item_id, safe='')}", UPDATE, json=body, changes=True)))


def say(change: Change, listing: Listing, errand: Errand) -> Conversation[tuple[Change, Response | Postponed]]:
    """Say the update; where only what may not change stands in its way, say the rest."""
    answer = yield from put(listing.id, change.body)
    if not isinstance(answer, Response):
        return change, answer
    if listing.memory.get(FULL) and STOCK not in change.body and _has_left_full(answer):
        stock = {STOCK: errand.item.get(STOCK)}
        return replace(change, body=change.body | stock), (yield from put(listing.id, stock))
    refused = in_the_way(classify(UPDATE, answer)) & change.body.keys()
    if not refused:
        return change, answer
    rest = change.without(refused)
    field = next((name for name in NAMES if name in refused), "")
    if field:
        rest = replace(rest, warnings=(*rest.warnings, name_stays(errand, field, "")))
    return rest, (yield from put(listing.id, rest.body))


def _has_left_full(answer: Response) -> bool:
    item = item_of(answer.json()) if 200 <= answer.status < 300 else None
    return item is not None and is_full(item) is False


def remembered(errand: Errand, listing: Listing, item: dict[str, JSON], change: Change) -> Listing:
    """Return the listing as it is remembered after its update was accepted."""
    sent = {**sent_before(listing), **errand.sent_of_item()}
    if change.warnings:
        sent |= {name: sent_before(listing).get(name) for name in NAMES if name in errand.item}
    updated = listing_of(item, {**listing.memory, "sku": errand.sku, MEMORY: sent})
    kept = digest(errand.name) if change.left_out & frozenset(NAMES) else listing.memory.get(NAME_KEPT)
    updated = remembering(updated, **{NAME_KEPT: kept})
    return knowing_full(updated, item, left_out=STOCK in change.left_out)


def changed_fields(
    errand: Errand, listing: Listing, current: dict[str, JSON] | None
) -> Conversation[Change | Outcome]:
    """Return what the update says; the listing is read first where its name has changed."""
    before = sent_before(listing)
    always = [name for name in ALWAYS_SENT if name != STOCK or not errand.by_warehouse]
    body = {name: errand.item[name] for name in always if errand.item.get(name) is not None}
    for name in SENT_WHEN_CHANGED:
        if name in errand.item and before.get(name) != digest(errand.item[name]):
            body[name] = errand.item[name]
    if listing.memory.get(CATALOG):
        kept = CONTENT | (frozenset({STOCK}) if listing.memory.get(FULL) else frozenset())
        return Change(body).without(kept)
    if "pictures" in body:
        body["pictures"] = fetched_anew(body["pictures"], listing)
    if current is None and not errand.is_named_as(before):
        read = yield from _read(listing)
        if not isinstance(read, dict):
            return read
        current = read
    full = listing.memory.get(FULL) if current is None else is_full(current)
    change = Change(body).without(frozenset({STOCK}) if full else frozenset())
    return change if current is None or errand.is_named_as(before) else _named(errand, change, current, listing)


def _read(listing: Listing) -> Conversation[dict[str, JSON] | Outcome]:
    answer = yield from ask(read_item(listing.id))
    if isinstance(answer, Postponed):
        return answer
    item = item_of(answer.json()) if answer.status == 200 else None
    if item is not None:
        return item
    outcome = classify("GET /items/{id}", answer)
    return outcome if isinstance(outcome, Rejected) else not_learnt("GET /items/{id}", answer)


def _named(errand: Errand, change: Change, current: dict[str, JSON], listing: Listing) -> Change:
    """Add the name where it may change, as the listing itself is named; where it may not, warn if it differs."""
    field = "family_name" if current.get("family_name") else "title"
    stands = shape.text(current.get(field))
    same = stands.casefold() == errand.name.casefold()
    fixed = bool(shape.number(current.get("sold_quantity"))) or is_name_kept(errand, listing)
    if same and (fixed or field == "family_name"):
        return change
    if fixed:
        return replace(change, warnings=(name_stays(errand, field, stands),))
    return replace(change, body={**change.body, field: errand.name})


def resume(
    errand: Errand, item: dict[str, JSON], listing: Listing
) -> Conversation[tuple[dict[str, JSON], Listing] | Outcome]:
    """Put back on sale what we had paused, if there is stock; what the seller paused over there stays paused."""
    if not listing.memory.get(PAUSED_BY_US):
        return item, listing
    if item.get("status") == "active":
        # Somebody else was quicker; the next pause over there is not ours.
        return item, remembering(listing, **{PAUSED_BY_US: None})
    # In Full the stock that counts is Mercado Livre's.
    stock = (item if listing.memory.get(FULL) else errand.item).get(STOCK)
    stocked = (shape.number(stock) or 0) > 0
    if item.get("status") != "paused" or not stocked:
        return item, listing
    answer = yield from put(listing.id, {"status": "active"})
    if isinstance(answer, Postponed):
        return answer
    resumed = item_of(answer.json()) if 200 <= answer.status < 300 else None
    if resumed is None:
        return keeping(classify(UPDATE, answer), listing, stored=errand.stored)
    memory = remembering(listing, **{PAUSED_BY_US: None}).memory
    return resumed, listing_of(resumed, dict(memory))


def withdraw(link: Link) -> Conversation[Outcome]:
    """Pause the listing. One that is gone or closed is off sale already."""
    return (yield from _set_status(link, "paused", **{PAUSED_BY_US: True}))


def close(link: Link) -> Conversation[Outcome]:
    """End the listing for good: it cannot come back, a relisting has a new id."""
    return (yield from _set_status(link, "closed"))


def delete(item_id: str) -> Conversation[bool]:
    """Delete a listing that is over; False when that was refused, or nobody heard of it."""
    answer = yield from put(item_id, {"deleted": "true"})
    return isinstance(answer, Response) and (200 <= answer.status < 300 or answer.status in {404, 410})


def _set_status(link: Link, status: str, **memory: JSON) -> Conversation[Outcome]:
    listing = link.listing
    if listing is None:
        return Accepted(None)
    answer = yield from put(listing.id, {"status": status})
    if isinstance(answer, Postponed):
        return keeping(answer, listing, stored=True)
    outcome = classify(UPDATE, answer)
    item = item_of(answer.json()) if 200 <= answer.status < 300 else None
    if item is not None:
        return _withdrawn(item, remembering(listing, **memory), status)
    if isinstance(outcome, Rejected) and all(problem.kind in GONE for problem in outcome.problems):
        return Accepted(listing, tuple(problem.as_warning() for problem in outcome.problems))
    return keeping(outcome, listing, stored=True)


def _withdrawn(item: dict[str, JSON], listing: Listing, status: str) -> Outcome:
    """Believe the state that the answer shows, not that it was a 200."""
    now = listing_of(item, dict(listing.memory))
    if item.get("status") in {status, "closed", "under_review", "inactive"} and not is_warned(item):
        return Accepted(now)
    return unchanged(now)


def unchanged(listing: Listing) -> Postponed:
    """Return what it means that a listing has not taken the state that was asked for."""
    params = {"state": listing.state}
    problem = Problem(ProblemClass.STATE_CONFLICT, Stage.SEND, "status", "status.unchanged", params=params)
    return Postponed(problem, listing=listing)
