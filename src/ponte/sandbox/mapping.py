"""A mapping file for a sandbox store: each of its categories to the fake marketplace's category that suits it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import resources
from typing import Any

from ponte.domain.mapping import plain
from ponte.sandbox.catalogue import MARKETPLACE_CATEGORY, Catalogue

STEM = 5
HEAD = """# Mapeamento de exemplo. Formato: docs/mapping.md
version: 1
title:
  template: "{name}"
options:
  listing_type: gold_special
  condition: new
  warranty_type: Garantia do vendedor
  warranty_time: 90 dias
"""


def sandbox_mapping(catalogue: Catalogue) -> str:
    """Return the file as text; a category without a counterpart stays unmapped, as in a real store."""
    lines = [f'  "{vtex_id}": {target}  # {name}' for vtex_id, name, target in _pairs(catalogue)]
    categories = "\n".join(["categories:", *sorted(lines)]) if lines else "categories: {}"
    return f"{HEAD}{categories}\n"


def _pairs(catalogue: Catalogue) -> Iterator[tuple[str, str, str]]:
    by_domain, by_stem = _targets()
    for category in _leaves(catalogue.categories):
        name = str(category["name"])
        target = by_domain.get(MARKETPLACE_CATEGORY.get(name, ""))
        target = target or next((by_stem[stem] for stem in _stems(name) if stem in by_stem), None)
        if target:
            yield str(category["id"]), name.replace("\n", " "), target


def _stems(name: str) -> list[str]:
    """Return the beginnings of the words that tell one category from another."""
    return [word[:STEM] for word in plain(name).split() if len(word) >= STEM]


def _leaves(categories: Any) -> Iterator[dict[str, Any]]:
    for category in categories:
        if category["children"]:
            yield from _leaves(category["children"])
        else:
            yield category


def _targets() -> tuple[dict[str, str], dict[str, str]]:
    text = resources.files("ponte.sandbox.mercadolivre").joinpath("categories.json").read_text(encoding="utf-8")
    leaves = json.loads(text)["categories"]
    by_stem = {stem: leaf["id"] for leaf in reversed(leaves) for stem in _stems(leaf["name"])}
    return {leaf["domain_id"]: leaf["id"] for leaf in leaves}, by_stem
