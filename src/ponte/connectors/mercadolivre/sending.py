"""Sending: create, or update what stands. A listing is never made twice.

Mercado Livre knows no idempotency key. So a create whose answer was lost is looked up by SKU first; the search lags
behind, so before that lag is over "not found" proves nothing and nothing is created.
"""

from __future__ import annotations

from ponte.connectors.mercadolivre import shape
from ponte.connectors.mercadolivre.answers import classify, unreadable
from ponte.connectors.mercadolivre.asking import find, why_moderated
from ponte.connectors.mercadolivre.describing import describe
from ponte.connectors.mercadolivre.errand import (
    MEMORY,
    Errand,
    errand_of,
    keeping,
    named,
    sent_before,
    with_warnings,
)
from ponte.connectors.mercadolivre.standing import (
    FOLLOW_AFTER_CREATE_SECONDS,
    Standing,
    is_moderated,
    item_of,
    listing_of,
    seller_sku,
    standing,
)
from ponte.connectors.mercadolivre.updating import changed_fields, put, resume
from ponte.connectors.transport import ask
from ponte.domain.connector import Rules
from ponte.domain.message import JSON, Conversation, Request, Response
from ponte.domain.offer import Offer
from ponte.domain.outcome import Accepted, Blocked, Link, Listing, Outcome, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Severity, Stage

CREATE = "POST /items"
DUPLICATES = frozenset({ProblemClass.DUPLICATE, ProblemClass.DUPLICATE_IDENTIFIER})
MODEL_FIELDS = frozenset({"title", "family_name"})


def send(offer: Offer, link: Link, rules: Rules) -> Conversation[Outcome]:
    """Create or update, and say how it ended."""
    errand = errand_of(offer, rules, stored=link.listing is not None)
    if link.listing is not None:
        outcome = yield from _update(errand, link.listing)
    elif link.uncertain_seconds is not None:
        outcome = yield from _create_if_missing(errand, link.uncertain_seconds)
    else:
        outcome = yield from _create(errand)
    return named(outcome, errand)


def _create_if_missing(errand: Errand, uncertain_seconds: float) -> Conversation[Outcome]:
    found = yield from find(errand.user_id, errand.sku)
    if isinstance(found, dict):
        return (yield from _adopt(errand, found))
    if found is not None:
        return _still_unknown(found)
    remaining = errand.lag_seconds - uncertain_seconds
    if remaining > 0:
        # The doubt of the earlier try lives on: `unknown` keeps it, although this try changed nothing.
        problem = Problem(ProblemClass.NETWORK, Stage.SEND, CREATE, "create.unconfirmed")
        return Postponed(problem, remaining, unknown=True)
    return (yield from _create(errand))


def _still_unknown(outcome: Outcome) -> Outcome:
    """Keep the doubt through whatever hindered the look-up. `Blocked` cannot carry it, so it is `Postponed` too."""
    match outcome:
        case Postponed(problem, retry_in):
            return Postponed(problem, retry_in, unknown=True)
        case Blocked(problem):
            return Postponed(problem, unknown=True)
        case _:
            return outcome


def _create(errand: Errand) -> Conversation[Outcome]:
    answer = yield from _post(errand)
    if isinstance(answer, Response) and _asks_for_other_model(answer):
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


def _asks_for_other_model(answer: Response) -> bool:
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
    return (yield from _adopt(errand, found)) if isinstance(found, dict) else outcome


def _adopt(errand: Errand, item: dict[str, JSON]) -> Conversation[Outcome]:
    """Take over a listing that has our SKU, and bring it to the offer."""
    return (yield from _update(errand, listing_of(item, {"sku": errand.sku}), item))


def _update(errand: Errand, listing: Listing, current: dict[str, JSON] | None = None) -> Conversation[Outcome]:
    fields = yield from changed_fields(errand, listing, current)
    if not isinstance(fields, tuple):
        return keeping(fields, listing, stored=errand.stored)
    body, warnings = fields
    answer = yield from put(listing.id, body)
    if isinstance(answer, Postponed):
        return keeping(answer, listing, stored=errand.stored)
    item = item_of(answer.json()) if 200 <= answer.status < 300 else None
    if item is None:
        return (yield from _not_updated(errand, listing, classify("PUT /items/{id}", answer)))
    mismatch = _mismatch(item, listing, errand, answer)
    if mismatch is not None:
        return mismatch
    sent = {**sent_before(listing), **errand.sent_of_item()}
    if "title" in errand.item and "title" not in body:
        sent = {**sent, "title": sent_before(listing).get("title")}
    updated = listing_of(item, {**listing.memory, "sku": errand.sku, MEMORY: sent})
    outcome = yield from _finish(errand, item, updated, fresh=False)
    return with_warnings(outcome, warnings)


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


def _finish(errand: Errand, item: dict[str, JSON], listing: Listing, *, fresh: bool) -> Conversation[Outcome]:
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
    follow_in = FOLLOW_AFTER_CREATE_SECONDS if fresh else None
    if isinstance(outcome, Accepted):
        outcome = Accepted(outcome.listing, (*outcome.warnings, *_price_changed(errand, item)), follow_in)
    return with_warnings(outcome, warnings)


def judge(item: dict[str, JSON], listing: Listing) -> Conversation[Standing]:
    """Say how a listing stands; of a moderated one, with the marketplace's own reasons."""
    outcome = standing(item, listing)
    if isinstance(outcome, Rejected) and is_moderated(item):
        reasons = yield from why_moderated(listing.id)
        if any(reason.blocking for reason in reasons):
            return Rejected(reasons, listing)
        return Rejected((*outcome.problems, *reasons), listing)
    return outcome


def _price_changed(errand: Errand, item: dict[str, JSON]) -> tuple[Problem, ...]:
    """Warn when the listing has another price than the one sent (a promotion, an automation over there)."""
    sent, stands = shape.number(errand.item.get("price")), shape.number(item.get("price"))
    if sent is None or stands is None or abs(sent - stands) < 0.005:
        return ()
    params = {"value": f"{sent:.2f}", "found": f"{stands:.2f}"}
    return (
        Problem(
            ProblemClass.PRICE_INVALID,
            Stage.MARKETPLACE,
            "price",
            "price.differs",
            severity=Severity.WARNING,
            params=params,
        ),
    )
