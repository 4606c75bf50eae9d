"""The SKUs of the fake, each a small state machine that goes by the clock.

POST, PUT, PATCH --202--> processing --processing_seconds--> refused in its trace | applied
applied: DRAFT until whole, priced and stocked --> UNDER_REVIEW --review_seconds--> PUBLISHED | BLOCKED
active: false --> UNPUBLISHED; true again --> PUBLISHED
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ponte.sandbox.magalu.rules import Refusal, before_publishing, in_trace
from ponte.sandbox.magalu.settings import Settings

Body = dict[str, Any]
NEVER = float("inf")


@dataclass(slots=True)
class Trace:
    """What became of one request. `ready_at` by the clock; before that it has no lines."""

    id: str
    sku: str
    context: str
    ready_at: float
    refusals: tuple[Refusal, ...] = ()
    failed: bool = False


@dataclass(slots=True)
class Sku:
    """One SKU. `coming` is what was taken last, applied at `ready_at`; `whole_at`: when the review began."""

    code: str
    body: Body = field(default_factory=dict)
    coming: Body | None = None
    ready_at: float = 0.0
    made: bool = False
    price: Body | None = None
    stock: Body | None = None
    whole_at: float = NEVER
    forced: str = ""
    failures: int = 0
    told: str = ""

    def is_processing(self, now: float) -> bool:
        return self.coming is not None and now < self.ready_at


class Shelf:
    """All SKUs and traces. Ids of traces follow from the seed."""

    def __init__(self, *, seed: int, settings: Settings, clock: Callable[[], float]) -> None:
        self._draw = random.Random(f"{seed}/magalu/traces")
        self._settings = settings
        self._clock = clock
        self._skus: dict[str, Sku] = {}
        self.traces: dict[str, Trace] = {}
        self.applied: list[dict[str, Any]] = []

    def get(self, code: str) -> Sku | None:
        """Return a SKU that was taken, as it is by now."""
        sku = self._skus.get(code)
        if sku is not None:
            self._go_on(sku)
        return sku

    def all(self) -> list[Sku]:
        return [sku for code in list(self._skus) if (sku := self.get(code)) is not None]

    def take(self, code: str, body: Body, context: str = "portfolio") -> Trace:
        """Take a whole body for a SKU; a trace will say what became of it."""
        sku = self._skus.setdefault(code, Sku(code))
        now = self._clock()
        failed = code.endswith(self._settings.failing) and sku.failures == 0
        sku.failures += failed
        refusals = () if failed else tuple(in_trace(body))
        sku.ready_at = now + self._settings.processing_seconds
        sku.coming = None if failed or refusals else body
        trace = self._trace(code, context, sku.ready_at)
        trace.refusals, trace.failed = refusals, failed
        if sku.coming is not None:
            self.applied.append({"sku": code, "what": context, "body": body})
        self._go_on(sku)
        return trace

    def put_money(self, sku: Sku, part: str, body: Body) -> Trace:
        """Take a price or stock."""
        setattr(sku, part, body)
        self.applied.append({"sku": sku.code, "what": part, "body": body})
        self._go_on(sku)
        return self._trace(sku.code, part, self._clock())

    def _trace(self, code: str, context: str, ready_at: float) -> Trace:
        trace = Trace(f"01{self._draw.getrandbits(96):024X}", code, context, ready_at)
        self.traces[trace.id] = trace
        return trace

    def _go_on(self, sku: Sku) -> None:
        now = self._clock()
        if sku.coming is not None and now >= sku.ready_at:
            sku.body, sku.coming, sku.made = sku.coming, None, True
        if not sku.made:
            return
        whole = sku.price is not None and sku.stock is not None and not any(before_publishing(sku.body))
        if not whole:
            sku.whole_at = NEVER
        elif sku.whole_at == NEVER:
            sku.whole_at = now

    def status(self, sku: Sku) -> str:
        """Return the status of a SKU that is there."""
        if sku.forced:
            return sku.forced
        now = self._clock()
        if sku.whole_at == NEVER:
            return "DRAFT"
        if now < sku.whole_at + self._settings.review_seconds:
            return "UNDER_REVIEW"
        if sku.code.endswith(self._settings.blocked):
            return "BLOCKED"
        return "PUBLISHED" if sku.body.get("active", True) else "UNPUBLISHED"

    def is_busy(self, sku: Sku) -> bool:
        """True while a change of the SKU is answered 409."""
        return sku.is_processing(self._clock()) or (sku.made and self.status(sku) == "UNDER_REVIEW")


def merged(before: Mapping[str, Any], change: Mapping[str, Any]) -> Body:
    """Return a body with what a PATCH says; a list is replaced whole."""
    return {**before, **change}
