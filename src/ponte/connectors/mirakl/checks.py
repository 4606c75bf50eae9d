"""Everything that can be known before sending, all at once, read from the operator's own catalogue.

A mistake that the operator finds costs a quarter of an hour to days: the file's turn, then its reports.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ponte.connectors.mirakl.offering import LARGEST_PRICE, Draft
from ponte.domain.problem import Problem, ProblemClass, Stage

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


def problems(draft: Draft) -> tuple[Problem, ...]:
    """Return VTEX's flaws first, then ours; warnings among them do not stop the sending."""
    cells = [one.problem for one in draft.cells if one.problem is not None]
    return (
        *draft.sku.flaws,
        *_category(draft),
        *cells,
        *_title(draft, cells),
        *_pictures(draft, cells),
        *_price(draft),
        *_offer(draft),
    )


def _invalid(kind: ProblemClass, subject: str, code: str, **params: str) -> Problem:
    return Problem(kind, Stage.VALIDATION, subject, code, params=params)


def _category(draft: Draft) -> Iterator[Problem]:
    sku, line = draft.sku, draft.category_line
    leaf = sku.category_ids[-1] if sku.category_ids else ""
    path = " > ".join(sku.category_names)
    if line is None:
        kind = ProblemClass.CATEGORY_MAPPING if draft.rules.mapping.categories else ProblemClass.NOT_MAPPED
        params = {"category": path or leaf, "category_id": leaf}
        yield Problem(kind, Stage.MAPPING, leaf, "category.unmapped", params=params)
        return
    known = draft.catalogue.categories.get(line.sent)
    if not draft.catalogue.known or (known and draft.catalogue.is_leaf(line.sent)):
        return
    shown = f"{known.label} ({line.sent})" if known else line.sent
    params = {"category": shown, "category_id": line.sent, "vtex_category": path, "vtex_category_id": leaf}
    code = "category.not_leaf" if known else "category.unknown"
    yield Problem(ProblemClass.CATEGORY_MAPPING, Stage.MAPPING, line.sent, code, params=params)


def _title(draft: Draft, cells: list[Problem]) -> Iterator[Problem]:
    """Check what no operator's rules need to say: a title has words."""
    if any(one.kind is ProblemClass.TITLE_INVALID for one in cells):
        return
    text = draft.title.sent
    if not text:
        yield _invalid(ProblemClass.TITLE_INVALID, draft.title.field, "title.empty")
    elif not any(char.isalnum() for char in text):
        yield _invalid(ProblemClass.TITLE_INVALID, draft.title.field, "title.no_words", value=text[:100])


def _pictures(draft: Draft, cells: list[Problem]) -> Iterator[Problem]:
    told = any(one.kind is ProblemClass.IMAGE_MISSING for one in cells)
    columns = {one.code for one in draft.columns}
    room = sum(name in columns for name in draft.profile.images)
    if not draft.pictures and draft.profile.images and not told:
        yield _invalid(ProblemClass.IMAGE_MISSING, draft.profile.images[0], "pictures.missing")
    elif 0 < room < len(draft.pictures):
        params = {"limit": str(room), "count": str(len(draft.pictures))}
        yield _invalid(ProblemClass.IMAGE_INVALID, "images", "pictures.too_many", **params).as_warning()


def _price(draft: Draft) -> Iterator[Problem]:
    price = draft.sku.price
    if price is None:
        if not any(flaw.kind in NO_PRICE_BECAUSE for flaw in draft.sku.flaws):
            yield Problem(ProblemClass.VTEX_PRICE_MISSING, Stage.VTEX, "price", "price.missing")
    elif price.is_nan():
        yield _invalid(ProblemClass.PRICE_INVALID, "price", "price.not_a_number", value=str(price))
    elif price <= 0:
        code = "price.zero" if price == 0 else "price.negative"
        yield _invalid(ProblemClass.PRICE_INVALID, "price", code, value=str(price))
    elif draft.price is None or Decimal(draft.price.sent) > LARGEST_PRICE:
        limit = str(LARGEST_PRICE)
        yield _invalid(ProblemClass.PRICE_INVALID, "price", "price.too_high", value=str(price), limit=limit)
    elif Decimal(draft.price.sent) <= 0:
        yield _invalid(ProblemClass.PRICE_INVALID, "price", "price.zero", value=draft.price.sent)


def _offer(draft: Draft) -> Iterator[Problem]:
    """Check the condition, where the operator has told which ones it takes."""
    known = draft.catalogue.states
    code = draft.option("state_code")
    if known and code not in known:
        params = {"name": "state_code", "value": code, "allowed": ", ".join(known[:12])}
        yield Problem(
            ProblemClass.ATTRIBUTE_MAPPING, Stage.MAPPING, "state_code", "attribute.not_listed", params=params
        )
    if "ean" not in draft.profile.columns:
        yield _invalid(ProblemClass.IDENTIFIER_MISSING, "ean", "gtin.missing", name="EAN")
