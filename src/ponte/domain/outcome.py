"""How one try ended, as a connector says it. Expected trouble is one of these values, never an exception."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from ponte.domain.message import JSON
from ponte.domain.problem import Problem

WINDOW = "window"
"""The code of a problem that only says: this may be asked again at a later time."""
UNCONFIRMED = "create.unconfirmed"
"""The code of a problem that only says: what an earlier create made cannot be known yet."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What stands at the marketplace: its id, its page, its state there, and what the connector must remember."""

    id: str
    url: str = ""
    state: str = ""
    memory: Mapping[str, JSON] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    """What we know before a try.

    `listing` is the last known listing. `uncertain_seconds` is set when an earlier create may have been applied
    without our hearing of it: that many seconds have passed, and the marketplace must be asked before creating.
    With a `listing` too, that create may have made another one beside it: it is looked for, and closed.

    `restate`: what stands may be older than what was last accepted. Everything is said again, whatever the listing's
    memory holds.
    """

    listing: Listing | None = None
    uncertain_seconds: float | None = None
    restate: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """Stands at the marketplace. `follow_in` asks for a later look (moderation comes late), in seconds."""

    listing: Listing | None
    warnings: tuple[Problem, ...] = ()
    follow_in: float | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """Refused for good, until somebody changes something. `listing` is what stands there all the same, if known.

    `follow_in` asks for a later look at it, in seconds: it was taken off sale, and the marketplace answers later.
    """

    problems: tuple[Problem, ...]
    listing: Listing | None = None
    follow_in: float | None = None


@dataclass(frozen=True, slots=True)
class Postponed:
    """Not now; try again. `retry_in` is the wait the other side asked for, in seconds.

    `unknown`: the request may have been applied.
    """

    problem: Problem
    retry_in: float | None = None
    unknown: bool = False
    listing: Listing | None = None

    @property
    def by_window(self) -> bool:
        """True when nobody refused: the marketplace takes the next batch only then. No try is used up."""
        return self.problem.code == WINDOW and self.retry_in is not None

    @property
    def by_doubt(self) -> bool:
        """True when all was answered: it is tried again for the sake of an earlier create only."""
        return self.problem.code == UNCONFIRMED


@dataclass(frozen=True, slots=True)
class Pending:
    """Sent, and the marketplace answers later: look again in `check_in` seconds."""

    listing: Listing
    problem: Problem
    check_in: float


@dataclass(frozen=True, slots=True)
class Blocked:
    """The account, not the product: stop this channel until a person (or an event) clears it."""

    problem: Problem


Outcome: TypeAlias = Accepted | Rejected | Postponed | Pending | Blocked


@dataclass(frozen=True, slots=True)
class Tokens:
    """New credentials after a refresh: secrets by name, and how long the access token lives, in seconds."""

    secrets: Mapping[str, str]
    expires_in: float
    settings: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Tokens({sorted(self.secrets)}, expires_in={self.expires_in})"
