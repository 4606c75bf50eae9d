"""Makes up a shop: the same catalogue for the same number, seed and account.

Most SKUs are as they should be; fixed shares of them have one of the defects that shops have. The shares add up to
28 %; each defect occurs at least once from 200 SKUs on.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ponte.sandbox.catalogue.body import Draft, body_of
from ponte.sandbox.catalogue.defects import spoil
from ponte.sandbox.catalogue.families import FAMILIES, UNMAPPED, Family
from ponte.sandbox.catalogue.gtin import gtin13
from ponte.sandbox.catalogue.model import Catalogue, CatalogueSku, Defect
from ponte.sandbox.catalogue.tree import Tree

FIRST_SKU, FIRST_PRODUCT, FIRST_PICTURE = 2_001_001, 1_001, 155_001
MAX_TITLE = 60
MAX_SIBLINGS = 6

SHARES: dict[Defect, float] = {
    Defect.NO_STOCK: 0.04,
    Defect.EAN_CHECK_DIGIT: 0.03,
    Defect.EAN_MISSING: 0.03,
    Defect.ATTRIBUTE_MISSING: 0.03,
    Defect.NO_PRICE: 0.02,
    Defect.INACTIVE: 0.02,
    Defect.OUT_OF_TRADE_POLICY: 0.02,
    Defect.TITLE_TOO_LONG: 0.02,
    Defect.EAN_TEXT: 0.015,
    Defect.NO_PICTURE: 0.015,
    Defect.UNMAPPED_CATEGORY: 0.015,
    Defect.TINY_PICTURE: 0.01,
    Defect.ZERO_WEIGHT: 0.01,
    Defect.HTML_ONLY_DESCRIPTION: 0.005,
    Defect.HOSTILE_TEXT: 0.005,
}
AT_LEAST_ONE_FROM = 200


@dataclass(slots=True)
class Counters:
    """The next ids."""

    sku: Iterator[int]
    product: Iterator[int]
    picture: Iterator[int]


def make_catalogue(skus: int, seed: int = 7, account: str = "lojamodelo") -> Catalogue:
    """Return a made-up catalogue of so many SKUs."""
    draw = random.Random(f"{seed}/{account}")
    tree = Tree.of((*FAMILIES, UNMAPPED), account)
    catalogue = Catalogue(account, seed, categories=tree.answer)
    counters = Counters(itertools.count(FIRST_SKU), itertools.count(FIRST_PRODUCT), itertools.count(FIRST_PICTURE))
    unmapped = share_of(Defect.UNMAPPED_CATEGORY, skus)
    for sku in itertools.islice(_products(UNMAPPED, draw, tree, counters, account), unmapped):
        catalogue.skus[sku.id] = sku
        catalogue.defects[sku.id] = Defect.UNMAPPED_CATEGORY
    sellable = _mixed(draw, tree, counters, account)
    for sku in itertools.islice(sellable, skus - unmapped):
        catalogue.skus[sku.id] = sku
    _spoil_shares(catalogue, draw)
    return catalogue


def share_of(defect: Defect, skus: int) -> int:
    """Return how many of so many SKUs have a defect."""
    return max(round(SHARES[defect] * skus), int(skus >= AT_LEAST_ONE_FROM))


def _spoil_shares(catalogue: Catalogue, draw: random.Random) -> None:
    clean = [sku for sku in catalogue.skus.values() if sku.id not in catalogue.defects]
    draw.shuffle(clean)
    total = len(catalogue.skus)
    for defect in SHARES:
        if defect is Defect.UNMAPPED_CATEGORY:
            continue
        for ordinal in range(min(share_of(defect, total), len(clean))):
            sku = clean.pop()
            spoil(sku, defect, ordinal)
            catalogue.defects[sku.id] = defect


def _mixed(draw: random.Random, tree: Tree, counters: Counters, account: str) -> Iterator[CatalogueSku]:
    """Yield product after product, the families in turn but in an order of its own for each seed."""
    families = list(FAMILIES)
    while True:
        draw.shuffle(families)
        for family in families:
            yield from _one_product(family, draw, tree, counters, account)


def _products(
    family: Family, draw: random.Random, tree: Tree, counters: Counters, account: str
) -> Iterator[CatalogueSku]:
    while True:
        yield from _one_product(family, draw, tree, counters, account)


def _one_product(
    family: Family, draw: random.Random, tree: Tree, counters: Counters, account: str
) -> Iterator[CatalogueSku]:
    product_id = next(counters.product)
    brand, line = draw.choice(family.brands), draw.choice(family.lines)
    model = f"{brand[0].upper()}{line[0].upper()}{product_id}"
    facts = [(name, draw.choice(values).replace("{line}", line)) for name, values in family.facts]
    price = _price(draw, family)
    for variation in _variations(family, draw):
        sku_id = next(counters.sku)
        draft = Draft(
            account=account,
            family=family,
            sku_id=sku_id,
            product_id=product_id,
            brand=brand,
            brand_id=2_000_000 + family.brands.index(brand) + 10 * tree.leaf_id(family),
            product_name=_fitting(family.noun, brand, line, model, variation),
            model=model,
            line=line,
            variation=variation,
            facts=(*facts, ("Modelo", model)),
            category_path=tree.path(family),
            pictures=tuple(next(counters.picture) for _ in range(draw.randint(1, 4))),
            ean=gtin13(sku_id),
            weight_g=round(family.weight * draw.uniform(0.9, 1.1)),
        )
        yield _sku(draft, price, draw)


def _sku(draft: Draft, price: Decimal, draw: random.Random) -> CatalogueSku:
    on_offer = draw.random() < 0.4
    list_price = (price * Decimal("1.2")).quantize(Decimal("0.01")) if on_offer else price
    body: dict[str, Any] = body_of(draft)
    return CatalogueSku(str(draft.sku_id), str(draft.product_id), body, price, list_price, draw.randint(1, 150))


def _variations(family: Family, draw: random.Random) -> list[tuple[tuple[str, str], ...]]:
    names = [name for name, _ in family.axes]
    every = list(itertools.product(*(values for _, values in family.axes)))
    chosen = sorted(draw.sample(range(len(every)), min(len(every), draw.randint(1, MAX_SIBLINGS))))
    return [tuple(zip(names, every[place], strict=True)) for place in chosen]


def _fitting(noun: str, brand: str, line: str, model: str, variation: tuple[tuple[str, str], ...]) -> str:
    """Return the longest product name with which product and SKU name together are a title that fits."""
    tail = 1 + len(" ".join(value for _, value in variation))
    for parts in ((noun, brand, line, model), (noun, brand, line), (noun, brand, model)):
        name = " ".join(parts)
        if len(name) + tail <= MAX_TITLE:
            return name
    return f"{noun} {brand}"


def _price(draw: random.Random, family: Family) -> Decimal:
    low, high = family.price
    # Prices crowd at the low end, as in shops.
    reais = low + int((high - low) * draw.random() ** 2)
    return Decimal(reais) + Decimal(draw.choice(("0.90", "0.99", "0.00")))
