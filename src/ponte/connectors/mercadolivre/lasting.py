"""What of a listing that stands does not follow the offer, and what is done about it.

A name after the first sale, stock that is kept in Mercado Livre's own warehouse (Full), category, condition: the
listing keeps them, and a warning says so. Developers' pages "synchronize and modify publications", "price per
variation" (family name), "fulfillment" and "listing types", captured 2026-06.
"""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import quote

from ponte.connectors import shape
from ponte.connectors.mercadolivre.answers import classify
from ponte.connectors.mercadolivre.errand import FULL, NAME_KEPT, NAMES, TYPE_KEPT, Errand, digest, keeping
from ponte.connectors.mercadolivre.standing import item_of, remembering
from ponte.connectors.transport import ask
from ponte.domain.message import JSON, Conversation, Request
from ponte.domain.outcome import Blocked, Listing, Outcome, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Severity, Stage

STOCK = "available_quantity"
IS_FULL = re.compile(r"fulfillment", re.IGNORECASE)
IS_FIXED = re.compile(r"not[_ ]modifiable|(cannot|can not|can't) (modify|update|change)", re.IGNORECASE)
CHANGE_TYPE = "POST /items/{id}/listing_type"

Warnings = tuple[Problem, ...]


def in_the_way(outcome: Outcome) -> frozenset[str]:
    """Return the fields that alone made an update fail and can be left out; none where anything else is wrong."""
    found = [_kept(one) for one in outcome.problems if one.blocking] if isinstance(outcome, Rejected) else []
    return frozenset[str]().union(*found) if all(found) else frozenset()


def _kept(problem: Problem) -> frozenset[str]:
    said = f"{problem.code} {problem.message}"
    if problem.kind is ProblemClass.STOCK_INVALID and IS_FULL.search(said):
        return frozenset({STOCK})
    return frozenset(NAMES) if problem.kind is ProblemClass.TITLE_INVALID and IS_FIXED.search(said) else frozenset()


def is_full(item: dict[str, JSON]) -> bool | None:
    """Say whether the listing's stock is in Mercado Livre's warehouse; None when the item does not tell."""
    kind = shape.text(shape.table(item.get("shipping")).get("logistic_type"))
    return kind == "fulfillment" if kind else None


def by_warehouse() -> Problem:
    """Return why the quantity is not said: the account keeps its stock by warehouse, which Ponte does not know."""
    return Problem(ProblemClass.STOCK_INVALID, Stage.VALIDATION, STOCK, "stock.warehouses")


def knowing_full(listing: Listing, item: dict[str, JSON], *, left_out: bool) -> Listing:
    """Remember whose the stock is, as the item tells; else as the update that left it out has shown."""
    told = is_full(item)
    full = left_out if told is None else told
    return remembering(listing, **{FULL: full or None})


def name_stays(errand: Errand, field: str, stands: str) -> Problem:
    """Return the warning of a name that may not change any more."""
    stays = _differs(ProblemClass.TITLE_INVALID, field, "title.not_modifiable", errand.name, stands)
    return replace(stays, stage=Stage.SEND)


def differences(errand: Errand, item: dict[str, JSON]) -> Warnings:
    """Warn about what the listing has otherwise than the offer, as far as the item tells."""
    found = []
    sent, stands = shape.number(errand.item.get("price")), shape.number(item.get("price"))
    if sent is not None and stands is not None and abs(sent - stands) >= 0.005:
        # A promotion, an automation over there.
        found.append(_differs(ProblemClass.PRICE_INVALID, "price", "price.differs", f"{sent:.2f}", f"{stands:.2f}"))
    for name, kind in (("category_id", ProblemClass.CATEGORY_MAPPING), ("condition", ProblemClass.ATTRIBUTE_INVALID)):
        wanted, there = shape.text(errand.item.get(name)), shape.text(item.get(name))
        if wanted and there and wanted != there:
            code = f"{name.removesuffix('_id')}.stays"
            found.append(_differs(kind, name, code, wanted, there))
    return tuple(found)


def retype(
    errand: Errand, item: dict[str, JSON], listing: Listing
) -> Conversation[tuple[Listing, Warnings] | Outcome]:
    """Change the listing type where the mapping names one; a listing keeps what nobody chose.

    A type that Mercado Livre does not change is asked for once, and warned about from then on.
    """
    wanted, stands = errand.rules.mapping.options.get("listing_type", ""), shape.text(item.get("listing_type_id"))
    if not wanted or not stands or wanted == stands:
        return remembering(listing, **{TYPE_KEPT: None}), ()
    stays = _differs(ProblemClass.ATTRIBUTE_INVALID, "listing_type_id", "listing_type.stays", wanted, stands)
    if listing.memory.get(TYPE_KEPT) == wanted:
        return listing, (stays,)
    path = f"/items/{quote(listing.id, safe='')}/listing_type"
    answer = yield from ask(Request("POST", path, CHANGE_TYPE, json={"id": wanted}, changes=True))
    if isinstance(answer, Postponed):
        return keeping(answer, listing, stored=errand.stored)
    if 200 <= answer.status < 300 and (item_of(answer.json()) or {}).get("listing_type_id") in {wanted, None}:
        return remembering(listing, **{TYPE_KEPT: None}), ()
    outcome = classify(CHANGE_TYPE, answer)
    if isinstance(outcome, Postponed | Blocked):
        return keeping(outcome, listing, stored=errand.stored)
    return remembering(listing, **{TYPE_KEPT: wanted}), (stays,)


def is_name_kept(errand: Errand, listing: Listing) -> bool:
    """True when Mercado Livre has refused this very name for this listing."""
    return listing.memory.get(NAME_KEPT) == digest(errand.name)


def _differs(kind: ProblemClass, subject: str, code: str, value: str, found: str) -> Problem:
    """Return the warning that the listing has `found` where the offer says `value`."""
    params = {"value": value, "found": found} if found else {"value": value}
    return Problem(kind, Stage.MARKETPLACE, subject, code, severity=Severity.WARNING, params=params)
