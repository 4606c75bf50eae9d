"""What a sending carries along: the offer's parts, whose it is, and what was sent last time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ponte.connectors import shape
from ponte.connectors.mercadolivre.facts import account_of, category_of
from ponte.connectors.mercadolivre.manifest import MANIFEST
from ponte.connectors.mercadolivre.standing import seller_sku
from ponte.domain.connector import Rules
from ponte.domain.message import JSON
from ponte.domain.offer import Offer
from ponte.domain.outcome import Accepted, Blocked, Listing, Outcome, Postponed, Rejected
from ponte.domain.problem import Problem

# What an update always says: it is what changes daily, and saying it again does no harm.
ALWAYS_SENT = ("price", "available_quantity", "attributes")
# What an update says only when it differs from what was sent last: pictures are fetched anew each time, and a
# change of terms or shipping is examined again.
SENT_WHEN_CHANGED = ("pictures", "sale_terms", "shipping")
MEMORY = "sent"
# What Mercado Livre would not change, so that it is not asked each time: whose the stock is (Full), a name, a type.
FULL, NAME_KEPT, TYPE_KEPT = "full", "name_kept", "type_kept"
FORGOTTEN = frozenset({MEMORY, FULL, NAME_KEPT, TYPE_KEPT})
NAMES = ("title", "family_name")


@dataclass(frozen=True, slots=True)
class Errand:
    """One offer on its way."""

    item: dict[str, JSON]
    description: str
    sku: str
    rules: Rules
    stored: bool = False
    """The listing is on Ponte's record already; one that was just made or found is not."""

    @property
    def user_id(self) -> str:
        return account_of(self.rules).user_id

    @property
    def by_warehouse(self) -> bool:
        """The account keeps its stock by warehouse."""
        return account_of(self.rules).warehouses

    @property
    def lag_seconds(self) -> float:
        return lag_seconds(self.rules)

    @property
    def name(self) -> str:
        """The product's name, in whichever selling model it is said."""
        return next((shape.text(self.item[field]) for field in NAMES if field in self.item), "")

    def is_named_as(self, before: Mapping[str, JSON]) -> bool:
        """True when this very name was accepted before, by the digests of `sent_before`."""
        return all(before.get(field) == digest(self.item[field]) for field in NAMES if field in self.item)

    def in_other_model(self) -> Errand:
        """Return the errand for the other selling model: `title` and `family_name` change places."""
        before, after = ("title", "family_name") if "title" in self.item else ("family_name", "title")
        item = {after if name == before else name: value for name, value in self.item.items()}
        return replace(self, item=item)

    def sent_of_item(self) -> dict[str, JSON]:
        """Return the digests to remember once the item was accepted; of a long text only its digest is kept."""
        names = (*NAMES, *SENT_WHEN_CHANGED)
        return {name: digest(self.item[name]) for name in names if name in self.item}


def lag_seconds(rules: Rules) -> float:
    """Return how long the search may miss a new listing; the channel may know better than the manifest."""
    told = rules.settings.get("search_lag_seconds", "").strip()
    usable = told.isascii() and told.isdigit() and len(told) <= 4
    return float(told) if usable else MANIFEST.limits.search_lag_seconds


def errand_of(offer: Offer, rules: Rules, *, stored: bool) -> Errand:
    item = dict(shape.table(offer.payload.get("item")))
    return Errand(item, shape.text(offer.payload.get("description")), seller_sku(item), rules, stored)


# Made once: `json.dumps` with options makes an encoder for each call.
_plain = json.JSONEncoder(sort_keys=True, ensure_ascii=True).encode


def digest(value: JSON) -> str:
    return hashlib.blake2b(_plain(value).encode(), digest_size=8).hexdigest()


def sent_before(listing: Listing) -> dict[str, JSON]:
    """Return the digests of what was last accepted, by field."""
    return shape.table(listing.memory.get(MEMORY))


def forgetful(listing: Listing) -> Listing:
    """Return the listing without what was last accepted or refused: everything is said again."""
    return replace(listing, memory={name: value for name, value in listing.memory.items() if name not in FORGOTTEN})


def keeping(outcome: Outcome, listing: Listing, *, stored: bool) -> Outcome:
    """Return what hindered a later step, with the listing that stands all the same.

    `Blocked` carries no listing. One that is not stored yet would be lost by it and made twice: then it is
    `Postponed`, and the next try, which knows the listing, blocks.
    """
    match outcome:
        case Postponed(problem, retry_in, unknown, None):
            return Postponed(problem, retry_in, unknown, listing)
        case Blocked(problem) if not stored:
            return Postponed(problem, listing=listing)
        case Rejected(problems, None):
            return Rejected(problems, listing)
        case _:
            return outcome


def named(outcome: Outcome, errand: Errand) -> Outcome:
    """Give problems about an attribute its name from the category's sheet, for the screen."""
    match outcome:
        case Rejected(problems, listing):
            return Rejected(_named(problems, errand), listing)
        case Accepted(listing, warnings, follow_in) if warnings:
            return Accepted(listing, _named(warnings, errand), follow_in)
        case _:
            return outcome


def _named(problems: tuple[Problem, ...], errand: Errand) -> tuple[Problem, ...]:
    category = category_of(shape.text(errand.item.get("category_id")), errand.rules)
    names = {attribute.id: attribute.name for attribute in category.attributes} if category else {}
    return tuple(
        replace(one, params={"name": names[one.subject], **one.params}) if one.subject in names else one
        for one in problems
    )


def with_warnings(outcome: Outcome, warnings: tuple[Problem, ...]) -> Outcome:
    """Add warnings to an acceptance, and to a refusal that leaves the listing standing."""
    match outcome:
        case Accepted(listing, before, follow_in):
            return Accepted(listing, (*before, *warnings), follow_in)
        case Rejected(problems, listing):
            return Rejected((*problems, *warnings), listing)
        case _:
            return outcome
