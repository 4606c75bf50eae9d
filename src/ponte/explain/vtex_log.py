"""The words of VTEX's catalogue log: operation, direction, and the business message with its prescribed codes.

Source: VTEX developer guide "external marketplace integration: logs" (read 2026-08). The prescribed scenarios:
S1 registered; A1 not in the simulation; A2 inactive; A3 defaults used; E1 not transformable; E2 marketplace
unreachable; E3 refused; E4 not mapped; E5 mapping not reachable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ponte.domain.lifecycle import Status
from ponte.domain.problem import Problem, ProblemClass, Stage, headline, headline_first
from ponte.explain.catalogue import choose_language, words
from ponte.explain.explanation import explain
from ponte.explain.filling import fill, tidied

MAX_SHOWN = 300
LOG_STATUS: Mapping[Status, str] = {
    Status.PENDING: "pending",
    Status.SUCCESS: "success",
    Status.ALERT: "warning",
    Status.ERROR: "error",
}
_OPERATIONS = {"price": "Price update", "stock": "Inventory update"}
_UNREACHABLE = frozenset(
    {
        ProblemClass.AUTH_EXPIRED,
        ProblemClass.AUTH_INVALID,
        ProblemClass.AUTH_CLIENT,
        ProblemClass.AUTH_FORBIDDEN,
        ProblemClass.ACCOUNT_BLOCKED,
        ProblemClass.THROTTLED,
        ProblemClass.MARKETPLACE_OUTAGE,
        ProblemClass.NETWORK,
        ProblemClass.MARKETPLACE_TIMEOUT,
        ProblemClass.RESPONSE_UNREADABLE,
        ProblemClass.REPORT_UNREADABLE,
    }
)
_NO_OFFER = frozenset(
    {ProblemClass.VTEX_NOT_IN_TRADE_POLICY, ProblemClass.VTEX_PRICE_MISSING, ProblemClass.VTEX_STOCK_MISSING}
)
_INACTIVE = frozenset({ProblemClass.VTEX_SKU_INACTIVE, ProblemClass.VTEX_SKU_NOT_FOUND})
_NOT_MAPPED = frozenset({ProblemClass.NOT_MAPPED, ProblemClass.CATEGORY_MAPPING})


class LogCode(StrEnum):
    """VTEX's prescribed messages."""

    S1 = "S1"
    A1 = "A1"
    A2 = "A2"
    A3 = "A3"
    E1 = "E1"
    E2 = "E2"
    E3 = "E3"
    E4 = "E4"
    E5 = "E5"


@dataclass(frozen=True, slots=True)
class LogFacts:
    """What the messages name. `defaults` are (field, value) that we filled because VTEX has none."""

    marketplace: str
    sku_id: str
    sku_name: str = ""
    listing_id: str = ""
    listing_url: str = ""
    category: str = ""
    mapping_url: str = ""
    defaults: tuple[tuple[str, str], ...] = ()


def operation(kind: str, *, creates: bool = False) -> str:
    """Return VTEX's name of an operation; `creates` tells a first offer from a change. Always English."""
    return _OPERATIONS.get(kind) or ("Offer creation" if creates else "Catalog change")


def direction(marketplace: str) -> str:
    """Return origin and destination, in VTEX's English."""
    return fill(("VTEX to {marketplace}",), {"marketplace": marketplace})


def log_code(problems: Sequence[Problem], facts: LogFacts) -> LogCode:
    """Return which prescribed message tells of an attempt with these problems."""
    first = headline(problem for problem in problems if problem.blocking)
    if first is None:
        return LogCode.A3 if facts.defaults else LogCode.S1
    if first.kind in _NO_OFFER:
        return LogCode.A1
    if first.kind in _INACTIVE:
        return LogCode.A2
    if first.kind in _UNREACHABLE:
        return LogCode.E5 if first.stage is Stage.MAPPING else LogCode.E2
    if first.kind in _NOT_MAPPED and first.stage in {Stage.MAPPING, Stage.VALIDATION}:
        return LogCode.E4
    return LogCode.E3 if first.stage in {Stage.SEND, Stage.MARKETPLACE} else LogCode.E1


def business_message(problems: Sequence[Problem], facts: LogFacts, language: str = "pt-BR") -> str:
    """Return the prescribed message in business terms, with every problem and how to fix it.

    VTEX asks for all errors of an attempt in one message.
    """
    texts = words(choose_language(language), "log")
    code = log_code(problems, facts)
    unknown = texts["unknown"][0]
    names = ("marketplace", "sku_id", "sku_name", "listing_id", "listing_url", "category", "mapping_url")
    values = dict.fromkeys(names, unknown) | tidied({name: getattr(facts, name) for name in names}, MAX_SHOWN)
    defaults = ("; ".join(_default(texts, *pair) for pair in facts.defaults)) or unknown
    told = _told(problems, facts, language)
    message = fill(texts[code], {**values, "defaults": defaults, "problems": told})
    # These two are told by VTEX's own list of checks; what else is wrong follows it.
    return f"{message} {told}".strip() if "{problems}" not in texts[code][0] else message.strip()


def _default(texts: Mapping[str, tuple[str, ...]], field: str, value: str) -> str:
    return fill(texts["default"], tidied({"field": field, "value": value}))


def _told(problems: Sequence[Problem], facts: LogFacts, language: str) -> str:
    texts = words(choose_language(language), "log")
    context = {"marketplace": facts.marketplace, "category": facts.category, "sku_id": facts.sku_id}
    lines = []
    for number, problem in enumerate(headline_first(problems), start=1):
        told = explain(problem, language, context)
        values = {"number": str(number), "title": told.title, "meaning": told.meaning, "fix": " ".join(told.fix)}
        lines.append(fill(texts["problem"], values))
    return " ".join(lines)
