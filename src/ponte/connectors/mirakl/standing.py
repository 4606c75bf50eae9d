"""Where a product is on its way, kept in the listing's memory between looks: product file, offer, on sale.

A connector has no clock: waits are summed up as they are asked for.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields, replace

from ponte.connectors import shape
from ponte.domain.message import JSON
from ponte.domain.outcome import Listing

PRODUCT_DEADLINE_SECONDS = 7 * 24 * 3_600.0
"""An operator's people look at products: hours to days. After a week nobody will."""
MISSING_PRODUCT_SECONDS = 72 * 3_600.0
"""For so long after a product file, "the product does not exist" only means: not yet."""
MAX_WARNINGS = 20

# The API's pace for a look: once a minute at first, each quarter of an hour later, then each hour.
STEPS = ((1_800.0, 60.0), (6 * 3_600.0, 900.0))
LAST_STEP = 3_600.0


@dataclass(frozen=True, slots=True)
class Standing:
    """One SKU. `known`: the operator has the product. `row_digest`: the product data that were sent or taken over.

    `product_import` and `offer_import` are on their way while they are set. `offer` is the offer to be sent, whole,
    and `offer_digest` tells the one that was sent last. `waited` counts since the last order, `since_file` since the
    last product file. `row` is kept until the product is taken, so that a look alone can send it again; `refused`
    are the words of its last refusal.
    """

    sku: str
    ean: str = ""
    category: str = ""
    known: bool = False
    row_digest: str = ""
    product_import: str = ""
    offer: dict[str, JSON] = field(default_factory=dict)
    offer_digest: str = ""
    offer_import: str = ""
    waited: float = 0.0
    since_file: float = 0.0
    warnings: tuple[str, ...] = ()
    state: str = ""
    ending: bool = False
    row: dict[str, str] = field(default_factory=dict)
    refused: tuple[str, ...] = ()

    @property
    def on_the_way(self) -> bool:
        return bool(self.product_import or self.offer_import)

    @property
    def unfinished(self) -> bool:
        """True when the product's data were not taken and are not on their way."""
        return not self.product_import and not self.row_digest and bool(self.row or self.refused)

    @property
    def next_look(self) -> float:
        return next((step for until, step in STEPS if self.waited < until), LAST_STEP)

    def waiting(self, state: str) -> tuple[Standing, float]:
        """Return this one after one more wait, and how long that is."""
        step = self.next_look
        longer = replace(self, waited=self.waited + step, since_file=self.since_file + step, state=state)
        return longer, step

    def listing(self) -> Listing:
        memory = {name: value for name, value in asdict(self).items() if value and name != "state"}
        memory |= {name: list(memory[name]) for name in ("warnings", "refused") if name in memory}
        return Listing(self.sku, state=self.state, memory=memory)


def standing_of(listing: Listing) -> Standing:
    """Return what a listing's memory holds; what is not there or is of another shape is as if never known."""
    memory = listing.memory
    texts = {
        one.name: shape.text(memory.get(one.name))
        for one in fields(Standing)
        if one.type == "str" and one.name != "state"
    }
    return Standing(
        **{**texts, "sku": texts["sku"] or listing.id},
        known=memory.get("known") is True,
        ending=memory.get("ending") is True,
        offer=dict(shape.table(memory.get("offer"))),
        waited=shape.number(memory.get("waited")) or 0.0,
        since_file=shape.number(memory.get("since_file")) or 0.0,
        warnings=shape.texts(memory.get("warnings"))[:MAX_WARNINGS],
        state=listing.state,
        row={name: cell for name, cell in shape.table(memory.get("row")).items() if isinstance(cell, str)},
        refused=shape.texts(memory.get("refused"))[:MAX_WARNINGS],
    )


# Made once: `json.dumps` with options makes an encoder for each call.
_plain = json.JSONEncoder(sort_keys=True, ensure_ascii=True).encode


def digest(value: JSON) -> str:
    return hashlib.blake2b(_plain(value).encode(), digest_size=8).hexdigest()
