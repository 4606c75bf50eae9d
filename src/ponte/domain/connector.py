"""What a connector is: the port that every marketplace's code fills, ours and third parties' alike.

A connector does no I/O. `check` and `map` are pure; the rest are conversations: generators that yield `Request`,
receive `Answer`, and return a value. Connectors are found by the entry point group `ponte.connectors`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from ponte.domain.mapping import Mapping as ChannelMapping
from ponte.domain.message import JSON, Answer, Conversation, Request, Response
from ponte.domain.offer import Offer
from ponte.domain.outcome import Blocked, Link, Listing, Outcome, Postponed, Tokens
from ponte.domain.problem import Problem, ProblemClass
from ponte.domain.sheet import Sheet, Suggestion
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
class Rate:
    """How often one endpoint may be asked: `burst` at once, then one each `every_seconds`.

    A long one (more than ten seconds) is a window: kept in the database, so that restarts and other workers know it.
    """

    every_seconds: float
    burst: int = 1


@dataclass(frozen=True, slots=True)
class Limits:
    """How hard the marketplace may be asked, and how slow its search is."""

    requests_per_second: float = 5.0
    burst: int = 10
    concurrency: int = 20
    search_lag_seconds: float = 20.0
    """After a create whose answer was lost, a search by SKU may miss the new listing for this long."""
    rates: Mapping[str, Rate] = field(default_factory=dict)
    """By endpoint ("PUT /items/{sku}"), beside the pace of the whole channel."""
    rate_header: str = ""
    """The answers' header (small letters) that says how often a second their endpoint may be asked: of `rates`."""
    gather: int = 0
    """How many SKUs at most go into one request of `Gathers.together`; 0 for a connector that does not gather."""
    gather_seconds: float = 1.0
    """A gathered request leaves when nobody has joined for so long."""
    batch: str = ""
    """The endpoint whose window people wait for, of `rates`: the screen says when the next batch leaves."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A known operator of a platform: what the connection form is filled with ("Carrefour" of Mirakl)."""

    code: str
    name: str
    base_url: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One line of the documentation's table: which field of VTEX becomes which field there, and by what rule."""

    vtex: str
    marketplace: str
    required: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One line of the table of refusals: what the marketplace says and the class it means."""

    code: str
    kind: ProblemClass
    subject: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """How a marketplace signs what it posts: HMAC-SHA256 over "{timestamp}.{body}" (or the body alone), in hex."""

    header: str
    secret: str
    """The name of the secret setting that holds the key."""
    prefix: str = ""
    timestamp_header: str = ""
    max_age_seconds: float = 300.0


@dataclass(frozen=True, slots=True)
class Return:
    """With "oauth": what the marketplace's page sends the person back with."""

    code: str = "code"
    """The parameter that holds the code to exchange."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Parameters that fill a setting ({"selling_partner_id": "seller_id"}) where the channel has none yet."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """Who a connector is and what it can do."""

    code: str
    name: str
    base_url: str
    """Where its requests go unless the channel says otherwise."""
    kinds: frozenset[str] = frozenset({"product"})
    capabilities: frozenset[str] = frozenset()
    """Of: "oauth", "follows", "withdraws", "learns", "ends", "finds", "gathers", "suggests", "sheets", "hears",
    "previews"."""
    settings: tuple[Setting, ...] = ()
    limits: Limits = Limits()
    contract_version: int = CONTRACT_VERSION
    token_header: str = "Authorization"  # noqa: S105 -- the header's name
    token_prefix: str = "Bearer "  # noqa: S105 -- the scheme's name
    token_secret: str = "access_token"  # noqa: S105 -- the secret's name
    short: str = ""
    """Two letters for the channel's badge."""
    hosts: Mapping[str, str] = field(default_factory=dict)
    """Further addresses of the marketplace by name ("login"); a channel's setting "host_login" takes its place."""
    beta: bool = False
    """Made from documents, not yet proved with a real account."""
    presets: tuple[Preset, ...] = ()
    fields: tuple[FieldLine, ...] = ()
    signature: Signature | None = None
    """With "hears": how posts are signed; None when the marketplace does not sign."""
    comes_back: Return = Return()


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


@runtime_checkable
class Documents(Protocol):
    """A connector that can say which refusals it knows."""

    def refusals(self) -> tuple[Refusal, ...]:
        """Return the table of known refusals, for the documentation and the inbox of codes without a rule."""
        ...


@runtime_checkable
class Ends(Protocol):
    """The ability "ends"."""

    def end(self, link: Link, rules: Rules) -> Conversation[Outcome]:
        """End the listing for good: `send` would make a new one. `Accepted(None)` when it is gone, also if it was."""
        ...


@runtime_checkable
class Finds(Protocol):
    """The ability "finds"."""

    def find(self, sku: str, rules: Rules) -> Conversation[tuple[Listing, ...] | Postponed | Blocked]:
        """Return the listings that the marketplace keeps under the seller's SKU; changes nothing."""
        ...


@runtime_checkable
class Gathers(Protocol):
    """The ability "gathers": one request for many SKUs."""

    def together(
        self, topic: str, requests: Mapping[str, Request], rules: Rules
    ) -> Conversation[Mapping[str, Answer]]:
        """Ask at once for what the conversations of several SKUs yielded under one topic.

        `requests` by SKU. The result has each SKU's own part of the answer: a small JSON of its own, or the same
        trouble for all. The part is classified by the endpoint of the SKU's request.
        """
        ...


@runtime_checkable
class Previews(Protocol):
    """The ability "previews": the marketplace's own verdict on an offer, beforehand."""

    def preview(self, offer: Offer, rules: Rules) -> Conversation[Outcome]:
        """Ask what a create of the offer would be answered, and change nothing: `Accepted(None)` when it is good."""
        ...


@runtime_checkable
class Suggests(Protocol):
    """The ability "suggests": categories for a SKU or for words."""

    def suggest(self, words: str, rules: Rules) -> Conversation[tuple[Suggestion, ...] | Postponed | Blocked]:
        """Return the marketplace's categories that suit a title or words, the best first."""
        ...


@runtime_checkable
class Sheets(Protocol):
    """The ability "sheets": what a category asks for, in one shape for all marketplaces."""

    def sheet_key(self, category: str) -> str:
        """Return the key of the fact that `learn` brings for a category."""
        ...

    def sheet(self, category: str, fact: JSON) -> Sheet | None:
        """Read a fact as a sheet. Pure."""
        ...


@runtime_checkable
class Hears(Protocol):
    """The ability "hears": the marketplace posts when something changed."""

    def heard(self, body: bytes) -> tuple[str, ...]:
        """Return the seller's SKUs (or listing ids, as "listing:ID") that a post is about; () for nonsense. Pure."""
        ...
