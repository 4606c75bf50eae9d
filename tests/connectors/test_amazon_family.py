"""Variation families: the SKUs of one product on one page, held together by a parent that nobody sells."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from amazon_talk import BACKPACK, Talk, talk

from ponte.domain.mapping_file import parse_mapping
from ponte.domain.outcome import Accepted, Link, Pending, Postponed, Rejected
from ponte.domain.problem import ProblemClass
from ponte.domain.sku import Specification

MAPPING = """
version: 1
categories:
  "123": APPAREL
attributes:
  country_of_origin: BR
  supplier_declared_dg_hz_regulation: not_applicable
  target_gender: {default: unisex}
category_attributes:
  APPAREL: {variation_theme: %s}
"""
SELLER, PARENT = "A1PONTESANDBOX", "P1000045"


def shirt(size: str, number: int = 1, **changes):
    """Return one size of a shirt."""
    specifications = (
        Specification("Cor", ("Preto",), of_sku=True),
        Specification("Tamanho", (size,), of_sku=True),
        Specification("Material principal", ("Algodão",)),
    )
    name = f"Camiseta Aurora Dry {size}"
    names = {"name": name, "product_name": "Camiseta Aurora Dry", "sku_name": size}
    images = (replace(BACKPACK.images[0], url=f"https://aurora.example/{size}.jpg"),)
    return replace(
        BACKPACK,
        id=f"20001{number}",
        reference=f"AUR-{size}",
        specifications=specifications,
        images=images,
        **{**names, **changes},
    )


async def dressed(it: Talk, theme: str = "COLOR/SIZE") -> None:
    """Give the channel a mapping with families, and learn its product type."""
    mapping = parse_mapping(MAPPING % theme).mapping
    assert mapping is not None
    it.rules = replace(it.rules, mapping=mapping)
    await it.learn(shirt("P"))


def stands(it: Talk, sku: str):
    found = it.market.listings.get(SELLER, sku)
    return found.attributes if found else None


def test_sizes_of_a_shirt_are_children_of_one_parent():
    async def scene(it: Talk) -> None:
        await dressed(it)
        for number, size in enumerate(("P", "M", "G")):
            assert it.amazon.check(shirt(size, number), it.rules) == ()
            assert isinstance(await it.send(shirt(size, number)), Pending)
        parent, child = stands(it, PARENT), stands(it, "200011")
        assert parent["parentage_level"][0]["value"] == "parent"
        assert parent["item_name"][0]["value"] == "Camiseta Aurora Dry"
        assert parent["variation_theme"][0]["name"] == "COLOR/SIZE"
        assert parent["fabric_type"][0]["value"] == "Algodão"
        bought = {"purchasable_offer", "fulfillment_availability", "color", "size", "item_package_weight"}
        assert not parent.keys() & (bought | {"externally_assigned_product_identifier", "main_product_image_locator"})
        assert child["parentage_level"][0]["value"] == "child"
        relation = child["child_parent_sku_relationship"][0]
        assert (relation["child_relationship_type"], relation["parent_sku"]) == ("variation", PARENT)
        told = it.market.listings.item(it.market.listings.get(SELLER, PARENT), frozenset({"relationships"}))
        assert told["relationships"][0]["relationships"][0]["childSkus"] == ["200010", "200011", "200012"]

    talk(scene)


def test_each_size_makes_the_very_same_parent():
    async def scene(it: Talk) -> None:
        await dressed(it)
        offers = [it.amazon.map(shirt(size, number), it.rules) for number, size in enumerate(("P", "M", "GG"))]
        parents = [offer.payload["parent"] for offer in offers]
        assert parents[0] == parents[1] == parents[2]
        assert parents[0]["sku"] == PARENT
        assert {offer.payload["sku"] for offer in offers} == {"200010", "200011", "200012"}

    talk(scene)


def test_a_product_that_says_nothing_of_its_own_has_its_name_as_a_point():
    async def scene(it: Talk) -> None:
        await dressed(it)
        bare = shirt("P", description="Camiseta leve.")
        bare = replace(bare, specifications=bare.specifications[:2])
        assert isinstance(await it.send(bare), Pending)
        assert [row["value"] for row in stands(it, PARENT)["bullet_point"]] == ["Camiseta Aurora Dry"]
        assert [row["value"] for row in stands(it, "200011")["bullet_point"]] == ["Cor: Preto", "Tamanho: P"]

    talk(scene)


def test_the_parent_is_said_once_and_again_when_it_changed():
    async def scene(it: Talk) -> None:
        await dressed(it)
        sent = await it.send(shirt("P"))
        it.passed.clear()
        sent = await it.send(shirt("P", price=Decimal("99.90")), Link(sent.listing))
        assert it.asked() == ["PATCH 200"]
        renamed = shirt("P", name="Camiseta Aurora Dry Sport P", product_name="Camiseta Aurora Dry Sport")
        sent = await it.send(renamed, Link(sent.listing))
        assert it.asked() == ["PATCH 200", "PUT 200", "PUT 200"]
        assert stands(it, PARENT)["item_name"][0]["value"] == "Camiseta Aurora Dry Sport"
        await it.send(renamed, Link(sent.listing, restate=True))
        assert it.asked()[3:] == ["PUT 200", "PUT 200"]

    talk(scene)


def test_a_parent_deleted_over_there_is_an_error_of_its_child_and_made_anew():
    async def scene(it: Talk) -> None:
        await dressed(it)
        sent = await it.send(shirt("P"))
        seen = await it.follow(sent.listing)
        assert isinstance(seen, Accepted)
        it.market.listings.remove(SELLER, PARENT)
        late = await it.follow(seen.listing)
        assert isinstance(late, Rejected)
        assert [problem.kind for problem in late.problems] == [ProblemClass.VARIATION_INVALID]
        again = await it.send(shirt("P"), Link(late.listing))
        assert isinstance(again, Pending)
        assert stands(it, PARENT) is not None
        assert isinstance(await it.follow(again.listing), Accepted)

    talk(scene)


def test_a_parent_that_amazon_refuses_holds_its_child_back():
    async def scene(it: Talk) -> None:
        await dressed(it)
        refused = await it.send(shirt("P", product_name="Camiseta <b>", name="Camiseta P"))
        assert isinstance(refused, Rejected)
        assert [problem.kind for problem in refused.problems] == [ProblemClass.TITLE_INVALID]
        assert stands(it, "200011") is None

    talk(scene)


@pytest.mark.parametrize("status", [429, 503])
def test_trouble_with_the_parent_postpones_its_child(status):
    async def scene(it: Talk) -> None:
        await dressed(it)
        it.market.switchboard.arm({"kind": "status", "status": status, "method": "PUT", "count": 1})
        assert isinstance(await it.send(shirt("P")), Postponed)
        assert stands(it, "200011") is None
        assert isinstance(await it.send(shirt("P")), Pending)

    talk(scene)


def test_a_theme_that_the_product_type_does_not_have_is_told_before_sending():
    async def scene(it: Talk) -> None:
        await dressed(it, "FLAVOR")
        found = it.amazon.check(shirt("P"), it.rules)
        assert [(one.kind, one.subject, one.code) for one in found] == [
            (ProblemClass.VARIATION_INVALID, "variation_theme", "attribute.not_listed")
        ]

    talk(scene)


def test_a_size_without_what_tells_it_apart_is_told_before_sending():
    async def scene(it: Talk) -> None:
        await dressed(it)
        sheet = it.rules.facts["product_type/APPAREL"]
        sheet["schema"]["required"].remove("size")
        sizeless = replace(shirt("P"), specifications=shirt("P").specifications[:1])
        found = it.amazon.check(sizeless, it.rules)
        assert [(one.kind, one.subject) for one in found] == [(ProblemClass.VARIATION_INVALID, "size")]

    talk(scene)


def test_without_a_rule_or_a_product_there_is_no_family():
    async def scene(it: Talk) -> None:
        await it.learn()
        assert "parent" not in it.amazon.map(BACKPACK, it.rules).payload
        await dressed(it)
        alone = it.amazon.map(shirt("P", product_id=""), it.rules).payload
        assert "parent" not in alone
        assert "parentage_level" not in alone["body"]["attributes"]

    talk(scene)


def test_who_says_the_level_builds_the_family_alone():
    async def scene(it: Talk) -> None:
        await dressed(it)
        own = MAPPING.replace("APPAREL: {", "APPAREL: {parentage_level: {default: child}, ") % "COLOR/SIZE"
        mapping = parse_mapping(own).mapping
        assert mapping is not None
        offer = it.amazon.map(shirt("P"), replace(it.rules, mapping=mapping)).payload
        assert "parent" not in offer
        assert "child_parent_sku_relationship" not in offer["body"]["attributes"]

    talk(scene)
