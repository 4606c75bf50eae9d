"""Magalu (Magazine Luiza, Seller Open API): made from documents, not yet proved with a real account (beta).

`names` holds every name of the contract. `facts` learns account and category, `draft` and `checks` are pure,
`sending`, `paying`, `following`, `pausing`, `asking` and `oauth` are conversations, `answers` and `traces` say what
an answer means by the table in errors.toml.
"""

from __future__ import annotations

from collections.abc import Mapping

from ponte.connectors.magalu import answers, asking, checks, draft, facts, following, hearing, oauth, pausing, sending
from ponte.connectors.magalu.errors import RULEBOOK
from ponte.connectors.magalu.manifest import MANIFEST, VERBS
from ponte.domain.connector import Manifest, Refusal, Rules
from ponte.domain.message import JSON, Conversation, Request, Response, Secret
from ponte.domain.offer import Offer
from ponte.domain.outcome import Blocked, Link, Listing, Outcome, Postponed, Tokens
from ponte.domain.problem import Problem
from ponte.domain.sheet import Sheet, Suggestion
from ponte.domain.sku import Sku


class Magalu:
    """The port filled; the work is done in the modules beside this one."""

    manifest: Manifest = MANIFEST

    def needs(self, sku: Sku, rules: Rules) -> tuple[str, ...]:
        return facts.needs(sku, rules)

    def learn(self, key: str, rules: Rules) -> Conversation[JSON | Postponed | Blocked]:
        return asking.learn(key, rules)

    def check(self, sku: Sku, rules: Rules) -> tuple[Problem, ...]:
        return checks.problems(draft.draft_of(sku, rules))

    def map(self, sku: Sku, rules: Rules) -> Offer:
        return draft.offered(draft.draft_of(sku, rules))

    def send(self, offer: Offer, link: Link, rules: Rules) -> Conversation[Outcome]:
        return sending.send(offer, link, rules)

    def withdraw(self, link: Link, rules: Rules) -> Conversation[Outcome]:
        return pausing.withdraw(link, rules)

    def end(self, link: Link, rules: Rules) -> Conversation[Outcome]:
        return pausing.end(link, rules)

    def follow(self, link: Link, rules: Rules) -> Conversation[Outcome]:
        return following.follow(link, rules)

    def find(self, sku: str, rules: Rules) -> Conversation[tuple[Listing, ...] | Postponed | Blocked]:
        return asking.find(sku, rules)

    def suggest(self, words: str, rules: Rules) -> Conversation[tuple[Suggestion, ...] | Postponed | Blocked]:
        return asking.suggest(words, rules)

    def sheet_key(self, category: str) -> str:
        return facts.CATEGORY_PREFIX + category

    def sheet(self, category: str, fact: JSON) -> Sheet | None:
        return facts.sheet(category, fact)

    def heard(self, body: bytes) -> tuple[str, ...]:
        return hearing.heard(body)

    def refresh(self, rules: Rules) -> Conversation[Tokens | Postponed | Blocked]:
        return oauth.refresh(rules)

    def authorize_url(self, rules: Rules, *, redirect_uri: str, state: str, code_challenge: str = "") -> str:  # noqa: ARG002 -- the port's signature; ID Magalu documents no PKCE
        """Return the page of the first connection."""
        return oauth.authorize_url(rules, redirect_uri=redirect_uri, state=state)

    def exchange(
        self,
        rules: Rules,
        code: str | Secret,
        *,
        redirect_uri: str,
        code_verifier: str | Secret = "",  # noqa: ARG002 -- likewise
    ) -> Conversation[Tokens | Postponed | Blocked]:
        """Turn the code that the first connection brought back into tokens."""
        return oauth.exchange(rules, code, redirect_uri=redirect_uri)

    def probe(self, rules: Rules) -> Conversation[Outcome]:
        return asking.probe(rules)

    def classify(self, endpoint: str, response: Response) -> Outcome:
        return answers.waits_for_its_trace(endpoint, response) or answers.classify(endpoint, response)

    def is_expired_token(self, request: Request, response: Response) -> bool:
        return request.authorized and answers.is_expired_token(response)

    def refusals(self) -> tuple[Refusal, ...]:
        """Return the table of known refusals."""
        return RULEBOOK.refusals()

    def verbs(self) -> Mapping[str, str]:
        return VERBS
