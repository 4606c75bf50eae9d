"""What an item's body says: the listing, and whether it is on sale, waits, or was taken down.

States: Mercado Livre developers' pages "synchronize and modify publications" and "manage moderations", captured
2026-06.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TypeAlias

from ponte.connectors import shape
from ponte.connectors.mercadolivre.errors import warnings_of
from ponte.connectors.texts import sendable
from ponte.domain.message import JSON
from ponte.domain.outcome import Accepted, Listing, Pending, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Stage

ITEM_ID = re.compile(r"ML[A-Z][0-9]{1,20}")
PICTURES_PENDING = "picture_download_pending"
PICTURES_DEADLINE_SECONDS = 24 * 60 * 60.0
FOLLOW_AFTER_CREATE_SECONDS = 600.0
# After a create and a first look, two more: moderation comes hours later.
FOLLOW_STEPS = (FOLLOW_AFTER_CREATE_SECONDS, 3_600.0, 86_400.0)
MODERATED = frozenset({"under_review", "inactive"})
PENALTY = "moderation_penalty"
# Still on sale, and to be corrected within two days.
WARNED = "warning"
PAUSED_BY_US = "paused_by_us"
VARIATIONS = "variations"
CATALOG = "catalog"


def item_of(body: JSON) -> dict[str, JSON] | None:
    """Return the body when it proves a listing: an object with an item's id."""
    item = shape.table(body)
    return item if ITEM_ID.fullmatch(shape.text(item.get("id"))) else None


def listing_of(item: dict[str, JSON], memory: dict[str, JSON]) -> Listing:
    """Return the listing.

    Its memory says whether it is one of several variations, which Ponte leaves alone, and whether it is of the
    catalogue, where title, pictures, attributes and description are Mercado Livre's.
    """
    traits = {VARIATIONS: bool(shape.rows(item.get("variations"))), CATALOG: item.get("catalog_listing") is True}
    memory = {name: value for name, value in memory.items() if name not in traits}
    memory |= {name: True for name, holds in traits.items() if holds}
    told = (shape.text(item.get("status")), *shape.texts(item.get("sub_status"))[:3])
    state = "/".join(sendable(one[:60]) for one in told)
    return Listing(item["id"], _web_address(item.get("permalink")), state.strip("/"), memory)


def _web_address(value: JSON) -> str:
    """Return a link only when it is one: the screen makes it clickable."""
    address = shape.text(value)
    return address if address.startswith("https://") and len(address) <= 500 and address.isprintable() else ""


def seller_sku(item: dict[str, JSON]) -> str:
    """Return the SKU that the item echoes, "" when it names none."""
    for attribute in shape.tables(item.get("attributes")):
        if attribute.get("id") == "SELLER_SKU":
            return shape.text(attribute.get("value_name")).strip()
    return ""


def is_moderated(item: dict[str, JSON]) -> bool:
    taken_down = shape.text(item.get("status")) in MODERATED and not is_warned(item)
    return taken_down or PENALTY in shape.texts(item.get("tags"))


def is_warned(item: dict[str, JSON]) -> bool:
    return WARNED in shape.texts(item.get("sub_status")) and item.get("status") in {"active", "under_review"}


Standing: TypeAlias = Accepted | Rejected | Pending | Postponed
"""How a listing stands; always with the listing."""


def standing(item: dict[str, JSON], listing: Listing) -> Standing:
    """Say what an item's state means. Pure: whoever may ask further (why moderated?) does so afterwards."""
    status, sub_status = shape.text(item.get("status")), shape.texts(item.get("sub_status"))
    if status == "closed":
        return Rejected((_state_problem(ProblemClass.LISTING_CLOSED, item),), listing)
    if is_moderated(item):
        return Rejected((moderated_problem(item),), listing)
    if status == "payment_required":
        # Not `Blocked`: that would lose the listing's id, and the next try would create it again.
        return Rejected((_state_problem(ProblemClass.ACCOUNT_BLOCKED, item),), listing)
    if PICTURES_PENDING in sub_status:
        return awaiting_pictures(listing)
    noticed = (moderated_problem(item).as_warning(),) if is_warned(item) else _paused_there(item, listing)
    return Accepted(listing, (*warnings_of(item, Stage.MARKETPLACE), *noticed))


def _paused_there(item: dict[str, JSON], listing: Listing) -> tuple[Problem, ...]:
    """Warn of a pause that is not ours and not for want of stock: nothing is sold until a person ends it."""
    sub_status = shape.texts(item.get("sub_status"))
    by_a_person = not sub_status or "paused_by_seller" in sub_status
    if item.get("status") != "paused" or not by_a_person or listing.memory.get(PAUSED_BY_US):
        return ()
    if shape.number(item.get("available_quantity")) == 0:
        return ()
    return (_state_problem(ProblemClass.STATE_CONFLICT, item, "listing.paused_there").as_warning(),)


def variations_problem(listing: Listing) -> Problem:
    """Return why a listing of several variations is not touched: a change of one SKU would be one of all."""
    params = {"listing": listing.id}
    return Problem(ProblemClass.VARIATION_INVALID, Stage.SEND, listing.id, "listing.has_variations", params=params)


def moderated_problem(item: dict[str, JSON]) -> Problem:
    pending_documents = "pending_documentation" in shape.texts(item.get("sub_status"))
    kind = ProblemClass.COMPLIANCE if pending_documents else ProblemClass.POLICY_MODERATION
    return _state_problem(kind, item)


def _state_problem(kind: ProblemClass, item: dict[str, JSON], code: str = "") -> Problem:
    state = listing_of(item, {}).state
    penalty = kind is ProblemClass.POLICY_MODERATION and PENALTY in shape.texts(item.get("tags"))
    code = code or (PENALTY if penalty else state)
    return Problem(kind, Stage.MARKETPLACE, code=code, params={"state": state, "listing": item["id"]})


def awaiting_pictures(listing: Listing) -> Pending | Postponed:
    """Wait for the site to fetch the pictures, a little longer each time; after a day it will not come any more.

    The wait is summed up in the listing's memory: a connector has no clock.
    """
    waited = shape.number(listing.memory.get("waited")) or 0.0
    if waited >= PICTURES_DEADLINE_SECONDS:
        late = Problem(ProblemClass.MARKETPLACE_TIMEOUT, Stage.MARKETPLACE, "pictures", PICTURES_PENDING)
        return Postponed(late, listing=remembering(listing, waited=None))
    step = _step(waited)
    problem = Problem(ProblemClass.DEPENDENCY_PENDING, Stage.MARKETPLACE, "pictures", PICTURES_PENDING)
    return Pending(remembering(listing, waited=waited + step), problem, step)


def _step(waited: float) -> float:
    for until, step in ((60.0, 60.0), (600.0, 180.0), (3_600.0, 900.0)):
        if waited < until:
            return step
    return 3_600.0


def remembering(listing: Listing, **changes: JSON) -> Listing:
    """Return the listing with its memory changed; None forgets."""
    memory = {**listing.memory, **changes}
    return replace(listing, memory={name: value for name, value in memory.items() if value is not None})
