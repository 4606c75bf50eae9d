"""Everything that can be known before sending, all at once, read from the operator's own catalogue.

A mistake that the operator finds costs a quarter of an hour to days: the file's turn, then its reports.
"""

from __future__ import annotations

from collections.abc import Iterator

from ponte.connectors.checking import invalid, price_problems, unmapped, wordless, wrong_category
from ponte.connectors.mirakl import discount
from ponte.connectors.mirakl.offering import LARGEST_PRICE, Draft
from ponte.domain.problem import Problem, ProblemClass, Stage


def problems(draft: Draft) -> tuple[Problem, ...]:
    """Return VTEX's flaws first, then ours; warnings among them do not stop the sending."""
    cells = [one.problem for one in draft.cells if one.problem is not None]
    return (
        *draft.sku.flaws,
        *_category(draft),
        *cells,
        *_title(draft, cells),
        *_pictures(draft, cells),
        *price_problems(draft.sku, draft.price, "price", largest=LARGEST_PRICE),
        *discount.problems(draft.rules),
        *_offer(draft),
    )


def _category(draft: Draft) -> Iterator[Problem]:
    line = draft.category_line
    if line is None:
        yield unmapped(draft.sku, draft.rules)
        return
    known = draft.catalogue.categories.get(line.sent)
    if not draft.catalogue.known or (known and draft.catalogue.is_leaf(line.sent)):
        return
    code = "category.not_leaf" if known else "category.unknown"
    yield wrong_category(draft.sku, line.sent, code, known.label if known else "")


def _title(draft: Draft, cells: list[Problem]) -> Iterator[Problem]:
    """Check what no operator's rules need to say: a title has words."""
    if any(one.kind is ProblemClass.TITLE_INVALID for one in cells):
        return
    problem = wordless(draft.title.sent, draft.title.field)
    if problem is not None:
        yield problem


def _pictures(draft: Draft, cells: list[Problem]) -> Iterator[Problem]:
    told = any(one.kind is ProblemClass.IMAGE_MISSING for one in cells)
    columns = {one.code for one in draft.columns}
    room = sum(name in columns for name in draft.profile.images)
    if not draft.pictures and draft.profile.images and not told:
        yield invalid(ProblemClass.IMAGE_MISSING, draft.profile.images[0], "pictures.missing")
    elif 0 < room < len(draft.pictures):
        params = {"limit": str(room), "count": str(len(draft.pictures))}
        yield invalid(ProblemClass.IMAGE_INVALID, "images", "pictures.too_many", **params).as_warning()


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
        yield invalid(ProblemClass.IDENTIFIER_MISSING, "ean", "gtin.missing", name="EAN")
