"""What a fake VTEX marketplace is told when it starts: whose it is, how quick it is, how strict."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything has a default that serves a demo: short delays, no limits.

    Attributes:
        account: the marketplace's VTEX account; `seller` is our id there.
        approve, reject: scores from which and to which the matcher decides alone.
        matcher_seconds: from the suggestion until the matcher has looked at it.
        review_seconds: until a person decides what the matcher left open; they take all but names with markup.
        binding_seconds: from the acceptance until the SKU is bound.
        auto_approve: whatever the score is, it is accepted.
        unknown_brands: brands that the marketplace does not have.
        requests_per_second: bucket of the keys; None is no limit.
        may_suggest: whether the keys have the resource "Send marketplace suggestion".
    """

    account: str = "shoppingmodelo"
    seller: str = "lojamodelo"
    app_key: str = "vtexappkey-shoppingmodelo-PONTE"
    app_token: str = field(default="sandbox-token", repr=False)
    approve: float = 80.0
    reject: float = 30.0
    matcher_seconds: float = 0.3
    review_seconds: float = 1.0
    binding_seconds: float = 0.3
    auto_approve: bool = False
    unknown_brands: frozenset[str] = frozenset()
    requests_per_second: float | None = None
    burst: int = 10
    may_suggest: bool = True
