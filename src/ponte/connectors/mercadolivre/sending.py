"""Sending: create, or update what stands. A listing is never made twice.

Mercado Livre knows no idempotency key. So a create whose answer was lost is looked up by SKU first; the search lags
behind, so before that lag is over "not found" proves nothing and nothing is created. Where a worker that was thought
dead made one all the same, it is found and ended (`surplus`).
"""

from __future__ import annotations

from dataclasses import replace

from ponte.connectors.mercadolivre.answers import classify, unreadable
from ponte.connectors.mercadolivre.asking import Found, find, why_moderated
from ponte.connectors.mercadolivre.describing import describe
from ponte.connectors.mercadolivre.errand import (
    MEMORY,
    Errand,
    errand_of,
    forgetful,
    keeping,
    named,
    with_warnings,
)
from ponte.connectors.mercadolivre.lasting import by_warehouse, differences, retype
from ponte.connectors.mercadolivre.relisting import relist
from ponte.connectors.mercadolivre.standing import (
    FOLLOW_AFTER_CREATE_SECONDS,
    VARIATIONS,
    Standing,
    is_moderated,
    is_warned,
    item_of,
    listing_of,
    seller_sku,
    standing,
    variations_problem,
)
from ponte.connectors.mercadolivre.surplus import chosen, end_surplus, still_unknown, unconfirmed
from ponte.connectors.mercadolivre.updating import GONE, Change, changed_fields, remembered, resume, say
from ponte.connectors.transport import ask
from ponte.domain.connector import Rules
from ponte.domain.message import JSON, Conversation, Request, Response
from ponte.domain.offer import Offer
from ponte.domain.outcome import Accepted, Blocked, Link, Listing, Outcome, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Stage

CREATE = "POST /items"
DUPLICATES = frozenset({ProblemClass.DUPLICATE, ProblemClass.DUPLICATE_IDENTIFIER})
MODEL_FIELDS = frozenset({"title", "family_name"})


def send(offer: Offer, link: Link, rules: Rules) -> Conversation[Outcome]:
    """Create or update, and say how it ended."""
    errand = errand_of(offer, rules, stored=link.listing is not None)
    if link.listing is not None and link.listing.memory.get(VARIATIONS):
        return Rejected((variations_problem(link.listing),))
    if link.listing is not None:
        listing = forgetful(link.listing) if link.restate else link.listing
        outcome = yield from _update(errand, listing, restated=link.restate)
        if link.uncertain_seconds is not None:
            outcome = yield from _alone(errand, listing, outcome, link.uncertain_seconds)
    elif link.uncertain_seconds is not None:
        outcome = yield from _create_if_missing(errand, link.uncertain_seconds)
    else:
        outcome = yield from _create(errand)
    return named(outcome, errand)


def _create_if_missing(errand: Errand, uncertain_seconds: float) -> Conversation[Outcome]:
    found = yield from find(errand.user_id, errand.sku)
    if not isinstance(found, Found):
        return still_unknown(found)
    if found.items:
        return (yield from _adopt(errand, found, uncertain_seconds))
    return unconfirmed(errand.lag_seconds, uncertain_seconds) or (yield from _make_again(errand, found))


def _make_again(errand: Errand, found: Found) -> Conversation[Outcome]:
    """Create, where no listing of the SKU that ended can be announced again."""
    again = None if errand.by_warehouse else (yield from relist(errand, found))
    if again is None:
        return (yield from _create(errand))
    if not isinstance(again, dict):
        return again
    return (yield from _update(errand, listing_of(again, {"sku": errand.sku}), again, restated=True))


