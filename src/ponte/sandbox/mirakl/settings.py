"""What a fake operator is told when it starts: key, paces, habits of its reports, what its people decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

SHOP_KEY = "sandbox-shop-key"  # opens nothing but the fake
SHOP_ID = 2000


class Layout(StrEnum):
    """How the operator writes its integration reports (P44, P45)."""

    MCM = "mcm"  # "shop_sku";"errors", as the platform writes them itself
    OPERATOR = "operator"  # its own columns, commas, a Windows code page
    BROKEN = "broken"  # nothing that anybody could read


class Destiny(StrEnum):
    """What the operator's people do with a product that keeps all rules."""

    TAKEN = "taken"
    REJECTED = "rejected"
    LOST = "lost"  # in no report, and not there
    LATE = "late"  # in no report, and there some time later


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything has a default that serves a demo: no windows, and waits of a second.

    Attributes:
        windows: endpoint ("POST /api/products/imports") -> seconds between two requests; beyond them 429.
        transformation_seconds, acceptance_seconds, offer_seconds: how long each state of an import lasts.
        late_seconds: when, after its import has ended, a late product is there.
        layout: of the integration reports.
        destinies: SKU -> what the operator's people do; others by share.
        rejected, lost: shares of the products that keep all rules, by seed.
        warned: share of those with a single picture that are taken with a warning.
        known: share of the EANs that the operator has already, by seed. `known_eans` are further ones.
        hold_offers: an offer without its product waits (lines_in_pending) instead of being refused.
        discount_dates: a discount must have its days.
        shop_state: OPEN, CLOSE, SUSPENDED, TERMINATED.
        forbidden: every call but A01 answers 403.
        mcm: CM11 answers.
    """

    shop_key: str = field(default=SHOP_KEY, repr=False)
    windows: Mapping[str, float] = field(default_factory=dict)
    transformation_seconds: float = 0.2
    acceptance_seconds: float = 0.6
    offer_seconds: float = 0.3
    late_seconds: float = 60.0
    layout: Layout = Layout.MCM
    destinies: Mapping[str, Destiny] = field(default_factory=dict)
    rejected: float = 0.02
    lost: float = 0.005
    warned: float = 0.1
    known: float = 0.05
    known_eans: frozenset[str] = frozenset()
    hold_offers: bool = False
    discount_dates: bool = False
    shop_state: str = "OPEN"
    forbidden: bool = False
    mcm: bool = False
