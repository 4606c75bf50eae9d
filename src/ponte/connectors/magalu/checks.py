"""Everything that can be known before sending, all at once."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ponte.connectors.magalu import names
from ponte.connectors.magalu.draft import LARGEST_PRICE, Draft
from ponte.connectors.magalu.facts import ACCOUNT, is_unknown
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
        *_account(draft),
        *_category(draft),
        *_identity(draft),
        *_title(draft),
        *_identifier(draft),
        *(one.problem for one in draft.fields if one.problem is not None),
        *_pictures(draft),
        *_description(draft),
        *(one.problem for one in draft.measures if one.problem is not None),
        *_fiscal(draft),
        *_price(draft),
    )


def _invalid(kind: ProblemClass, subject: str, code: str, **params: str) -> Problem:
    return Problem(kind, Stage.VALIDATION, subject, code, params=params)


def _account(draft: Draft) -> Iterator[Problem]:
    if ACCOUNT in draft.rules.facts and not draft.account.channel:
        yield _invalid(ProblemClass.PAYLOAD_INVALID, names.CHANNELS, "channel.unknown")


def _category(draft: Draft) -> Iterator[Problem]:
    sku, line = draft.sku, draft.category_line
    leaf = sku.category_ids[-1] if sku.category_ids else ""
    path = " > ".join(sku.category_names)
    if line is None:
        kind = ProblemClass.CATEGORY_MAPPING if draft.rules.mapping.categories else ProblemClass.NOT_MAPPED
        params = {"category": path or leaf, "category_id": leaf}
        yield Problem(kind, Stage.MAPPING, leaf, "category.unmapped", params=params)
    elif is_unknown(draft.category_id, draft.rules):
        params = {"category": line.sent, "category_id": line.sent, "vtex_category": path, "vtex_category_id": leaf}
        yield Problem(ProblemClass.CATEGORY_MAPPING, Stage.MAPPING, line.sent, "category.unknown", params=params)


def _identity(draft: Draft) -> Iterator[Problem]:
    """Check what has a length and is nobody's text: the SKU's code, the group's, the condition."""
    for subject, value, limit in (
        (names.SKU, draft.sku.id, names.MAX_SKU),
        (names.GROUP, draft.sku.product_id, names.MAX_GROUP),
    ):
        if len(value) > limit:
            yield _too_long(ProblemClass.PAYLOAD_INVALID, subject, value, limit)
    condition = draft.option("condition")
    if condition.upper() not in names.CONDITIONS:
        allowed = ", ".join(names.CONDITIONS)
        yield _not_listed(names.CONDITION, condition, allowed)


def _too_long(kind: ProblemClass, subject: str, value: str, limit: int) -> Problem:
    code = f"{subject}.too_long"
    return _invalid(kind, subject, code, name=subject, value=value[:200], limit=str(limit), length=str(len(value)))


def _not_listed(subject: str, value: str, allowed: str) -> Problem:
    params = {"name": subject, "value": value[:200], "allowed": allowed}
    return Problem(ProblemClass.ATTRIBUTE_MAPPING, Stage.MAPPING, subject, "attribute.not_listed", params=params)


def _title(draft: Draft) -> Iterator[Problem]:
    text = draft.title.sent
    if not text:
        yield _invalid(ProblemClass.TITLE_INVALID, names.TITLE, "title.empty")
    elif not any(char.isalnum() for char in text):
        yield _invalid(ProblemClass.TITLE_INVALID, names.TITLE, "title.no_words", value=text[:100])
    elif len(text) > names.MAX_TITLE:
        yield _too_long(ProblemClass.TITLE_INVALID, names.TITLE, text, names.MAX_TITLE)
    brand = draft.brand.sent
    if not brand:
        yield _invalid(ProblemClass.VTEX_DATA_MISSING, names.BRAND, "brand.missing", name="brand")
    elif len(brand) > names.MAX_BRAND:
        yield _too_long(ProblemClass.BRAND_MAPPING, names.BRAND, brand, names.MAX_BRAND)


def _identifier(draft: Draft) -> Iterator[Problem]:
    if draft.ean_flaw:
        value = draft.ean.sent[:100]
        yield _invalid(ProblemClass.IDENTIFIER_INVALID, "EAN", f"gtin.{draft.ean_flaw}", name="EAN", value=value)


def _pictures(draft: Draft) -> Iterator[Problem]:
    if not draft.pictures:
        yield _invalid(ProblemClass.IMAGE_MISSING, names.IMAGES, "pictures.missing")


def _description(draft: Draft) -> Iterator[Problem]:
    text = draft.description
    if not text:
        yield _invalid(ProblemClass.DESCRIPTION_INVALID, names.DESCRIPTION, "description.empty")
    elif len(text) > names.MAX_DESCRIPTION:
        yield _too_long(ProblemClass.DESCRIPTION_INVALID, names.DESCRIPTION, text, names.MAX_DESCRIPTION)


def _fiscal(draft: Draft) -> Iterator[Problem]:
    ncm, origin = draft.ruled(names.NCM), draft.ruled(names.ORIGIN)
    if ncm and not (len(ncm.sent) == 8 and ncm.sent.isascii() and ncm.sent.isdigit()):
        yield _invalid(
            ProblemClass.ATTRIBUTE_INVALID, names.NCM, "ncm.not_8_digits", name="NCM", value=ncm.sent[:100]
        )
    if origin and origin.sent not in names.ORIGINS:
        yield _not_listed(names.ORIGIN, origin.sent, ", ".join(names.ORIGINS))


def _price(draft: Draft) -> Iterator[Problem]:
    price = draft.sku.price
    if price is None:
        if not any(flaw.kind in NO_PRICE_BECAUSE for flaw in draft.sku.flaws):
            yield Problem(ProblemClass.VTEX_PRICE_MISSING, Stage.VTEX, names.PRICE, "price.missing")
    elif price.is_nan():
        yield _invalid(ProblemClass.PRICE_INVALID, names.PRICE, "price.not_a_number", value=str(price))
    elif price <= 0:
        code = "price.zero" if price == 0 else "price.negative"
        yield _invalid(ProblemClass.PRICE_INVALID, names.PRICE, code, value=str(price))
    elif draft.price is None or Decimal(draft.price.sent) > LARGEST_PRICE:
        limit = str(LARGEST_PRICE)
        yield _invalid(ProblemClass.PRICE_INVALID, names.PRICE, "price.too_high", value=str(price), limit=limit)
    elif Decimal(draft.price.sent) <= 0:  # the channel's markup may be negative
        yield _invalid(ProblemClass.PRICE_INVALID, names.PRICE, "price.zero", value=draft.price.sent)
