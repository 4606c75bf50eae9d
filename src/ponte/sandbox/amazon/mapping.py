"""A mapping file for a sandbox store: each of its categories to the product type that suits it."""

from __future__ import annotations

from ponte.sandbox.amazon.schemas import product_types
from ponte.sandbox.catalogue import Catalogue

HEAD = """# Mapeamento de exemplo. Formato: docs/mapping.md
version: 1
title:
  template: "{name}"
options:
  condition: new_new
attributes:
  country_of_origin: BR
  supplier_declared_dg_hz_regulation: not_applicable
  model_number: {from: [specification:Modelo, reference]}
"""


def mapping(catalogue: Catalogue) -> str:
    """Return the file as text; a category without a counterpart stays unmapped, as in a real store."""
    by_leaf = {leaf: kind.name for kind in product_types().values() for leaf in kind.leaves}
    families = [f"  {kind.name}: {{variation_theme: COLOR/SIZE}}" for kind in product_types().values() if kind.themes]
    pairs = [(vtex_id, name, by_leaf[name]) for vtex_id, name in catalogue.leaves() if name in by_leaf]
    lines = [f'  "{vtex_id}": {target}  # {name}' for vtex_id, name, target in pairs]
    categories = "\n".join(["categories:", *sorted(lines)]) if lines else "categories: {}"
    return "\n".join([f"{HEAD}category_attributes:", *families, categories, ""])
