"""A reason why a product is not at the marketplace as it should be, in one vocabulary for all connectors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum


class Stage(StrEnum):
    """Where on the way a problem arose; the screen shows the five in this order."""

    VTEX = "vtex"
    MAPPING = "mapping"
    VALIDATION = "validation"
    SEND = "send"
    MARKETPLACE = "marketplace"


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


class Retry(StrEnum):
    """What a further try can bring."""

    AUTOMATIC = "A"  # goes away by itself: try again with back-off
    DEFERRED = "D"  # waits for an event: account reconnected, analysis over
    FIX = "F"  # only after somebody changes data or mapping
    NEVER = "N"  # only the marketplace's people can help


class ProblemClass(Enum):
    """Every class: (retry, VTEX's log code, tries before an A gives up, rank for the headline: low comes first)."""

    retry: Retry
    vtex_code: str
    tries: int
    rank: int

    # account and transport
    AUTH_EXPIRED = (Retry.AUTOMATIC, "AUTH-001", 10, 0)
    AUTH_INVALID = (Retry.DEFERRED, "AUTH-001", 0, 0)
    AUTH_CLIENT = (Retry.NEVER, "AUTH-002", 0, 0)
    AUTH_FORBIDDEN = (Retry.NEVER, "AUTH-002", 0, 1)
    ACCOUNT_BLOCKED = (Retry.DEFERRED, "AUTH-001", 0, 2)
    THROTTLED = (Retry.AUTOMATIC, "NTMAP-001", 30, 90)
    MARKETPLACE_OUTAGE = (Retry.AUTOMATIC, "NTMAP-001", 10, 90)
    NETWORK = (Retry.AUTOMATIC, "NTMAP-001", 10, 90)
    MARKETPLACE_TIMEOUT = (Retry.DEFERRED, "NTMAP-001", 10, 80)
    RESPONSE_UNREADABLE = (Retry.AUTOMATIC, "NTMAP-001", 2, 85)
    REPORT_UNREADABLE = (Retry.AUTOMATIC, "NTMAP-001", 2, 85)
    PAYLOAD_INVALID = (Retry.NEVER, "NTMAP-001", 0, 70)
    # VTEX
    VTEX_UNAVAILABLE = (Retry.AUTOMATIC, "NTMAP-001", 10, 90)
    VTEX_AUTH = (Retry.DEFERRED, "AUTH-001", 0, 0)
    # VTEX may need some seconds to know its newest SKUs: two more looks before it is an error.
    VTEX_SKU_NOT_FOUND = (Retry.AUTOMATIC, "CTLG-005", 3, 10)
    VTEX_SKU_INACTIVE = (Retry.FIX, "CTLG-005", 0, 10)
    VTEX_NOT_IN_TRADE_POLICY = (Retry.FIX, "CTLG-005", 0, 11)
    VTEX_PRICE_MISSING = (Retry.FIX, "PRICE-001", 0, 12)
    VTEX_STOCK_MISSING = (Retry.FIX, "INVNT-001", 0, 13)
    VTEX_DATA_MISSING = (Retry.FIX, "CTLG-005", 0, 14)
    # mapping
    NOT_MAPPED = (Retry.FIX, "NTMAP-001", 0, 20)
    CATEGORY_MAPPING = (Retry.FIX, "CTLG-004", 0, 20)
    ATTRIBUTE_MAPPING = (Retry.FIX, "CTLG-003", 0, 31)
    BRAND_MAPPING = (Retry.FIX, "CTLG-001", 0, 31)
    VARIATION_INVALID = (Retry.FIX, "CTLG-002", 0, 32)
    # content
    IDENTIFIER_MISSING = (Retry.FIX, "CTLG-010", 0, 25)
    IDENTIFIER_INVALID = (Retry.FIX, "CTLG-010", 0, 25)
    ATTRIBUTE_MISSING = (Retry.FIX, "CTLG-003", 0, 30)
    ATTRIBUTE_INVALID = (Retry.FIX, "CTLG-003", 0, 30)
    IMAGE_MISSING = (Retry.FIX, "CTLG-007", 0, 40)
    IMAGE_INVALID = (Retry.FIX, "CTLG-007", 0, 40)
    IMAGE_UNREACHABLE = (Retry.AUTOMATIC, "CTLG-007", 3, 41)
    TITLE_INVALID = (Retry.FIX, "CTLG-009", 0, 45)
    DESCRIPTION_INVALID = (Retry.FIX, "CTLG-006", 0, 46)
    DIMENSIONS_INVALID = (Retry.FIX, "CTLG-008", 0, 48)
    PRICE_INVALID = (Retry.FIX, "PRICE-001", 0, 50)
    STOCK_INVALID = (Retry.FIX, "INVNT-001", 0, 55)
    COMPLIANCE = (Retry.FIX, "CTLG-011", 0, 35)
    SHIPPING_RULE = (Retry.FIX, "CTLG-011", 0, 58)
    # identity, state, policy
    DUPLICATE = (Retry.FIX, "CTLG-010", 0, 24)
    DUPLICATE_IDENTIFIER = (Retry.FIX, "CTLG-010", 0, 24)
    CATALOG_CONFLICT = (Retry.FIX, "CTLG-010", 0, 26)
    DEPENDENCY_PENDING = (Retry.DEFERRED, "NTMAP-001", 0, 75)
    STATE_CONFLICT = (Retry.AUTOMATIC, "NTMAP-001", 10, 80)
    LISTING_NOT_FOUND = (Retry.FIX, "CTLG-012", 0, 22)
    LISTING_CLOSED = (Retry.FIX, "CTLG-012", 0, 22)
    POLICY_BRAND = (Retry.NEVER, "CTLG-011", 0, 5)
    POLICY_RESTRICTED = (Retry.NEVER, "CTLG-011", 0, 5)
    POLICY_MODERATION = (Retry.FIX, "CTLG-012", 0, 6)
    LISTING_QUOTA = (Retry.DEFERRED, "CTLG-011", 0, 7)
    UNKNOWN = (Retry.AUTOMATIC, "CTLG-001", 2, 95)
    # ours
    WORKER_LOST = (Retry.FIX, "NTMAP-001", 0, 60)  # the job took its worker down three times
    SUPERSEDED = (Retry.AUTOMATIC, "NTMAP-001", 0, 99)  # a newer run took over

    def __new__(cls, *values: object) -> ProblemClass:
        member = object.__new__(cls)
        member.retry, member.vtex_code, member.tries, member.rank = values  # type: ignore[assignment]
        # Some classes share their four values; the value must differ or Enum would make them aliases.
        member._value_ = len(cls.__members__)
        return member

    @property
    def off_sale(self) -> bool:
        """True when VTEX does not offer the product: where it is listed, it is taken off sale."""
        return self in _OFF_SALE

    @property
    def about_account(self) -> bool:
        """True when the trouble is the account's, not the product's: the lane waits, rows do not turn red."""
        return self in _ABOUT_ACCOUNT


_ABOUT_ACCOUNT = frozenset(
    {
        ProblemClass.AUTH_EXPIRED,
        ProblemClass.AUTH_INVALID,
        ProblemClass.AUTH_CLIENT,
        ProblemClass.ACCOUNT_BLOCKED,
        ProblemClass.VTEX_AUTH,
    }
)


_OFF_SALE = frozenset(
    {
        ProblemClass.VTEX_SKU_NOT_FOUND,
        ProblemClass.VTEX_SKU_INACTIVE,
        ProblemClass.VTEX_NOT_IN_TRADE_POLICY,
        ProblemClass.VTEX_PRICE_MISSING,
    }
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason, with where it came from and the other side's own words.

    `subject` is the field, attribute id or picture address it is about ("GTIN", "EAN", "https://...").
    `code` is the marketplace's code ("item.attributes.missing_required"), or ours for our own checks.
    `message` is what the other side said, redacted, never translated; empty for our own checks.
    `params` fill the texts in `ponte.explain` ({"limit": "60", "value": "73"}).
    """

    kind: ProblemClass
    stage: Stage
    subject: str = ""
    code: str = ""
    message: str = ""
    severity: Severity = Severity.ERROR
    params: Mapping[str, str] = field(default_factory=dict)
    http_status: int | None = None

    def as_warning(self) -> Problem:
        return replace(self, severity=Severity.WARNING)

    @property
    def blocking(self) -> bool:
        return self.severity is Severity.ERROR


def headline(problems: Iterable[Problem]) -> Problem | None:
    """Return the one to show first: a blocking one before a warning, then by the rank of its class."""
    return next(iter(headline_first(problems)), None)


def headline_first(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return all in the order of the screen; equals keep their order."""
    return tuple(sorted(problems, key=lambda problem: (not problem.blocking, problem.kind.rank)))
