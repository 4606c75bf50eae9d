"""One offer on its way, and what is said when something stood in it."""

from __future__ import annotations

from dataclasses import dataclass

from ponte.connectors import shape
from ponte.connectors.magalu import names
from ponte.connectors.magalu.answers import waiting
from ponte.connectors.magalu.facts import account_of
from ponte.connectors.magalu.memory import PRICE, STOCK, Memory, digest
from ponte.domain.connector import Rules
from ponte.domain.message import JSON
from ponte.domain.offer import Offer
from ponte.domain.outcome import Blocked, Listing, Outcome, Pending, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Stage

LOOK_STEPS = (2.0, 5.0, 15.0, 60.0)
"""Seconds between the looks after something was taken; after that, one every quarter of an hour."""
LONG_STEP = 900.0


@dataclass(frozen=True, slots=True)
class Errand:
    """One offer: the SKU's body, price and stock."""

    sku: str
    body: dict[str, JSON]
    parts: dict[str, JSON]
    tenant: str

    def unsaid(self, memory: Memory) -> dict[str, JSON]:
        """Return price and stock as far as they differ from what was accepted last."""
        return {part: body for part, body in self.parts.items() if memory.sent.get(part) != digest(body)}


def errand_of(offer: Offer, rules: Rules) -> Errand:
    body = shape.table(offer.payload.get("sku"))
    parts = {part: offer.payload.get(part) for part in (PRICE, STOCK)}
    told = {part: one for part, one in parts.items() if isinstance(one, dict)}
    return Errand(shape.text(body.get(names.SKU)), body, told, account_of(rules).tenant)


def step(looks: int) -> float:
    return LOOK_STEPS[looks] if looks < len(LOOK_STEPS) else LONG_STEP


def on_its_way(listing: Listing, memory: Memory) -> Pending:
    """Return "taken, look again soon"."""
    return Pending(memory.in_listing(listing), waiting("taken"), step(memory.looks))


def keeping(outcome: Outcome, listing: Listing, memory: Memory) -> Outcome:
    """Return what hindered a step, with the listing as it is remembered by now.

    `Blocked` carries no listing: what it would lose is only asked again, for the SKU's code is the key over there.
    """
    match outcome:
        case Postponed(problem, retry_in, unknown, None):
            return Postponed(problem, retry_in, unknown, memory.in_listing(listing))
        case Rejected(problems, None):
            return Rejected(problems, memory.in_listing(listing))
        case Blocked() | _:
            return outcome


def conflict(code: str) -> Problem:
    return Problem(ProblemClass.STATE_CONFLICT, Stage.MARKETPLACE, names.STATUS, code)
