"""Mirakl: one connector for the marketplaces of many operators (Leroy Merlin, Carrefour ...).

A product goes there in two steps: its data by a file that the operator's people look at, then its offer. `catalogue`
and `learning` know what an operator asks for; `filling`, `offering` and `checks` are pure; `sending`, `following` and
`offers` are conversations, made of `orders` and looks (`product_look`, `offer_look`); `together` asks once for many
SKUs; `answers`, `imports` and `reports` say what came back, `problems` by the table in errors.toml. Where a product
stands is kept in `standing`.
"""

from __future__ import annotations

from collections.abc import Mapping

from ponte.connectors.mirakl import answers, checks, following, learning, offering, offers, sending, sheets
from ponte.connectors.mirakl.catalogue import CATALOGUE, NEEDED
from ponte.connectors.mirakl.manifest import MANIFEST, VERBS
from ponte.connectors.mirakl.problems import RULEBOOK
from ponte.connectors.mirakl.together import together
from ponte.domain.connector import Manifest, Refusal, Rules
from ponte.domain.message import JSON, Answer, Conversation, Request, Response
from ponte.domain.offer import Offer
from ponte.domain.outcome import Blocked, Link, Listing, Outcome, Postponed, Tokens
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.domain.sheet import Sheet, Suggestion
from ponte.domain.sku import Sku


class Mirakl:
    """The port filled; the work is done in the modules beside this one."""

    manifest: Manifest = MANIFEST

    def needs(self, sku: Sku, rules: Rules) -> tuple[str, ...]:  # noqa: ARG002 -- the port's signature
        return NEEDED

    def learn(self, key: str, rules: Rules) -> Conversation[JSON | Postponed | Blocked]:
        return learning.learn(key, rules)

    def check(self, sku: Sku, rules: Rules) -> tuple[Problem, ...]:
        return checks.problems(offering.draft_of(sku, rules))

    def map(self, sku: Sku, rules: Rules) -> Offer:
        return offering.offered(offering.draft_of(sku, rules))

    def send(self, offer: Offer, link: Link, rules: Rules) -> Conversation[Outcome]:
        return sending.send(offer, link, rules)

    def withdraw(self, link: Link, rules: Rules) -> Conversation[Outcome]:
        return offers.withdraw(link, rules)

    def end(self, link: Link, rules: Rules) -> Conversation[Outcome]:
        return offers.end(link, rules)

    def find(self, sku: str, rules: Rules) -> Conversation[tuple[Listing, ...] | Postponed | Blocked]:
        return offers.find(sku, rules)

    def follow(self, link: Link, rules: Rules) -> Conversation[Outcome]:
        return following.follow(link, rules)

    def together(
        self, topic: str, requests: Mapping[str, Request], rules: Rules
    ) -> Conversation[Mapping[str, Answer]]:
        return together(topic, requests, rules)

    def suggest(self, words: str, rules: Rules) -> Conversation[tuple[Suggestion, ...] | Postponed | Blocked]:
        return sheets.suggest(words, rules)

    def sheet_key(self, category: str) -> str:  # noqa: ARG002 -- one answer tells of all categories
        return CATALOGUE

    def sheet(self, category: str, fact: JSON) -> Sheet | None:
        return sheets.sheet(category, fact)

    def refresh(self, rules: Rules) -> Conversation[Tokens | Postponed | Blocked]:  # noqa: ARG002 -- the port's signature
        """Say that there is nothing to refresh: a key lives until the seller makes another."""
        yield from ()
        return Blocked(Problem(ProblemClass.AUTH_INVALID, Stage.SEND))

    def probe(self, rules: Rules) -> Conversation[Outcome]:
        return learning.probe(rules)

    def classify(self, endpoint: str, response: Response) -> Outcome:
        return answers.classify(endpoint, response)

    def is_expired_token(self, request: Request, response: Response) -> bool:  # noqa: ARG002 -- the port's signature
        return False

    def refusals(self) -> tuple[Refusal, ...]:
        return RULEBOOK.refusals()

    def verbs(self) -> Mapping[str, str]:
        return VERBS
