"""What becomes of a SKU at a marketplace, as the sandbox knows it: the truth that the screen is held against.

A fake's `truth` says it from the marketplace's rules and the SKU as the shop has it, and knows nothing
of connectors.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from ponte.domain.problem import ProblemClass
from ponte.sandbox.catalogue import TRADE_POLICY, CatalogueSku


class Standing(StrEnum):
    """Where it ends."""

    LIVE = "live"  # on sale, perhaps with warnings
    REFUSED = "refused"  # never on sale: by the shop's data, the mapping or the marketplace
    LATE = "late"  # taken, and refused later
    WAITS = "waits"  # the marketplace has not made up its mind, and will not by itself soon


@dataclass(frozen=True, slots=True)
class Fate:
    """`kinds`: the classes that may stand first on the screen; empty for one that is live."""

    standing: Standing
    kinds: frozenset[ProblemClass] = field(default_factory=frozenset)


LIVE = Fate(Standing.LIVE)


def refused(*kinds: ProblemClass) -> Fate:
    return Fate(Standing.REFUSED, frozenset(kinds))


def late(*kinds: ProblemClass) -> Fate:
    return Fate(Standing.LATE, frozenset(kinds))


def waits(*kinds: ProblemClass) -> Fate:
    return Fate(Standing.WAITS, frozenset(kinds))


def unsellable(sku: CatalogueSku) -> Fate | None:
    """Return the fate of what the shop itself does not sell in the marketplaces' trade policy; None when it does."""
    if not sku.active:
        return refused(ProblemClass.VTEX_SKU_INACTIVE)
    if TRADE_POLICY not in sku.trade_policies:
        return refused(ProblemClass.VTEX_NOT_IN_TRADE_POLICY)
    return refused(ProblemClass.VTEX_PRICE_MISSING) if sku.price is None else None


def is_ours(fate: Fate) -> bool:
    """True when the shop does not sell it or nothing says where it belongs: the marketplace was never asked."""
    ours = {ProblemClass.CATEGORY_MAPPING, ProblemClass.NOT_MAPPED}
    return bool(fate.kinds) and all(kind in ours or kind.name.startswith("VTEX_") for kind in fate.kinds)
