"""Amazon (Selling Partner API, Brazil first): one listing per SKU, by Amazon's product types.

`compact` and `vocabulary` keep and apply a product type's JSON schema, `definition` reads it, `shaping` brings texts
into its form. `family` holds a product's SKUs together. `basis`, `standard`, `filling`, `drafting`, `flaws`,
`checks`, `offering` and `sheets` are pure; `sending`, `following`, `asking` and `oauth` are conversations. `answers`
says what an answer means, by `standing` and by the table in errors.toml.
"""

from __future__ import annotations

from collections.abc import Mapping

from ponte.connectors.amazon import (
    answers,
    asking,
    checks,
    definition,
    drafting,
    errors,
    following,
    oauth,
    offering,
    sending,
    sheets,
)
from ponte.connectors.amazon.manifest import MANIFEST, VERBS
from ponte.domain.connector import Manifest, Refusal, Rules
from ponte.domain.message import JSON, Conversation, Request, Response, Secret
from ponte.domain.offer import Offer
from ponte.domain.outcome import Blocked, Link, Listing, Outcome, Postponed, Tokens
from ponte.domain.problem import Problem
from ponte.domain.sheet import Sheet, Suggestion
from ponte.domain.sku import Sku


class Amazon:
    """The port filled; the work is done in the modules beside this one."""

    manifest: Manifest = MANIFEST

    def needs(self, sku: Sku, rules: Rules) -> tuple[str, ...]:
        return definition.needs(sku, rules)

    def learn(self, key: str, rules: Rules) -> Conversation[JSON | Postponed | Blocked]:
        return asking.learn(key, rules)

    def check(self, sku: Sku, rules: Rules) -> tuple[Problem, ...]:
        return checks.problems(drafting.draft_of(sku, rules))

    def map(self, sku: Sku, rules: Rules) -> Offer:
        return offering.offered(drafting.draft_of(sku, rules))

    def send(self, offer: Offer, link: Link, rules: Rules) -> Conversation[Outcome]:
        return sending.send(offer, link, rules)

    def preview(self, offer: Offer, rules: Rules) -> Conversation[Outcome]:
        return sending.preview(offer, rules)

    def withdraw(self, link: Link, rules: Rules) -> Conversation[Outcome]:
        return sending.withdraw(link, rules)

    def end(self, link: Link, rules: Rules) -> Conversation[Outcome]:
        return sending.end(link, rules)

    def find(self, sku: str, rules: Rules) -> Conversation[tuple[Listing, ...] | Postponed | Blocked]:
        return asking.find(sku, rules)

    def suggest(self, words: str, rules: Rules) -> Conversation[tuple[Suggestion, ...] | Postponed | Blocked]:
        return asking.suggest(words, rules)

    def sheet_key(self, category: str) -> str:
        return definition.key_of(category)

    def sheet(self, category: str, fact: JSON) -> Sheet | None:
        return sheets.sheet(category, fact)

    def follow(self, link: Link, rules: Rules) -> Conversation[Outcome]:
        return following.follow(link, rules)

    def refresh(self, rules: Rules) -> Conversation[Tokens | Postponed | Blocked]:
        return oauth.refresh(rules)

    def authorize_url(self, rules: Rules, *, redirect_uri: str, state: str, code_challenge: str = "") -> str:
        """Return the page of the first connection."""
        return oauth.authorize_url(rules, redirect_uri=redirect_uri, state=state, code_challenge=code_challenge)

    def exchange(
        self, rules: Rules, code: str | Secret, *, redirect_uri: str, code_verifier: str | Secret = ""
    ) -> Conversation[Tokens | Postponed | Blocked]:
        """Turn the code that the first connection brought back into tokens."""
        return oauth.exchange(rules, code, redirect_uri=redirect_uri, code_verifier=code_verifier)

    def probe(self, rules: Rules) -> Conversation[Outcome]:
        return asking.probe(rules)

    def classify(self, endpoint: str, response: Response) -> Outcome:
        return answers.classify(endpoint, response)

    def is_expired_token(self, request: Request, response: Response) -> bool:
        return request.authorized and answers.is_expired_token(response)

    def refusals(self) -> tuple[Refusal, ...]:
        return errors.RULEBOOK.refusals()

    def verbs(self) -> Mapping[str, str]:
        return VERBS
