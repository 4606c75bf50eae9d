"""What each required recording is about, and how its file begins: for who writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

STANDS: Mapping[str, Any] = {"listing": {"id": "A1"}}
# situation: what happens in it, what the file says beside its answers.
BEGINNINGS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "accepted": ("a create that succeeds", {"verb": "send"}),
    "updated": ("an update of a listing that stands", {"verb": "send", **STANDS}),
    "rejected": ("a create that the marketplace refuses", {"verb": "send"}),
    "unknown_category": ("a create in a category that is not there", {"verb": "send"}),
    "rate_limit": ("a create that is asked to come later, as by 429", {"verb": "send"}),
    "probed": ("the cheapest authorized call succeeds", {"verb": "probe"}),
    "doubt_found": (
        "a create whose answer was lost: the look-up finds the listing, which is updated",
        {"verb": "send", "uncertain_seconds": 5},
    ),
    "gone": ("an update of a listing that somebody deleted there", {"verb": "send", **STANDS}),
    "expired_token": ("a create with a token that has had its time", {"verb": "send"}),
    "late_refusal": ("a listing that was refused after it was taken", {"verb": "follow", **STANDS}),
    "withdrawn": ("a listing is taken off sale", {"verb": "withdraw", **STANDS}),
    "ended": ("a listing is ended for good", {"verb": "end", **STANDS}),
    "found": ("the listings under a SKU, at least one", {"verb": "find"}),
    "suggested": ("categories for a title, at least one", {"verb": "suggest:words of a title"}),
    "gathered": ("one request for several SKUs, of which one is refused", {"verb": "together:topic", "requests": {}}),
    "heard": ("a post of the marketplace about a SKU", {"verb": "heard", "post": {}}),
    "previewed": ("the marketplace's own verdict on an offer: a refusal", {"verb": "preview"}),
}
WITH_OFFER = {"send", "preview"}


def beginning(situation: str) -> str:
    """Return how the file of a situation may begin, as one line of JSON; a general one for a name of one's own."""
    about, said = BEGINNINGS.get(situation, ("one sentence", {"verb": "send"}))
    offer = {"mapping": ["as in accepted.json"]} if said["verb"] in WITH_OFFER else {}
    asks = {} if said["verb"] == "heard" else {"exchanges": [{"answer": {"status": 200, "json": {}}}]}
    return json.dumps({"about": about, **said, **offer, **asks})
