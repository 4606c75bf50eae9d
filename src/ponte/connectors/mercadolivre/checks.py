"""Everything that can be known before sending, all at once, read from the category's sheet."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ponte.connectors.mercadolivre.facts import is_unknown
from ponte.connectors.mercadolivre.offering import LARGEST_PRICE, Draft
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
    return (
        *draft.sku.flaws,
        *_category(draft),
        *_title(draft),
        *(one.problem for one in draft.attributes if one.problem is not None),
        *_pictures(draft),
        *_description(draft),
        *_price(draft),
    )


def _invalid(kind: ProblemClass, subject: str, code: str, **params: str) -> Problem:
    return Problem(kind, Stage.VALIDATION, subject, code, params=params)


def _category(draft: Draft) -> Iterator[Problem]:
    sku, line = draft.sku, draft.category_line
    leaf = sku.category_ids[-1] if sku.category_ids else ""
    path = " > ".join(sku.category_names)
    if line is None:
        rules = draft.rules.mapping
        kind = ProblemClass.CATEGORY_MAPPING if rules.categories else ProblemClass.NOT_MAPPED
        params = {"category": path or leaf, "category_id": leaf}
        yield Problem(kind, Stage.MAPPING, leaf, "category.unmapped", params=params)
        return
    code = _category_flaw(draft)
    if code:
        name = draft.category.name if draft.category else ""
        shown = f"{name} ({line.sent})" if name else line.sent
        params = {"category": shown, "category_id": line.sent, "vtex_category": path, "vtex_category_id": leaf}
        yield Problem(ProblemClass.CATEGORY_MAPPING, Stage.MAPPING, line.sent, code, params=params)


def _category_flaw(draft: Draft) -> str:
    if is_unknown(draft.category_id, draft.rules):
        return "category.unknown"
    if draft.category and not draft.category.leaf:
        return "category.not_leaf"
    if draft.category and not draft.category.listing_allowed:
        return "category.not_allowed"
    return ""


def _title(draft: Draft) -> Iterator[Problem]:
    text, subject = draft.title.sent, draft.title.field
    limit = draft.category.max_title if draft.category else None
    if not text:
        yield _invalid(ProblemClass.TITLE_INVALID, subject, "title.empty")
    elif not any(char.isalnum() for char in text):
        yield _invalid(ProblemClass.TITLE_INVALID, subject, "title.no_words", value=text[:100])
    elif limit is not None and len(text) > limit:
        length = str(len(text))
        yield _invalid(
            ProblemClass.TITLE_INVALID, subject, "title.too_long", value=text[:500], limit=str(limit), length=length
        )


def _pictures(draft: Draft) -> Iterator[Problem]:
    usable = len(draft.pictures)
    if not usable:
        yield _invalid(ProblemClass.IMAGE_MISSING, "pictures", "pictures.missing")
    elif len(draft.sent_pictures) < usable:
        limit = str(len(draft.sent_pictures))
        count = str(usable)
        many = _invalid(ProblemClass.IMAGE_INVALID, "pictures", "pictures.too_many", limit=limit, count=count)
        yield many.as_warning()


def _description(draft: Draft) -> Iterator[Problem]:
    limit = draft.category.max_description if draft.category else None
    length = len(draft.description)
    if limit is not None and length > limit:
        code = "description.too_long"
        yield _invalid(ProblemClass.DESCRIPTION_INVALID, "description", code, limit=str(limit), length=str(length))


def _price(draft: Draft) -> Iterator[Problem]:
    price = draft.sku.price
    if price is None:
        if not any(flaw.kind in NO_PRICE_BECAUSE for flaw in draft.sku.flaws):
            yield Problem(ProblemClass.VTEX_PRICE_MISSING, Stage.VTEX, "price", "price.missing")
        return
    if price.is_nan():
        yield _invalid(ProblemClass.PRICE_INVALID, "price", "price.not_a_number", value=str(price))
    elif price <= 0:
        code = "price.zero" if price == 0 else "price.negative"
        yield _invalid(ProblemClass.PRICE_INVALID, "price", code, value=str(price))
    elif draft.price is None:
        yield _invalid(
            ProblemClass.PRICE_INVALID, "price", "price.too_high", value=str(price), limit=str(LARGEST_PRICE)
        )
    else:
        yield from _range(draft, Decimal(draft.price.sent))


def _range(draft: Draft, sent: Decimal) -> Iterator[Problem]:
    """Check the price that would be sent: markup may have moved it."""
    least = draft.category.minimum_price if draft.category else None
    most = draft.category.maximum_price if draft.category else None
    limit = Decimal(str(most)) if most else LARGEST_PRICE
    value = str(sent)
    if sent <= 0:
        yield _invalid(ProblemClass.PRICE_INVALID, "price", "price.zero", value=value)
    elif least is not None and sent < Decimal(str(least)):
        yield _invalid(ProblemClass.PRICE_INVALID, "price", "price.too_low", value=value, limit=str(least))
    elif sent > limit or sent >= LARGEST_PRICE:
        yield _invalid(ProblemClass.PRICE_INVALID, "price", "price.too_high", value=value, limit=str(limit))
