"""Changing a listing that stands: what an update says, pausing, resuming, closing.

What may change: Mercado Livre developers' page "synchronize and modify publications", captured 2026-06. The title
only before the first sale and without a family name; the listing type is left alone.
"""

from __future__ import annotations

from urllib.parse import quote

from ponte.connectors import shape
from ponte.connectors.mercadolivre.answers import classify
from ponte.connectors.mercadolivre.asking import not_learnt, read_item
from ponte.connectors.mercadolivre.errand import ALWAYS_SENT, SENT_WHEN_CHANGED, Errand, digest, keeping, sent_before
from ponte.connectors.mercadolivre.standing import item_of, listing_of, remembering
from ponte.connectors.transport import ask
from ponte.domain.message import JSON, Conversation, Request, Response
from ponte.domain.outcome import Accepted, Link, Listing, Outcome, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Severity, Stage

UPDATE = "PUT /items/{id}"
PAUSED_BY_US = "paused_by_us"
GONE = frozenset({ProblemClass.LISTING_NOT_FOUND, ProblemClass.LISTING_CLOSED})

Fields = tuple[dict[str, JSON], tuple[Problem, ...]]


def put(item_id: str, body: dict[str, JSON]) -> Conversation[Response | Postponed]:
    return (yield from ask(Request("PUT", f"/items/{quote(item_id, safe='')}", UPDATE, json=body, changes=True)))


def changed_fields(
    errand: Errand, listing: Listing, current: dict[str, JSON] | None
) -> Conversation[Fields | Outcome]:
    """Return the body of the update, and warnings about what may not change any more."""
    before = sent_before(listing)
    body = {name: errand.item[name] for name in ALWAYS_SENT if errand.item.get(name) is not None}
    for name in SENT_WHEN_CHANGED:
        if name in errand.item and before.get(name) != digest(errand.item[name]):
            body[name] = errand.item[name]
    if "title" not in errand.item or before.get("title") == digest(errand.item["title"]):
        return body, ()
    if current is None:
        read = yield from _read(listing)
        if not isinstance(read, dict):
            return read
        current = read
    return _titled(errand, body, current)


def _read(listing: Listing) -> Conversation[dict[str, JSON] | Outcome]:
    answer = yield from ask(read_item(listing.id))
    if isinstance(answer, Postponed):
        return answer
    item = item_of(answer.json()) if answer.status == 200 else None
    if item is not None:
        return item
    outcome = classify("GET /items/{id}", answer)
    return outcome if isinstance(outcome, Rejected) else not_learnt("GET /items/{id}", answer)


def _titled(errand: Errand, body: dict[str, JSON], current: dict[str, JSON]) -> Fields:
    """Add the title where it may change; where it may not, warn if it differs."""
    title = shape.text(errand.item["title"])
    if not current.get("family_name") and not shape.number(current.get("sold_quantity")):
        return {**body, "title": title}, ()
    stands = shape.text(current.get("title"))
    if current.get("family_name") or stands.casefold() == title.casefold():
        return body, ()
    params = {"value": title, "found": stands}
    warning = Problem(
        ProblemClass.TITLE_INVALID,
        Stage.SEND,
        "title",
        "title.not_modifiable",
        severity=Severity.WARNING,
        params=params,
    )
    return body, (warning,)


def resume(
    errand: Errand, item: dict[str, JSON], listing: Listing
) -> Conversation[tuple[dict[str, JSON], Listing] | Outcome]:
    """Put back on sale what we had paused, if there is stock; what the seller paused over there stays paused."""
    if not listing.memory.get(PAUSED_BY_US):
        return item, listing
    if item.get("status") == "active":
        # Somebody else was quicker; the next pause over there is not ours.
        return item, remembering(listing, **{PAUSED_BY_US: None})
    stocked = (shape.number(errand.item.get("available_quantity")) or 0) > 0
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
    if item.get("status") in {status, "closed", "under_review", "inactive"}:
        return Accepted(now)
    return unchanged(now)


def unchanged(listing: Listing) -> Postponed:
    """Return what it means that a listing has not taken the state that was asked for."""
    params = {"state": listing.state}
    problem = Problem(ProblemClass.STATE_CONFLICT, Stage.SEND, "status", "status.unchanged", params=params)
    return Postponed(problem, listing=listing)