def _alone(errand: Errand, held: Listing, outcome: Outcome, uncertain_seconds: float) -> Conversation[Outcome]:
    """See to it that our listing is the only one: an earlier create may have made another beside it, unheard."""
    if isinstance(outcome, Postponed | Blocked):
        return outcome if isinstance(outcome, Blocked) else replace(outcome, unknown=True)
    listing = outcome.listing or held
    found = yield from find(errand.user_id, errand.sku)
    if not isinstance(found, Found):
        return keeping(still_unknown(found), listing, stored=True)
    gone = isinstance(outcome, Rejected) and any(problem.kind in GONE for problem in outcome.problems)
    if gone and found.items:
        return (yield from _adopt(errand, found, uncertain_seconds))
    return (yield from _only(errand, found, outcome, uncertain_seconds))


def _only(errand: Errand, found: Found, outcome: Outcome, uncertain_seconds: float) -> Conversation[Outcome]:
    """End what stands beside the listing of this outcome."""
    kept = None if isinstance(outcome, Blocked) else outcome.listing
    if kept is None:
        return outcome
    kind = errand.item.get("listing_type_id")
    hindered = yield from end_surplus(
        found, kept.id, sku=errand.sku, listing_type=kind, uncertain_seconds=uncertain_seconds
    )
    if hindered is not None:
        return keeping(still_unknown(hindered), kept, stored=True)
    return unconfirmed(errand.lag_seconds, uncertain_seconds, kept) or outcome


def _create(errand: Errand) -> Conversation[Outcome]:
    if errand.by_warehouse:
        return Rejected((by_warehouse(),))
    answer = yield from _post(errand)
    if isinstance(answer, Response) and asks_for_other_model(answer):
        # The account was moved to the other selling model after it was learnt. Its refusal changed nothing.
        errand = errand.in_other_model()
        answer = yield from _post(errand)
    if isinstance(answer, Postponed):
        return answer
    item = item_of(answer.json()) if 200 <= answer.status < 300 else None
    if item is None:
        return (yield from _not_created(errand, classify(CREATE, answer)))
    if _echoes_another(item, errand):
        return unreadable(CREATE, answer, "echo.other_sku")
    listing = listing_of(item, {"sku": errand.sku, MEMORY: errand.sent_of_item()})
    return (yield from _finish(errand, item, listing, fresh=True))


def _post(errand: Errand) -> Conversation[Response | Postponed]:
    return (yield from ask(Request("POST", "/items", CREATE, json=errand.item, changes=True)))


def asks_for_other_model(answer: Response) -> bool:
    """True for a refusal that is about nothing but the name's field: `title` or `family_name`."""
    if answer.status != 400:
        return False
    outcome = classify(CREATE, answer)
    if not isinstance(outcome, Rejected):
        return False
    about = {problem.subject for problem in outcome.problems if problem.kind is ProblemClass.PAYLOAD_INVALID}
    return bool(about) and about <= MODEL_FIELDS


def _not_created(errand: Errand, outcome: Outcome) -> Conversation[Outcome]:
    """A refusal as duplicate may mean that the listing is ours: then it is taken over, once."""
    if not isinstance(outcome, Rejected) or not DUPLICATES & {problem.kind for problem in outcome.problems}:
        return outcome
    found = yield from find(errand.user_id, errand.sku)
    if isinstance(found, Postponed):
        return found
    return (yield from _adopt(errand, found)) if isinstance(found, Found) and found.items else outcome


def _adopt(errand: Errand, found: Found, uncertain_seconds: float | None = None) -> Conversation[Outcome]:
    """Take over a listing that has our SKU, and bring it to the offer; in doubt, end those beside it."""
    item = chosen(found.items, errand.item.get("listing_type_id"))
    outcome = yield from _update(errand, listing_of(item, {"sku": errand.sku}), item)
    if uncertain_seconds is None or len(found.items) == 1 or isinstance(outcome, Postponed | Blocked):
        return outcome
    return (yield from _only(errand, found, outcome, uncertain_seconds))


