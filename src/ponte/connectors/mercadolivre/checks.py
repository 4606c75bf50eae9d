"""Everything that can be known before sending, all at once, read from the category's sheet."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ponte.connectors.checking import invalid, price_problems, unmapped, wordless, wrong_category
from ponte.connectors.mercadolivre.facts import is_unknown
from ponte.connectors.mercadolivre.lasting import by_warehouse
from ponte.connectors.mercadolivre.offering import LARGEST_PRICE, Draft
from ponte.domain.problem import Problem, ProblemClass


def problems(draft: Draft) -> tuple[Problem, ...]:
    """Return VTEX's flaws first, then ours; warnings among them do not stop the sending."""
    return (
        *draft.sku.flaws,
        *_category(draft),
        *_condition(draft),
        *_title(draft),
        *(one.problem for one in draft.attributes if one.problem is not None),
        *_pictures(draft),
        *_description(draft),
        *_price(draft),
        *_stock(draft),
    )


def _category(draft: Draft) -> Iterator[Problem]:
    line = draft.category_line
    if line is None:
        yield unmapped(draft.sku, draft.rules)
        return
    code = _category_flaw(draft)
    if code:
        name = draft.category.name if draft.category else ""
        yield wrong_category(draft.sku, line.sent, code, name)


def _category_flaw(draft: Draft) -> str:
    if is_unknown(draft.category_id, draft.rules):
        return "category.unknown"
    if draft.category and not draft.category.leaf:
        return "category.not_leaf"
    if draft.category and not draft.category.listing_allowed:
        return "category.not_allowed"
    return ""


def _condition(draft: Draft) -> Iterator[Problem]:
    """Check the mapping's condition against those that the category takes; one that tells none takes all."""
    allowed = draft.category.conditions if draft.category else ()
    value = draft.option("condition")
    if allowed and value not in allowed:
        code, shown = "condition.not_allowed", ", ".join(allowed)
        yield invalid(ProblemClass.ATTRIBUTE_INVALID, "condition", code, value=value[:100], allowed=shown)


def _title(draft: Draft) -> Iterator[Problem]:
    text, subject = draft.title.sent, draft.title.field
    limit = draft.category.max_title if draft.category else None
    problem = wordless(text, subject)
    if problem is not None:
        yield problem
    elif limit is not None and len(text) > limit:
        length = str(len(text))
        yield invalid(
            ProblemClass.TITLE_INVALID, subject, "title.too_long", value=text[:500], limit=str(limit), length=length
        )


def _pictures(draft: Draft) -> Iterator[Problem]:
    usable, unfit = len(draft.pictures), draft.unfit_pictures
    if unfit:
        params = {"value": unfit[0][:200], "allowed": "JPG, PNG", "count": str(len(unfit))}
        other = invalid(ProblemClass.IMAGE_INVALID, "pictures", "pictures.format", **params)
        yield other.as_warning() if usable else other
    if not usable and not unfit:
        yield invalid(ProblemClass.IMAGE_MISSING, "pictures", "pictures.missing")
    elif len(draft.sent_pictures) < usable:
        limit = str(len(draft.sent_pictures))
        count = str(usable)
        many = invalid(ProblemClass.IMAGE_INVALID, "pictures", "pictures.too_many", limit=limit, count=count)
        yield many.as_warning()


def _description(draft: Draft) -> Iterator[Problem]:
    limit = draft.category.max_description if draft.category else None
    length = len(draft.description)
    if limit is not None and length > limit:
        code = "description.too_long"
        yield invalid(ProblemClass.DESCRIPTION_INVALID, "description", code, limit=str(limit), length=str(length))


def _price(draft: Draft) -> Iterator[Problem]:
    found = tuple(price_problems(draft.sku, draft.price, "price", largest=LARGEST_PRICE))
    yield from found
    if draft.price is not None and not found:
        yield from _range(draft, Decimal(draft.price.sent))


def _stock(draft: Draft) -> Iterator[Problem]:
    """Warn where the quantity is not said: a listing that stands is updated without it, a new one is not made."""
    if draft.account.warehouses:
        yield by_warehouse().as_warning()


def _range(draft: Draft, sent: Decimal) -> Iterator[Problem]:
    """Check the price that would be sent against the category's limits."""
    least = draft.category.minimum_price if draft.category else None
    most = draft.category.maximum_price if draft.category else None
    limit = Decimal(str(most)) if most else LARGEST_PRICE
    value = str(sent)
    if least is not None and sent < Decimal(str(least)):
        yield invalid(ProblemClass.PRICE_INVALID, "price", "price.too_low", value=value, limit=str(least))
    elif sent > limit or sent >= LARGEST_PRICE:
        yield invalid(ProblemClass.PRICE_INVALID, "price", "price.too_high", value=value, limit=str(limit))
