"""What becomes of a SKU of the sandbox shop at this operator: from the operator's rules and VTEX's answer alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from aiohttp import web

from ponte.domain.problem import ProblemClass
from ponte.sandbox.catalogue import Catalogue, CatalogueSku
from ponte.sandbox.fate import LIVE, Fate, late, refused, unsellable
from ponte.sandbox.mirakl.app import OPERATOR
from ponte.sandbox.mirakl.operator_catalogue import MAX_DESCRIPTION, MAX_TITLE, Column, operator_catalogue
from ponte.sandbox.mirakl.rules import TOO_SMALL, is_gtin
from ponte.sandbox.mirakl.settings import Destiny

TAGS = re.compile(r"<[^>]*>")
HEAD = """# Mapeamento de exemplo. Formato: docs/mapping.md
version: 1
title:
  template: "{name}"
options:
  state_code: "11"
  leadtime_to_ship: "2"
  logistic_class: S
  discount: list_price
"""


DESTINED = {
    Destiny.TAKEN: LIVE,
    Destiny.REJECTED: late(ProblemClass.POLICY_MODERATION),
    Destiny.LOST: late(ProblemClass.MARKETPLACE_TIMEOUT),
    Destiny.LATE: late(ProblemClass.MARKETPLACE_TIMEOUT),
}


def mapping(catalogue: Catalogue) -> str:
    """Return a mapping file that suits the catalogue; a category without a counterpart stays unmapped."""
    leaves = operator_catalogue().leaves
    lines = [f'  "{code}": {leaves[name]}' for code, name in catalogue.leaves() if name in leaves]
    return HEAD + ("\n".join(["categories:", *lines]) if lines else "categories: {}") + "\n"


def truth(sku: CatalogueSku, app: web.Application) -> Fate:
    """Return the fate of a SKU under the sandbox's mapping."""
    unsold = unsellable(sku)
    if unsold is not None:
        return unsold
    category = _category(sku.body)
    if not category:
        return refused(ProblemClass.CATEGORY_MAPPING, ProblemClass.NOT_MAPPED)
    wrong = set(_wrong(sku, category))
    if wrong:
        return refused(*wrong)
    operator = app[OPERATOR]
    # What the operator has already is not looked at again: only the offer goes there.
    return LIVE if operator.knows(sku.ean) else DESTINED[operator.destiny(sku.id)]


TRUTH = truth


def _category(body: dict[str, Any]) -> str:
    leaves = operator_catalogue().leaves
    return next((leaves[name] for name in (body.get("ProductCategories") or {}).values() if name in leaves), "")


def _wrong(sku: CatalogueSku, category: str) -> Iterator[ProblemClass]:
    body = sku.body
    title = " ".join(str(body.get("NameComplete") or "").split())
    if not title or len(title) > MAX_TITLE:
        yield ProblemClass.TITLE_INVALID
    text = " ".join(TAGS.sub(" ", str(body.get("ProductDescription") or "")).split())
    if not text or len(text) > MAX_DESCRIPTION:
        yield ProblemClass.DESCRIPTION_INVALID
    if not is_gtin(sku.ean):
        # A word in the place of a number is none, or a wrong one: both are true.
        yield ProblemClass.IDENTIFIER_MISSING if not sku.ean else ProblemClass.IDENTIFIER_INVALID
        if not any(char.isdigit() for char in sku.ean):
            yield ProblemClass.IDENTIFIER_MISSING
    images = [str(one.get("ImageUrl")) for one in body.get("Images") or ()]
    if not images:
        yield ProblemClass.IMAGE_MISSING
    elif any(mark in url for url in images[:5] for mark in TOO_SMALL):
        yield ProblemClass.IMAGE_INVALID
    specifications = _specifications(body)
    for column in operator_catalogue().own[category]:
        yield from _wrong_column(column, specifications.get(column.label, ""))


def _wrong_column(column: Column, value: str) -> Iterator[ProblemClass]:
    if not value:
        if column.required:
            yield ProblemClass.ATTRIBUTE_MISSING
    elif column.required and column.values and value not in {label for _, label in column.values}:
        yield ProblemClass.ATTRIBUTE_MAPPING


def _specifications(body: dict[str, Any]) -> dict[str, str]:
    fields = [*(body.get("ProductSpecifications") or ()), *(body.get("SkuSpecifications") or ())]
    return {str(one.get("FieldName")): ", ".join(map(str, one.get("FieldValues") or ())) for one in fields}
