"""One SKU ready to be judged and sent: its attributes, and what the product type's schema finds wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ponte.connectors.amazon.basis import Basis
from ponte.connectors.amazon.filling import Filled, filled
from ponte.connectors.amazon.flaws import Flaw, flaws_of
from ponte.connectors.drafts import latest


@dataclass(frozen=True)
class Draft(Basis):
    """What `check` and `map` both look at."""

    @cached_property
    def filled(self) -> dict[str, Filled]:
        return filled(self)

    @cached_property
    def flaws(self) -> tuple[Flaw, ...]:
        """Return what the schema finds wrong; () while it is not known."""
        values = {name: one.value for name, one in self.filled.items()}
        return flaws_of(values, self.definition) if self.definition else ()

    @cached_property
    def dropped(self) -> frozenset[str]:
        """Return the attributes that are left out: nobody asked for them, and they would be refused."""
        flawed = {flaw.attribute for flaw in self.flaws}
        required = self.definition.required if self.definition else frozenset()
        guessed = (name for name, one in self.filled.items() if one.guessed and name in flawed)
        return frozenset(name for name in guessed if name not in required)


draft_of = latest(Draft)
