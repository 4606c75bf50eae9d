"""Mercado Livre (site MLB): listings of one account, made, changed, followed and ended.

`facts` learns account and category; `offering` and `checks` are pure, `sheets` reads a category for people. The
conversations: `sending`, `updating`, `surplus`, `following`, `asking`, `previewing`, `abilities`, `oauth`. `answers`
says what an answer means by the table in errors.toml.
"""

from __future__ import annotations

from collections.abc import Mapping

from ponte.connectors.mercadolivre import (
    abilities,
    answers,
    asking,
    checks,
    conditional,
    facts,
    following,
    hearing,
    oauth,
    offering,
    previewing,
    sending,
    sheets,
    surplus,
)
from ponte.connectors.mercadolivre.deciding import PREFIX
from ponte.connectors.mercadolivre.errors import RULEBOOK
from ponte.connectors.mercadolivre.manifest import MANIFEST, VERBS
from ponte.domain.connector import Manifest, Refusal, Rules
from ponte.domain.message import JSON, Conversation, Request, Response, Secret
from ponte.domain.offer import Offer
from ponte.domain.outcome import Blocked, Link, Listing, Outcome, Postponed, Tokens
from ponte.domain.problem import Problem
from ponte.domain.sheet import Sheet, Suggestion
from ponte.domain.sku import Sku


class MercadoLivre:
    """The port filled; the work is done in the modules beside this one."""

    manifest: Manifest = MANIFEST

    def needs(self, sku: Sku, rules: Rules) -> tuple[str, ...]:
        return (*facts.needs(sku, rules), *conditional.needs(sku, rules))

    def learn(self, key: str, rules: Rules) -> Conversation[JSON | Postponed | Blocked]:  # noqa: ARG002 -- the port's signature
        return conditional.learn(key) if key.startswith(PREFIX) else asking.learn(key)

    def check(self, sku: Sku, rules: Rules) -> tuple[Problem, ...]:
        return checks.problems(offering.draft_of(sku, rules))

    def map(self, sku: Sku, rules: Rules) -> Offer:
        return offering.offered(offering.draft_of(sku, rules))

    def send(self, offer: Offer, link: Link, rules: Rules) -> Conversation[Outcome]:
        return sending.send(offer, link, rules)

    def preview(self, offer: Offer, rules: Rules) -> Conversation[Outcome]:
        return previewing.preview(offer, rules)

    def withdraw(self, link: Link, rules: Rules) -> Conversation[Outcome]:
        return surplus.withdraw(link, rules)

    def end(self, link: Link, rules: Rules) -> Conversation[Outcome]:  # noqa: ARG002 -- the port's signature
        return abilities.end(link)

    def find(self, sku: str, rules: Rules) -> Conversation[tuple[Listing, ...] | Postponed | Blocked]:
        return abilities.find(sku, rules)

    def suggest(self, words: str, rules: Rules) -> Conversation[tuple[Suggestion, ...] | Postponed | Blocked]:  # noqa: ARG002 -- the port's signature
        return abilities.suggest(words)

    def sheet_key(self, category: str) -> str:
        return sheets.sheet_key(category)

    def sheet(self, category: str, fact: JSON) -> Sheet | None:
        return sheets.sheet(category, fact)

    def follow(self, link: Link, rules: Rules) -> Conversation[Outcome]:
        return following.follow(link, facts.account_of(rules).user_id)

    def heard(self, body: bytes) -> tuple[str, ...]:
        return hearing.heard(body)

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

    def probe(self, rules: Rules) -> Conversation[Outcome]:  # noqa: ARG002 -- the port's signature
        return asking.probe()

    def classify(self, endpoint: str, response: Response) -> Outcome:
        return answers.classify(endpoint, response)

    def is_expired_token(self, request: Request, response: Response) -> bool:
        return request.authorized and answers.is_expired_token(response)

    def refusals(self) -> tuple[Refusal, ...]:
        return RULEBOOK.refusals()

    def verbs(self) -> Mapping[str, str]:
        return VERBS
