"""What any marketplace would refuse, said in one way: no category, no words, no price."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ponte.domain.connector import Rules
from ponte.domain.offer import Provenance
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.domain.sku import Sku

# Any of these from VTEX already says why there is no price.
NO_PRICE_BECAUSE = frozenset(
    {
        ProblemClass.VTEX_PRICE_MISSING,
        ProblemClass.VTEX_NOT_IN_TRADE_POLICY,
        ProblemClass.VTEX_SKU_NOT_FOUND,
        ProblemClass.VTEX_SKU_INACTIVE,
        ProblemClass.VTEX_UNAVAILABLE,
        ProblemClass.VTEX_AUTH,
    }
)


def invalid(kind: ProblemClass, subject: str, code: str, **params: str) -> Problem:
    return Problem(kind, Stage.VALIDATION, subject, code, params=params)


def unmapped(sku: Sku, rules: Rules) -> Problem:
    """Return the problem of a SKU whose category the mapping sends nowhere."""
    kind = ProblemClass.CATEGORY_MAPPING if rules.mapping.categories else ProblemClass.NOT_MAPPED
    leaf, path = _category(sku)
    params = {"category": path or leaf, "category_id": leaf}
    return Problem(kind, Stage.MAPPING, leaf, "category.unmapped", params=params)


def wrong_category(sku: Sku, category: str, code: str, name: str = "") -> Problem:
    """Return the problem of a category that the mapping names and the marketplace does not take."""
    leaf, path = _category(sku)
    shown = f"{name} ({category})" if name else category
    params = {"category": shown, "category_id": category, "vtex_category": path, "vtex_category_id": leaf}
    return Problem(ProblemClass.CATEGORY_MAPPING, Stage.MAPPING, category, code, params=params)


def _category(sku: Sku) -> tuple[str, str]:
    return sku.category_ids[-1] if sku.category_ids else "", " > ".join(sku.category_names)


def wordless(text: str, subject: str) -> Problem | None:
    """Return the problem of a title that is empty or has no words, None for any other."""
    if not text:
        return invalid(ProblemClass.TITLE_INVALID, subject, "title.empty")
    if not any(char.isalnum() for char in text):
        return invalid(ProblemClass.TITLE_INVALID, subject, "title.no_words", value=text[:100])
    return None


def price_problems(
    sku: Sku, line: Provenance | None, subject: str, *, largest: Decimal | None = None
) -> Iterator[Problem]:
    """Yield what is wrong with VTEX's price, else with the one that would be sent: markup may have moved it."""
    price = sku.price
    if price is None:
        if not any(flaw.kind in NO_PRICE_BECAUSE for flaw in sku.flaws):
            yield Problem(ProblemClass.VTEX_PRICE_MISSING, Stage.VTEX, subject, "price.missing")
    elif price.is_nan():
        yield invalid(ProblemClass.PRICE_INVALID, subject, "price.not_a_number", value=str(price))
    elif price <= 0:
        code = "price.zero" if price == 0 else "price.negative"
        yield invalid(ProblemClass.PRICE_INVALID, subject, code, value=str(price))
    elif line is None or (largest is not None and Decimal(line.sent) > largest):
        limit = {"limit": str(largest)} if largest is not None else {}
        value = line.sent if line else str(price)
        yield invalid(ProblemClass.PRICE_INVALID, subject, "price.too_high", value=value, **limit)
    elif Decimal(line.sent) <= 0:
        yield invalid(ProblemClass.PRICE_INVALID, subject, "price.zero", value=line.sent)
