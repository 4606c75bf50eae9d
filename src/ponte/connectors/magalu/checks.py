"""Everything that can be known before sending, all at once."""

from __future__ import annotations

from collections.abc import Iterator

from ponte.connectors.checking import invalid, price_problems, unmapped, wordless, wrong_category
from ponte.connectors.magalu import names
from ponte.connectors.magalu.draft import LARGEST_PRICE, Draft
from ponte.connectors.magalu.facts import ACCOUNT, is_unknown
from ponte.domain.problem import Problem, ProblemClass, Stage


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
        *price_problems(draft.sku, draft.price, names.PRICE, largest=LARGEST_PRICE),
    )


def _account(draft: Draft) -> Iterator[Problem]:
    if ACCOUNT in draft.rules.facts and not draft.account.channel:
        yield invalid(ProblemClass.PAYLOAD_INVALID, names.CHANNELS, "channel.unknown")


def _category(draft: Draft) -> Iterator[Problem]:
    line = draft.category_line
    if line is None:
        yield unmapped(draft.sku, draft.rules)
    elif is_unknown(draft.category_id, draft.rules):
        yield wrong_category(draft.sku, line.sent, "category.unknown")


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
    return invalid(kind, subject, code, name=subject, value=value[:200], limit=str(limit), length=str(len(value)))


def _not_listed(subject: str, value: str, allowed: str) -> Problem:
    params = {"name": subject, "value": value[:200], "allowed": allowed}
    return Problem(ProblemClass.ATTRIBUTE_MAPPING, Stage.MAPPING, subject, "attribute.not_listed", params=params)


def _title(draft: Draft) -> Iterator[Problem]:
    text = draft.title.sent
    problem = wordless(text, names.TITLE)
    if problem is not None:
        yield problem
    elif len(text) > names.MAX_TITLE:
        yield _too_long(ProblemClass.TITLE_INVALID, names.TITLE, text, names.MAX_TITLE)
    brand = draft.brand.sent
    if not brand:
        yield invalid(ProblemClass.VTEX_DATA_MISSING, names.BRAND, "brand.missing", name="brand")
    elif len(brand) > names.MAX_BRAND:
        yield _too_long(ProblemClass.BRAND_MAPPING, names.BRAND, brand, names.MAX_BRAND)


def _identifier(draft: Draft) -> Iterator[Problem]:
    if draft.ean_flaw:
        value = draft.ean.sent[:100]
        yield invalid(ProblemClass.IDENTIFIER_INVALID, "EAN", f"gtin.{draft.ean_flaw}", name="EAN", value=value)


def _pictures(draft: Draft) -> Iterator[Problem]:
    if not draft.pictures:
        yield invalid(ProblemClass.IMAGE_MISSING, names.IMAGES, "pictures.missing")


def _description(draft: Draft) -> Iterator[Problem]:
    text = draft.description
    if not text:
        yield invalid(ProblemClass.DESCRIPTION_INVALID, names.DESCRIPTION, "description.empty")
    elif len(text) > names.MAX_DESCRIPTION:
        yield _too_long(ProblemClass.DESCRIPTION_INVALID, names.DESCRIPTION, text, names.MAX_DESCRIPTION)


def _fiscal(draft: Draft) -> Iterator[Problem]:
    ncm, origin = draft.ruled(names.NCM), draft.ruled(names.ORIGIN)
    if ncm and not (len(ncm.sent) == 8 and ncm.sent.isascii() and ncm.sent.isdigit()):
        yield invalid(ProblemClass.ATTRIBUTE_INVALID, names.NCM, "ncm.not_8_digits", name="NCM", value=ncm.sent[:100])
    if origin and origin.sent not in names.ORIGINS:
        yield _not_listed(names.ORIGIN, origin.sent, ", ".join(names.ORIGINS))