def _update(
    errand: Errand, listing: Listing, current: dict[str, JSON] | None = None, *, restated: bool = False
) -> Conversation[Outcome]:
    change = yield from changed_fields(errand, listing, current)
    if not isinstance(change, Change):
        return keeping(change, listing, stored=errand.stored)
    change, answer = yield from say(change, listing, errand)
    if isinstance(answer, Postponed):
        return keeping(answer, listing, stored=errand.stored)
    item = item_of(answer.json()) if 200 <= answer.status < 300 else None
    if item is None:
        return (yield from _not_updated(errand, listing, classify("PUT /items/{id}", answer)))
    mismatch = _mismatch(item, listing, errand, answer)
    if mismatch is not None:
        return mismatch
    updated = remembered(errand, listing, item, change)
    outcome = yield from _finish(errand, item, updated, fresh=False, followed=restated)
    return with_warnings(outcome, change.warnings)


def _mismatch(item: dict[str, JSON], listing: Listing, errand: Errand, answer: Response) -> Outcome | None:
    if item["id"] != listing.id:
        params = {"listing": listing.id, "other": item["id"]}
        problem = Problem(ProblemClass.DUPLICATE, Stage.SEND, item["id"], "listing.other_id", params=params)
        return Rejected((problem,), listing)
    if _echoes_another(item, errand):
        return keeping(unreadable("PUT /items/{id}", answer, "echo.other_sku"), listing, stored=errand.stored)
    return None


def _echoes_another(item: dict[str, JSON], errand: Errand) -> bool:
    """True when the answer is about another SKU: it cannot be the answer to our request."""
    echoed = seller_sku(item)
    return bool(echoed) and echoed != errand.sku


def _not_updated(errand: Errand, listing: Listing, outcome: Outcome) -> Conversation[Outcome]:
    """Keep the listing; a moderated one is asked for its reasons."""
    if isinstance(outcome, Rejected) and any(
        problem.kind is ProblemClass.POLICY_MODERATION for problem in outcome.problems
    ):
        reasons = yield from why_moderated(listing.id)
        return Rejected((*reasons, *outcome.problems), listing)
    return keeping(outcome, listing, stored=errand.stored)


def _finish(
    errand: Errand, item: dict[str, JSON], listing: Listing, *, fresh: bool, followed: bool = False
) -> Conversation[Outcome]:
    """After the item: put back on sale what we paused, send the description, tell how the listing stands."""
    resumed = yield from resume(errand, item, listing)
    if not isinstance(resumed, tuple):
        return keeping(resumed, listing, stored=errand.stored)
    item, listing = resumed
    described = yield from describe(errand, listing, fresh=fresh)
    if not isinstance(described, tuple):
        return described
    listing, warnings = described
    outcome: Outcome = yield from judge(item, listing)
    if isinstance(outcome, Accepted):
        outcome = yield from _compared(errand, item, outcome, fresh=fresh, followed=followed)
    return with_warnings(outcome, warnings)


def _compared(
    errand: Errand, item: dict[str, JSON], accepted: Accepted, *, fresh: bool, followed: bool
) -> Conversation[Outcome]:
    """Warn of what the listing has otherwise than the offer; its type is brought to the mapping's first."""
    listing = accepted.listing
    assert listing is not None
    retyped = yield from retype(errand, item, listing)
    if not isinstance(retyped, tuple):
        return retyped
    listing, kept = retyped
    follow_in = FOLLOW_AFTER_CREATE_SECONDS if fresh or followed else None
    return Accepted(listing, (*accepted.warnings, *differences(errand, item), *kept), follow_in)


def judge(item: dict[str, JSON], listing: Listing) -> Conversation[Standing]:
    """Say how a listing stands; of a moderated one, with the marketplace's own reasons."""
    outcome = standing(item, listing)
    if isinstance(outcome, Rejected) and is_moderated(item):
        reasons = yield from why_moderated(listing.id)
        if any(reason.blocking for reason in reasons):
            return Rejected(reasons, listing)
        return Rejected((*outcome.problems, *reasons), listing)
    if isinstance(outcome, Accepted) and is_warned(item):
        reasons = yield from why_moderated(listing.id)
        return Accepted(listing, (*outcome.warnings, *(reason.as_warning() for reason in reasons)))
    return outcome
