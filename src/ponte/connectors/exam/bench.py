"""What the examinations work with: the connector, its everyday situation, its conversations."""

from __future__ import annotations

import importlib
import json
import math
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Protocol, runtime_checkable

from ponte.connectors.exam.particulars import Particulars, read_particulars
from ponte.connectors.exam.recordings import Recording, read_recordings
from ponte.domain.connector import Connector, Ends, Finds, Previews, Rules, Suggests
from ponte.domain.message import JSON, Conversation, Secret
from ponte.domain.outcome import Accepted, Blocked, Link, Listing, Pending, Postponed, Rejected, Tokens
from ponte.domain.problem import Problem
from ponte.domain.sheet import Suggestion

OUTCOMES = (Accepted, Rejected, Postponed, Pending, Blocked)
NOT_YET = (Postponed, Blocked)
WORDS = "Caixa de som portátil"
HOME = "https://ponte.example/"
LONGEST_WAIT = 30 * 86_400.0
MOST_CODE, MOST_SUBJECT, MOST_MESSAGE = 500, 2_000, 10_000


@runtime_checkable
class Authorizes(Protocol):
    """With "oauth": the page that lets Ponte in, and the exchange of the code that it sends back."""

    def authorize_url(self, rules: Rules, *, redirect_uri: str, state: str, code_challenge: str = "") -> str: ...

    def exchange(
        self, rules: Rules, code: str | Secret, *, redirect_uri: str, code_verifier: str | Secret = ""
    ) -> Conversation[Tokens | Postponed | Blocked]: ...


@cache
def _recordings(folder: Path) -> dict[str, Recording]:
    return read_recordings(folder)


class Bench:
    """Subclasses name the connector."""

    connector: ClassVar[Any]
    """The connector's class, or an instance."""

    recordings: ClassVar[Path | None] = None
    """Where the recordings are; by default in the folder `recordings` beside the connector's module."""

    harmless: ClassVar[frozenset[str]] = frozenset()
    """Endpoints that are asked by POST and change nothing (a dry run, a search with a body)."""

    upserts: ClassVar[bool] = False
    """True when creating twice makes one listing over there, so that no look-up is needed."""

    @property
    def subject(self) -> Connector:
        made: Connector = self.connector() if isinstance(self.connector, type) else self.connector
        return made

    @property
    def capabilities(self) -> frozenset[str]:
        return self.subject.manifest.capabilities

    @property
    def module_name(self) -> str:
        return type(self.subject).__module__

    @property
    def folder(self) -> Path | None:
        """Return the folder of the connector's module."""
        origin = importlib.import_module(self.module_name).__file__
        return Path(origin).parent if origin else None

    @property
    def is_ours(self) -> bool:
        """True for a connector that Ponte brings along: its documentation is made from its manifest."""
        return self.module_name.startswith("ponte.")

    def particulars(self) -> Particulars:
        """Return what must be known of the connector: of its class's attributes and of its `exam.toml`."""
        told = read_particulars(self.folder) if self.folder else Particulars()
        return Particulars(self.harmless | told.harmless, self.upserts or told.upserts, told.names_only_failures)

    def situations(self) -> dict[str, Recording]:
        if self.recordings is not None:
            return _recordings(self.recordings)
        return _recordings(self.folder / "recordings") if self.folder else {}

    def ordinary(self) -> Recording:
        """Return the situation that stands for everyday: its SKU, rules and listing serve all other tests."""
        assert "accepted" in self.situations(), (
            "the situation 'accepted' is not recorded: write recordings/accepted.json, a create that succeeds"
            " (its form: the docstring of ponte.connectors.exam.recordings)"
        )
        return self.situations()["accepted"]

    def listing(self) -> Listing:
        known = self.situations().get("updated")
        return known.link.listing if known and known.link.listing else Listing("1")

    def conversations(self, rules: Rules | None = None) -> dict[str, Conversation[Any]]:
        """Return every conversation the connector has, fresh."""
        subject, ordinary = self.subject, self.ordinary()
        rules = rules or ordinary.rules
        offer = subject.map(ordinary.sku, rules)
        found: dict[str, Conversation[Any]] = {
            "create": subject.send(offer, Link(), rules),
            "create in doubt": subject.send(offer, Link(uncertain_seconds=0.0), rules),
            "create after doubt": subject.send(offer, Link(uncertain_seconds=86_400.0), rules),
            "update": subject.send(offer, Link(self.listing()), rules),
            "update in doubt": subject.send(offer, Link(self.listing(), 0.0, restate=True), rules),
            "probe": subject.probe(rules),
        }
        for key in subject.needs(ordinary.sku, rules):
            found[f"learn {key}"] = subject.learn(key, rules)
        if "withdraws" in self.capabilities:
            found["withdraw"] = subject.withdraw(Link(self.listing()), rules)
            found["withdraw in doubt"] = subject.withdraw(Link(self.listing(), 86_400.0), rules)
        if "follows" in self.capabilities:
            found["follow"] = subject.follow(Link(self.listing()), rules)
        if "oauth" in self.capabilities:
            found["refresh"] = subject.refresh(rules)
            if isinstance(subject, Authorizes):
                code, verifier = Secret("code"), Secret("code_verifier")
                found["exchange"] = subject.exchange(rules, code, redirect_uri=HOME, code_verifier=verifier)
        return found | self._of_abilities(rules)

    def _of_abilities(self, rules: Rules) -> dict[str, Conversation[Any]]:
        subject: Any = self.subject
        found: dict[str, Conversation[Any]] = {}
        if isinstance(subject, Ends):
            found["end"] = subject.end(Link(self.listing()), rules)
        if isinstance(subject, Finds):
            found["find"] = subject.find(self.ordinary().sku.id, rules)
        if isinstance(subject, Suggests):
            found["suggest"] = subject.suggest(WORDS, rules)
        if isinstance(subject, Previews):
            found["preview"] = subject.preview(self.subject.map(self.ordinary().sku, rules), rules)
        return found

    def assert_fit(self, name: str, result: object) -> None:
        """Fail unless the result is one that this conversation may have."""
        verb = name.partition(":")[0].split()[0]
        match verb:
            case "learn":
                fit = isinstance(result, NOT_YET) or is_json(result)
            case "refresh" | "exchange":
                fit = isinstance(result, Tokens | Postponed | Blocked)
            case "find":
                fit = isinstance(result, NOT_YET) or _is_tuple_of(Listing, result)
            case "suggest":
                fit = isinstance(result, NOT_YET) or _is_tuple_of(Suggestion, result)
            case "together":
                fit = isinstance(result, dict)
            case _:
                fit = isinstance(result, OUTCOMES)
        assert fit, f"{name} returned {result!r}"
        for problem in problems_in(result):
            assert isinstance(problem, Problem), f"{name}: {problem!r}"
        _assert_sound(name, result)


