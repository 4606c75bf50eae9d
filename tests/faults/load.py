"""Changes at the fake VTEX, each followed by its notification; and what VTEX says in the end."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from faults.stage import Line, Stage

LONGEST_STEM = 44
TELLINGS = 5


@dataclass(frozen=True, slots=True)
class Truth:
    """What VTEX says of a SKU; `price` in cents grows with every change, so an older one is known by it."""

    price: int
    stock: int
    name: str


def _notify(line: Line, skus: list[str]) -> None:
    """Tell Ponte, as VTEX does: until it is heard. A worker that was stopped may hold SQLite's one lock."""
    from django.db import OperationalError, connection

    from ponte.flows.ingest import Hint, take

    for left in reversed(range(TELLINGS)):
        try:
            take([Hint(line.channel_id, "product", sku) for sku in skus])
        except OperationalError:
            connection.close()
            if not left:
                raise
        else:
            return


@dataclass(slots=True)
class Load:
    stage: Stage
    draw: random.Random
    truth: dict[str, Truth] = field(default_factory=dict)
    made: int = 0

    def first(self, lines: list[Line] | None = None, *, each: int | None = None) -> None:
        """Change and notify every SKU of these channels once."""
        for line in lines or self.stage.lines:
            self.change(line, line.skus[:each])

    def burst(self, changes: int, *, lanes: int = 3) -> None:
        """Change SKUs at random in a few channels."""
        lines = self.draw.sample(self.stage.lines, min(lanes, len(self.stage.lines)))
        for place, line in enumerate(lines):
            share = changes // len(lines) + (place < changes % len(lines))
            self.change(line, [self.draw.choice(line.skus) for _ in range(share)])

    def change(self, line: Line, skus: list[str]) -> None:
        """Change these SKUs in VTEX, and notify Ponte after it."""
        wanted = []
        for sku in skus:
            self.made += 1
            truth = self.truth[sku] = self._next(sku)
            wanted.append(
                {"sku": sku, "price": truth.price / 100, "list_price": None, "stock": truth.stock, "name": truth.name}
            )
        if wanted:
            self.stage.vtex.change(wanted)
            _notify(line, skus)

    def _next(self, sku: str) -> Truth:
        stem = self.stage.names[sku][:LONGEST_STEM].strip()
        before = self.truth.get(sku)
        renamed = self.draw.random() < 0.1
        name = f"{stem} v{self.made}" if renamed else before.name if before else self.stage.names[sku]
        return Truth(10_000 + self.made, 1 + self.made % 97, name)
