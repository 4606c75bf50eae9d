"""Looking after a product on its way: product file, then offer, then on sale."""

from __future__ import annotations

from dataclasses import replace

from ponte.connectors import shape
from ponte.connectors.mirakl.offer_look import look_at_offer
from ponte.connectors.mirakl.offers import own_offer
from ponte.connectors.mirakl.orders import Step, exists, keeping, send_offer, send_row
from ponte.connectors.mirakl.problems import hidden, reading_of
from ponte.connectors.mirakl.product_look import look_at_product, taken
from ponte.connectors.mirakl.standing import Standing, digest, standing_of
from ponte.domain.connector import Rules
from ponte.domain.message import JSON, Conversation
from ponte.domain.outcome import Accepted, Blocked, Link, Listing, Outcome, Pending, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Severity, Stage, headline_first

LIVE = "live"
SOME_WAIT = "offer.lines_in_pending"


def follow(link: Link, rules: Rules) -> Conversation[Outcome]:
    """Look at what is on its way, and bring it on: product, then offer, then on sale."""
    if link.listing is None:
        return Accepted(None)
    return (yield from go_on(standing_of(link.listing), rules))


def go_on(standing: Standing, rules: Rules) -> Conversation[Outcome]:
    """Look at each order that is on its way, and give the next one where one has ended."""
    sure = False
    if standing.offer_import:
        step = yield from look_at_offer(standing, rules)
        if isinstance(step, Pending) and step.problem.code == SOME_WAIT:
            return (yield from _perhaps_taken(standing, step, rules))
        sure = isinstance(step, Standing) and step.state == LIVE
        # A look at the product need not wait for the offer.
        if not isinstance(step, Standing) and not (isinstance(step, Pending) and standing.product_import):
            return keeping(step, standing)
        standing = step if isinstance(step, Standing) else standing
    if standing.product_import:
        step = yield from look_at_product(standing, rules)
        if not isinstance(step, Standing):
            return keeping(step, standing)
        standing = step
    if standing.unfinished:
        step = yield from _once_more(standing, rules)
        if not isinstance(step, Standing):
            return keeping(step, standing)
        standing = step
    return (yield from _offered(standing, rules, sure=sure))


def _offered(standing: Standing, rules: Rules, *, sure: bool) -> Conversation[Outcome]:
    """Send the offer that is due, or say how the product stands."""
    due = standing.known and standing.offer and standing.offer_digest != digest(standing.offer)
    if due and not standing.product_import:
        step = yield from send_offer(standing, rules)
        return pending(step) if isinstance(step, Standing) else keeping(step, standing)
    if standing.on_the_way:
        return pending(standing)
    return (yield from _ended(standing, rules, sure=sure))


def _once_more(standing: Standing, rules: Rules) -> Step:
    """Look whether the operator has the product meanwhile; tell its refusal again, or send a row that was lost."""
    if not standing.known:
        found = yield from exists(standing, rules)
        if not isinstance(found, bool):
            return found
        if found:
            return taken(standing)
    if standing.refused:
        return Rejected(headline_first(reading_of(rules).problems(standing.refused)), standing.listing())
    return (yield from send_row(standing, standing.row, rules))


def _perhaps_taken(standing: Standing, waits: Pending, rules: Rules) -> Conversation[Outcome]:
    """Some lines of the import wait for their products, and nobody says which: the offer itself tells."""
    own = yield from own_offer(standing, rules)
    if not isinstance(own, dict):
        return keeping(own, standing) if isinstance(own, Postponed | Blocked) else waits
    same = all(own.get(name) == standing.offer.get(name) for name in ("price", "quantity"))
    return _on_sale(replace(standing, offer_import="", waited=0.0), own, rules) if same else waits


def pending(standing: Standing) -> Pending:
    what = "product" if standing.product_import else "offer"
    longer, wait = standing.waiting(f"{what}/sent")
    return Pending(
        longer.listing(), Problem(ProblemClass.DEPENDENCY_PENDING, Stage.MARKETPLACE, what, f"{what}.sent"), wait
    )


def _ended(standing: Standing, rules: Rules, *, sure: bool) -> Conversation[Outcome]:
    """Nothing is on its way any more. What the offer's import did not tell for sure, the offer itself does."""
    if standing.ending:
        return Accepted(None)
    if sure:
        return Accepted(_known(standing), _warnings(standing, rules))
    own = yield from own_offer(standing, rules)
    return _on_sale(standing, own, rules) if isinstance(own, dict) else own


def _known(standing: Standing, state: str = LIVE) -> Listing:
    return replace(standing, state=state, warnings=()).listing()


def _warnings(standing: Standing, rules: Rules) -> tuple[Problem, ...]:
    found = reading_of(rules).problems(standing.warnings, severity=Severity.WARNING)
    return tuple(one.as_warning() for one in found)


def _on_sale(standing: Standing, row: dict[str, JSON], rules: Rules) -> Outcome:
    """Say how an offer stands: taken, and shown or not."""
    active = row.get("active") is not False
    if active or not (shape.whole(standing.offer.get("quantity")) or 0):
        return Accepted(_known(standing, LIVE if active else "paused"), _warnings(standing, rules))
    reasons = shape.texts(row.get("inactivity_reasons"))[:10]
    state = "/".join(("inactive", *reasons[:3]))[:100].casefold()
    return Accepted(_known(standing, state), (*hidden(row), *_warnings(standing, rules)))
