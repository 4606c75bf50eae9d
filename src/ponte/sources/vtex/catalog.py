"""Reads the smaller answers of VTEX's Catalog API: products, category tree, id lists, trade policies.

Each reader returns None when the body is not what the call promises. Source: Catalog API reference (read 2026-08).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ponte.domain.message import JSON
from ponte.sources.vtex.plain import flag, identifier, line, lowered, objects

MAX_LEVELS = 30


@dataclass(frozen=True, slots=True)
class Product:
    """A product as `productget` tells it; `trade_policies` are its sales channels."""

    id: str
    name: str
    reference: str
    category_id: str
    department_id: str
    brand_id: str
    active: bool
    visible: bool
    trade_policies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Category:
    """One category with those below it."""

    id: str
    name: str
    children: tuple[Category, ...] = ()

    def paths(self, above: tuple[Category, ...] = ()) -> Iterator[tuple[Category, ...]]:
        """Yield the way from the department to each category, this one first."""
        here = (*above, self)
        yield here
        for child in self.children:
            yield from child.paths(here)


def read_product(answer: JSON) -> Product | None:
    """Return a product, from either of the two calls that answer one."""
    fields = lowered(answer)
    product_id = identifier(fields.get("id"))
    if not product_id:
        return None
    get = fields.get
    policies = get("liststoreid")
    return Product(
        id=product_id,
        name=line(get("name")),
        reference=line(get("refid")),
        category_id=identifier(get("categoryid")),
        department_id=identifier(get("departmentid")),
        brand_id=identifier(get("brandid")),
        active=flag(get("isactive"), untold=True),
        visible=flag(get("isvisible"), untold=True),
        trade_policies=tuple(filter(None, map(identifier, policies))) if isinstance(policies, list) else (),
    )


def read_tree(answer: JSON, levels: int = MAX_LEVELS) -> tuple[Category, ...] | None:
    """Return the categories of a tree; what has no id is left out with all below it."""
    if not isinstance(answer, list):
        return None
    found = []
    for fields in objects(answer):
        category_id = identifier(fields.get("id"))
        if category_id:
            children = read_tree(fields.get("children"), levels - 1) if levels > 1 else ()
            found.append(Category(category_id, line(fields.get("name")), children or ()))
    return tuple(found)


def read_ids(answer: JSON) -> tuple[str, ...] | None:
    """Return the ids of a list; None when one of them is no id."""
    if not isinstance(answer, list):
        return None
    ids = tuple(map(identifier, answer))
    return ids if all(ids) else None


def read_trade_policies(answer: JSON) -> dict[str, bool] | None:
    """Return by id whether a trade policy is active."""
    if not isinstance(answer, list):
        return None
    policies = (
        (identifier(fields.get("id")), flag(fields.get("isactive"), untold=True)) for fields in objects(answer)
    )
    return {policy_id: active for policy_id, active in policies if policy_id}
