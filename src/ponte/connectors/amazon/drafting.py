"""One SKU ready to be judged and sent: its attributes, and what the product type's schema finds wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ponte.connectors.amazon import family, standard
from ponte.connectors.amazon.basis import TITLE, Basis
from ponte.connectors.amazon.filling import BULLETS, CONDITION, Filled, filled
from ponte.connectors.amazon.flaws import Flaw, flaws_of
from ponte.connectors.amazon.gtin import IDENTIFIER, INSTEAD
from ponte.connectors.drafts import latest
from ponte.domain.mapping import cut_at_word
from ponte.domain.message import JSON


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

    @cached_property
    def parent(self) -> dict[str, JSON] | None:
        """Return the parent of the SKU's family, {"sku", "body"}; None where it has none."""
        theme = family.theme_of(self)
        if not theme:
            return None
        whole = Draft(family.product_of(self.sku), self.rules)
        left_out = {*UNSHARED, *family.parts(theme), *whole.dropped}
        attributes = {name: one.value for name, one in whole.filled.items() if name not in left_out}
        attributes[TITLE] = self.shaper.attribute(TITLE, [whole.short_title])
        if BULLETS in self.filled:  # its own came of what tells the SKUs apart, where the parent has none
            attributes.setdefault(BULLETS, self.shaper.attribute(BULLETS, [whole.short_title]))
        attributes[family.LEVEL] = self.shaper.attribute(family.LEVEL, ["parent"])
        body = {"productType": self.product_type, "requirements": family.REQUIREMENTS, "attributes": attributes}
        return {"sku": whole.sku.id, "body": body}

    @property
    def short_title(self) -> str:
        """Return the title, in any case no longer than the product type takes."""
        return cut_at_word(self.title.sent, self._fitting(self.title.sent))


# Of a family's parent: it is nothing that could be bought, packed or scanned.
UNSHARED = frozenset(
    {
        family.RELATION,
        standard.OFFER,
        standard.STOCK,
        standard.PACKAGE,
        standard.WEIGHT,
        CONDITION,
        IDENTIFIER,
        *INSTEAD,
    }
)

draft_of = latest(Draft)
