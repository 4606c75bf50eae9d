"""What a connector is: the port that every marketplace's code fills, ours and third parties' alike.

A connector does no I/O. `check` and `map` are pure; the rest are conversations: generators that yield `Request`,
receive `Answer`, and return a value. Connectors are found by the entry point group `ponte.connectors`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from ponte.domain.mapping import Mapping as ChannelMapping
from ponte.domain.message import JSON, Conversation, Request, Response
from ponte.domain.offer import Offer
from ponte.domain.outcome import Blocked, Link, Outcome, Postponed, Tokens
from ponte.domain.problem import Problem
from ponte.domain.sku import Sku

CONTRACT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Setting:
    """One field of the connection form. Secrets are encrypted at rest and never handed to the connector."""

    name: str
    label: Mapping[str, str]
    """The label by language: pt-BR, en, es."""
    secret: bool = False
    required: bool = True
    default: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """How hard the marketplace may be asked, and how slow its search is."""

    requests_per_second: float = 5.0
    burst: int = 10
    concurrency: int = 20
    search_lag_seconds: float = 20.0
    """After a create whose answer was lost, a search by SKU may miss the new listing for this long."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """Who a connector is and what it can do."""

    code: str
    name: str
    base_url: str
    """Where its requests go unless the channel says otherwise."""
    kinds: frozenset[str] = frozenset({"product"})
    capabilities: frozenset[str] = frozenset()
    """Of: "oauth", "follows", "withdraws", "learns"."""
    settings: tuple[Setting, ...] = ()
    limits: Limits = Limits()
    contract_version: int = CONTRACT_VERSION
    token_header: str = "Authorization"  # noqa: S105 -- the header's name
    token_prefix: str = "Bearer "  # noqa: S105 -- the scheme's name
    token_secret: str = "access_token"  # noqa: S105 -- the secret's name
    short: str = ""
    """Two letters for the channel's badge."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a channel says about how to offer: its mapping, its open settings, and facts learnt from the marketplace.

    `facts` holds what `learn` returned, by key ("account", "category/MLB1676").
    """

    mapping: ChannelMapping
    settings: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, JSON] = field(default_factory=dict)


@runtime_checkable
class Connector(Protocol):
    """One marketplace's API. Instances hold no state: one serves every channel of its kind."""

    manifest: Manifest

    def needs(self, sku: Sku, rules: Rules) -> tuple[str, ...]:
        """Return the keys of the facts that `check` and `map` need for this SKU. Pure."""
        ...

    def learn(self, key: str, rules: Rules) -> Conversation[JSON | Postponed | Blocked]:
        """Ask the marketplace for one fact. The result is kept for a day and handed back in `rules.facts`.

        A fact that does not exist there (an unknown category) is the JSON value None.
        """
        ...

    def check(self, sku: Sku, rules: Rules) -> tuple[Problem, ...]:
        """Return everything that would make the marketplace refuse this SKU, and warnings. Pure; all at once."""
        ...

    def map(self, sku: Sku, rules: Rules) -> Offer:
        """Return the offer. Pure. Called also for a SKU with problems, for the dry run: never raises."""
        ...

    def send(self, offer: Offer, link: Link, rules: Rules) -> Conversation[Outcome]:
        """Create or update the listing. With `link.uncertain_seconds`, look the SKU up before creating.

        With a `link.listing` too, update it, then look for one that was made beside it since the doubt began, and end
        that: one listing of a SKU stands. While the search may miss it, the outcome is `Postponed` and `unknown`.
        """
        ...

    def withdraw(self, link: Link, rules: Rules) -> Conversation[Outcome]:
        """Take the listing off sale (pause); it can come back by `send`."""
        ...

    def follow(self, link: Link, rules: Rules) -> Conversation[Outcome]:
        """Look at what became of a listing that was sent: still pending, accepted, or refused late."""
        ...

    def refresh(self, rules: Rules) -> Conversation[Tokens | Postponed | Blocked]:
        """Get new tokens. Uses `Secret` placeholders; called by one runner at a time per channel."""
        ...

    def probe(self, rules: Rules) -> Conversation[Outcome]:
        """Make the cheapest authorized call, for "test connection" and the breaker's probe."""
        ...

    def classify(self, endpoint: str, response: Response) -> Outcome:
        """Say what one recorded answer means. Pure; never raises, whatever the bytes are."""
        ...

    def is_expired_token(self, request: Request, response: Response) -> bool:
        """True when a refresh of the token and one repeat may cure this answer."""
        ...

    def verbs(self) -> Mapping[str, str]:
        """Return deep links by name with {listing}, {category} placeholders ("listing", "category")."""
        ...