def _assert_sound(name: str, result: object) -> None:
    """Fail for a result that nobody could show, or act on."""
    match result:
        case Rejected(problems):
            assert any(problem.blocking for problem in problems), (
                f"{name}: refused, and nobody learns why: {result!r}"
            )
        case Postponed(retry_in=wait) | Accepted(follow_in=wait):
            assert wait is None or 0 <= wait <= LONGEST_WAIT, f"{name}: to be looked at in {wait} seconds"
        case Pending(check_in=wait):
            assert math.isfinite(wait), f"{name}: to be looked at in {wait} seconds"
            assert 0 < wait <= LONGEST_WAIT, f"{name}: to be looked at in {wait} seconds"
    for problem in problems_in(result):
        for what, most in (("code", MOST_CODE), ("subject", MOST_SUBJECT), ("message", MOST_MESSAGE)):
            length = len(getattr(problem, what))
            assert length <= most, f"{name}: a problem's {what} has {length} characters, at most {most} are shown"
    listing = getattr(result, "listing", None)
    assert listing is None or is_json(dict(listing.memory)), f"{name}: what is remembered is not JSON"


def _is_tuple_of(kind: type, value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(one, kind) for one in value)


def problems_in(result: object) -> tuple[Problem, ...]:
    """Return the problems of any result."""
    match result:
        case Accepted(_, warnings):
            return warnings
        case Rejected(problems):
            return problems
        case Postponed(problem) | Blocked(problem) | Pending(_, problem):
            return (problem,)
        case _:
            return ()


def is_json(value: JSON) -> bool:
    try:
        json.dumps(value, allow_nan=False).encode()
    except (TypeError, ValueError):
        return False
    return True
