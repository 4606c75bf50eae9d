"""The description, which goes in a call of its own after the item.

A description that is refused does not take the listing down, so it is told as a warning on a success: the listing
is on sale, and the record turns to "alert" until the text in VTEX changes.
"""

from __future__ import annotations

from urllib.parse import quote

from ponte.connectors.mercadolivre.answers import classify
from ponte.connectors.mercadolivre.errand import MEMORY, Errand, digest, keeping, sent_before
from ponte.connectors.mercadolivre.standing import CATALOG, remembering
from ponte.connectors.transport import ask
from ponte.domain.message import Conversation, Request, Response
from ponte.domain.outcome import Listing, Outcome, Postponed, Rejected
from ponte.domain.problem import Problem

Described = tuple[Listing, tuple[Problem, ...]]


def describe(errand: Errand, listing: Listing, *, fresh: bool) -> Conversation[Described | Outcome]:
    """Send the description unless it is the one sent last. Returns the listing and warnings, or what hindered it."""
    before = sent_before(listing)
    unsaid = not errand.description and (fresh or "description" not in before)
    known = before.get("description")
    if listing.memory.get(CATALOG) or unsaid or (known is not None and known == digest(errand.description)):
        return listing, ()
    answer = yield from _tell(errand.description, listing.id, fresh=fresh)
    if isinstance(answer, Postponed):
        return keeping(answer, listing, stored=errand.stored)
    if 200 <= answer.status < 300:
        return _described(errand, listing), ()
    match classify("PUT /items/{id}/description", answer):
        case Rejected(problems):
            return listing, tuple(problem.as_warning() for problem in problems)
        case outcome:
            return keeping(outcome, listing, stored=errand.stored)


def _tell(text: str, item_id: str, *, fresh: bool) -> Conversation[Response | Postponed]:
    """Make the description, or change it; one that is not there to be changed is made."""
    path = f"/items/{quote(item_id, safe='')}/description"
    body = {"plain_text": text}
    make = Request("POST", path, "POST /items/{id}/description", json=body, changes=True)
    if fresh:
        return (yield from ask(make))
    query = (("api_version", "2"),)
    change = Request("PUT", path, "PUT /items/{id}/description", query=query, json=body, changes=True)
    answer = yield from ask(change)
    if isinstance(answer, Response) and answer.status == 404:
        return (yield from ask(make))
    return answer


def _described(errand: Errand, listing: Listing) -> Listing:
    sent = {**sent_before(listing), "description": digest(errand.description)}
    return remembering(listing, **{MEMORY: sent})
