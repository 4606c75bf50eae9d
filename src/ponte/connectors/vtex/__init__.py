"""VTEX Marketplace: a VTEX store that sells what other VTEX stores have.

The marketplace is told that a SKU changed; one that it does not know is suggested, and its matcher or its people
decide. `drafting` is pure, `sending` and `standing` are conversations, `answers` says what an answer means by the
table in errors.toml.
"""

from __future__ import annotations

from collections.abc import Mapping

from ponte.connectors.vtex import answers, drafting, sending, standing
from ponte.connectors.vtex.calls import calls_of
from ponte.connectors.vtex.errors import RULEBOOK
from ponte.connectors.vtex.manifest import MANIFEST
from ponte.domain.connector import Manifest, Refusal, Rules
from ponte.domain.message import JSON, Conversation, Request, Response
from ponte.domain.offer import Offer
from ponte.domain.outcome import Blocked, Link, Listing, Outcome, Postponed, Tokens
from ponte.domain.problem import Problem
from ponte.domain.sku import Sku


class Vtex:
    """The port filled; the work is done in the modules beside this one."""

    manifest: Manifest = MANIFEST

    def needs(self, sku: Sku, rules: Rules) -> tuple[str, ...]:  # noqa: ARG002 -- the port's signature
        return ()

    def learn(self, key: str, rules: Rules) -> Conversation[JSON | Postponed | Blocked]:  # noqa: ARG002 -- the port's signature
        yield from ()
        return None

    def check(self, sku: Sku, rules: Rules) -> tuple[Problem, ...]:
        return drafting.problems(drafting.Draft(sku, rules))

    def map(self, sku: Sku, rules: Rules) -> Offer:
        return drafting.offered(drafting.Draft(sku, rules))

    def send(self, offer: Offer, link: Link, rules: Rules) -> Conversation[Outcome]:
        return sending.send(offer, link, rules)

    def withdraw(self, link: Link, rules: Rules) -> Conversation[Outcome]:
        return standing.withdraw(link, rules)

    def end(self, link: Link, rules: Rules) -> Conversation[Outcome]:
        return standing.end(link, rules)

    def follow(self, link: Link, rules: Rules) -> Conversation[Outcome]:
        return standing.follow(link, rules)

    def find(self, sku: str, rules: Rules) -> Conversation[tuple[Listing, ...] | Postponed | Blocked]:
        return standing.find(sku, rules)

    def refresh(self, rules: Rules) -> Conversation[Tokens | Postponed | Blocked]:  # noqa: ARG002 -- the port's signature
        """Ask nothing: keys do not expire, and a refused one needs a person."""
        yield from ()
        return sending.NOT_CONNECTED

    def probe(self, rules: Rules) -> Conversation[Outcome]:
        calls = calls_of(rules)
        if calls is None:
            return sending.NOT_CONNECTED
        return (yield from sending.told(calls.bindings()))

    def classify(self, endpoint: str, response: Response) -> Outcome:
        return answers.waits_for_the_matcher(endpoint, response) or answers.classify(endpoint, response)

    def is_expired_token(self, request: Request, response: Response) -> bool:  # noqa: ARG002 -- the port's signature
        return False

    def verbs(self) -> Mapping[str, str]:
        return {}

    def refusals(self) -> tuple[Refusal, ...]:
        return RULEBOOK.refusals()
