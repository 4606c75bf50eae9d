"""What the fake marketplace knows: suggestions and bound SKUs. What time decides is worked out when somebody asks."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ponte.sandbox.vtexmarket import rules
from ponte.sandbox.vtexmarket.settings import Settings

PENDING, ACCEPTED, DENIED = "Pending", "Accepted", "Denied"


@dataclass(slots=True)
class Suggestion:
    """One SKU that was suggested. `verdict` is a person's, whatever the matcher and time say."""

    body: dict[str, Any]
    at: float
    version: int = 1
    verdict: str = ""


@dataclass(slots=True)
class Binding:
    """One SKU that is bound; `notices` are the parts that the marketplace was told to look at."""

    number: int
    active: bool = True
    notices: list[str] = field(default_factory=list)


class Market:
    """Everything that one fake knows of its one seller. Numbers follow from the seed."""

    def __init__(
        self, *, seed: int, settings: Settings, clock: Callable[[], float], categories: frozenset[str] = frozenset()
    ) -> None:
        self.settings, self.clock, self.categories = settings, clock, categories
        self.suggestions: dict[str, Suggestion] = {}
        self._bindings: dict[str, Binding] = {}
        self._numbers = itertools.count(1_000 + seed * 1_000_000)

    def suggest(self, sku: str, body: dict[str, Any]) -> None:
        before = self.suggestions.get(sku)
        self.suggestions[sku] = Suggestion(body, self.clock(), before.version + 1 if before else 1)

    def binding(self, sku: str) -> Binding | None:
        """Return how a SKU is bound; the acceptance of a suggestion becomes a binding in its time."""
        if sku not in self._bindings and self._is_due(sku):
            self._bindings[sku] = Binding(next(self._numbers))
        return self._bindings.get(sku)

    def unbind(self, sku: str) -> None:
        self._bindings.pop(sku, None)
        self.suggestions.pop(sku, None)

    def bound(self) -> Mapping[str, Binding]:
        return {sku: found for sku in [*self._bindings, *self.suggestions] if (found := self.binding(sku))}

    def standing(self, suggestion: Suggestion) -> tuple[str, tuple[rules.Error, ...]]:
        """Return what was decided by now, and why it was denied."""
        passed, settings = self.clock() - suggestion.at, self.settings
        if suggestion.verdict or passed < settings.matcher_seconds:
            return suggestion.verdict or PENDING, ()
        if settings.auto_approve:
            return ACCEPTED, ()
        return self._judged(suggestion.body, reviewed=passed >= settings.matcher_seconds + settings.review_seconds)

    def _judged(self, body: dict[str, Any], *, reviewed: bool) -> tuple[str, tuple[rules.Error, ...]]:
        """Return what the matcher says, and where it leaves it open, a person."""
        errors, score = rules.denied(body, self.settings, self.categories), rules.score(body, self.settings)
        if errors or score <= self.settings.reject:
            return DENIED, errors
        if score >= self.settings.approve:
            return ACCEPTED, ()
        return (ACCEPTED if rules.people_take(body) else DENIED) if reviewed else PENDING, ()

    def score(self, suggestion: Suggestion) -> float | None:
        """Return the matcher's score; None while it has not looked."""
        looked = self.clock() - suggestion.at >= self.settings.matcher_seconds
        return rules.score(suggestion.body, self.settings) if looked else None

    def _is_due(self, sku: str) -> bool:
        suggestion = self.suggestions.get(sku)
        if suggestion is None or self.standing(suggestion)[0] != ACCEPTED:
            return False
        settings = self.settings
        reviewed = not settings.auto_approve and rules.score(suggestion.body, settings) < settings.approve
        decided = settings.matcher_seconds + (settings.review_seconds if reviewed and not suggestion.verdict else 0.0)
        return self.clock() - suggestion.at >= decided + settings.binding_seconds
