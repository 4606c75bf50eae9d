"""The made-up shop's category tree, in the shape of VTEX's answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ponte.sandbox.catalogue.families import Family
from ponte.sandbox.catalogue.slug import slug

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tree:
    """`answer` is what `category/tree` tells; `leaves` has (department id, leaf id) by the leaf's name."""

    answer: list[Node]
    leaves: dict[str, tuple[int, int]]

    @classmethod
    def of(cls, families: Iterable[Family], account: str) -> Tree:
        """Return the tree of these kinds: a department's id is a small number, its leaves' ids follow."""
        departments: dict[str, Node] = {}
        leaves: dict[str, tuple[int, int]] = {}
        host = f"https://{account}.vtexcommercestable.com.br"
        for family in families:
            department = departments.get(family.department)
            if department is None:
                department_id = len(departments) + 1
                url = f"{host}/{slug(family.department)}"
                department = departments[family.department] = _node(department_id, family.department, url)
            leaf_id = department["id"] * 100 + len(department["children"]) + 1
            department["children"].append(_node(leaf_id, family.leaf, f"{department['url']}/{slug(family.leaf)}"))
            department["hasChildren"] = True
            leaves[family.leaf] = (department["id"], leaf_id)
        return cls(list(departments.values()), leaves)

    def path(self, family: Family) -> tuple[int, int]:
        return self.leaves[family.leaf]

    def leaf_id(self, family: Family) -> int:
        return self.leaves[family.leaf][1]


def _node(category_id: int, name: str, url: str) -> Node:
    return {
        "id": category_id,
        "name": name,
        "hasChildren": False,
        "url": url,
        "children": [],
        "Title": name,
        "MetaTagDescription": "",
    }
