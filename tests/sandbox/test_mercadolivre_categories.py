import pytest
from mercadolivre_stage import Shop, attribute, staged

from ponte.sandbox.mercadolivre.categories import load_catalog

LEAVES = sorted(load_catalog().leaves)


@staged()
async def test_the_tree_leads_from_its_roots_to_leaves_that_may_be_listed_in(shop: Shop):
    waiting = [root["id"] for root in (await shop.get("/sites/MLB/categories")).json]
    leaves = []
    while waiting:
        body = (await shop.get(f"/categories/{waiting.pop()}")).json
        children = [child["id"] for child in body["children_categories"]]
        waiting += children
        if not children:
            leaves.append(body["id"])
        assert body["settings"]["listing_allowed"] is (not children and body["name"] != "Categoria encerrada")
    assert sorted(leaves) == LEAVES
    assert len(leaves) >= 25


@staged()
async def test_a_category_tells_its_limits(shop: Shop):
    settings = (await shop.get("/categories/MLB1676")).json["settings"]
    told = (settings["max_title_length"], settings["max_pictures_per_item"], settings["minimum_price"])
    assert told == (60, 12, 8)
    assert (await shop.get("/categories/MLB1")).status == 404


@pytest.mark.parametrize("category_id", LEAVES)
def test_every_leaf_describes_its_attributes(category_id):
    @staged()
    async def scenario(shop: Shop):
        attributes = (await shop.get(f"/categories/{category_id}/attributes")).json
        assert "SELLER_SKU" in {one["id"] for one in attributes}
        assert any("required" in one["tags"] for one in attributes)
        for one in attributes:
            assert one["name"]
            if one["value_type"] in {"list", "boolean"}:
                assert len({value["id"] for value in one["values"]}) == len(one["values"]) > 1
            if one["value_type"] == "number_unit":
                assert one["default_unit"] in {unit["id"] for unit in one["allowed_units"]}
        specs = (await shop.get(f"/categories/{category_id}/technical_specs/input")).json
        shown = [part["id"] for group in specs["groups"] for one in group["components"] for part in one["attributes"]]
        assert sorted(shown) == sorted(one["id"] for one in attributes if "hidden" not in one["tags"])

    scenario()


@staged()
async def test_conditional_attributes_depend_on_the_listing(shop: Shop):
    path = "/categories/MLB1676/attributes/conditional"
    bare = await shop.post(path, {"attributes": []})
    assert bare.json == {"required_attributes": [{"id": "GTIN", "name": "Código universal do produto"}]}
    coded = await shop.post(path, {"attributes": [attribute("GTIN", "7891000315507")]})
    excused = await shop.post(path, {"attributes": [{"id": "EMPTY_GTIN_REASON", "value_id": "17055160"}]})
    assert coded.json == excused.json == {"required_attributes": []}


@pytest.mark.parametrize(
    ("title", "category_id"),
    [
        ("Tênis Corrida Acme Runner", "MLB23332"),
        ("Smart TV 50 Polegadas", "MLB1002"),
        ("FRITADEIRA Air Fryer 4L Preta", "MLB30109"),
        ("Jogo de Cama Queen 200 Fios", "MLB186068"),
    ],
)
def test_a_title_predicts_its_category(title, category_id):
    @staged()
    async def scenario(shop: Shop):
        found = await shop.call("GET", f"/sites/MLB/domain_discovery/search?q={title}&limit=1")
        assert [one["category_id"] for one in found.json] == [category_id]

    scenario()


@staged()
async def test_a_prediction_carries_the_colour_and_may_be_empty(shop: Shop):
    found = (await shop.get("/sites/MLB/domain_discovery/search?q=fone de ouvido preto")).json
    assert found[0]["attributes"] == [{"id": "COLOR", "name": "Cor", "value_id": "52049", "value_name": "Preto"}]
    assert (await shop.get("/sites/MLB/domain_discovery/search?q=xyzzy")).json == []
    assert (await shop.get("/sites/MLB/domain_discovery/search?q=fone&limit=9")).status == 400


@staged()
async def test_a_universal_code_can_be_validated(shop: Shop):
    path = "/product-identifier/validator?product_identifier="
    assert (await shop.get(path + "7891000315507")).json["valid"] is True
    assert (await shop.get(path + "7891000315508")).json["valid"] is False


@staged()
async def test_listing_types_and_sale_terms_are_told(shop: Shop):
    available = (await shop.get("/users/8035443/available_listing_types?category_id=MLB1676")).json["available"]
    assert [one["id"] for one in available] == ["gold_pro", "gold_special", "free"]
    terms = (await shop.get("/categories/MLB1676/sale_terms")).json
    assert [one["id"] for one in terms] == ["WARRANTY_TYPE", "WARRANTY_TIME"]
