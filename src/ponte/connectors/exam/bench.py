"""What the examinations work with: the connector, its everyday situation, its conversations."""

from __future__ import annotations

import importlib
import json
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from ponte.connectors.exam.recordings import Recording, read_recordings
from ponte.domain.connector import Connector, Rules
from ponte.domain.message import JSON, Conversation
from ponte.domain.outcome import Accepted, Blocked, Link, Listing, Pending, Postponed, Rejected, Tokens
from ponte.domain.problem import Problem

OUTCOMES = (Accepted, Rejected, Postponed, Pending, Blocked)


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
    def module_name(self) -> str:
        return type(self.subject).__module__

    def situations(self) -> dict[str, Recording]:
        if self.recordings is not None:
            return _recordings(self.recordings)
        origin = importlib.import_module(self.module_name).__file__
        return _recordings(Path(origin).parent / "recordings") if origin else {}

    def ordinary(self) -> Recording:
        """Return the situation that stands for everyday: its SKU, rules and listing serve all other tests."""
        assert "accepted" in self.situations(), "the situation 'accepted' is not recorded"
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
        if "withdraws" in subject.manifest.capabilities:
            found["withdraw"] = subject.withdraw(Link(self.listing()), rules)
            found["withdraw in doubt"] = subject.withdraw(Link(self.listing(), 86_400.0), rules)
        if "follows" in subject.manifest.capabilities:
            found["follow"] = subject.follow(Link(self.listing()), rules)
        if "oauth" in subject.manifest.capabilities:
            found["refresh"] = subject.refresh(rules)
        return found

    def assert_fit(self, name: str, result: object) -> None:
        """Fail unless the result is one that this conversation may have."""
        if name.startswith("learn"):
            fit = isinstance(result, Postponed | Blocked) or is_json(result)
        elif name == "refresh":
            fit = isinstance(result, Tokens | Postponed | Blocked)
        else:
            fit = isinstance(result, OUTCOMES)
        assert fit, f"{name} returned {result!r}"
        for problem in problems_in(result):
            assert isinstance(problem, Problem), f"{name}: {problem!r}"


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
