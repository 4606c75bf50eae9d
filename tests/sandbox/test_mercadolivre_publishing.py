import pytest
from mercadolivre_stage import PRODUCTS, SELLER, Shop, attribute, family, speaker, staged, with_attributes

from ponte.sandbox.mercadolivre import Account


@staged()
async def test_a_classic_seller_lists_with_a_title(shop: Shop):
    listed = await shop.post("/items", speaker())
    assert listed.status == 201
    body = listed.json
    assert body["id"].startswith("MLB")
    assert (body["status"], body["sub_status"], body["warnings"]) == ("active", [], [])
    assert (body["title"], body["family_name"]) == ("Caixa De Som Bluetooth Acme S10 20w Preta", None)
    assert (body["price"], body["available_quantity"], body["seller_id"]) == (199.9, 12, SELLER)
    assert (body["date_created"], body["domain_id"]) == ("2026-11-23T12:00:00.000Z", "MLB-SPEAKERS")
    color = next(one for one in body["attributes"] if one["id"] == "COLOR")
    assert (color["value_id"], color["value_name"]) == ("52049", "Preto")
    assert (await shop.get(f"/items/{body['id']}?include_attributes=all")).json == body


@staged()
async def test_a_user_products_seller_lists_with_a_family_name(shop: Shop):
    body = await shop.list_one(seller=PRODUCTS)
    sibling = await shop.list_one("2000124", seller=PRODUCTS)
    assert (body["family_name"], body["title"]) == ("Caixa De Som Acme S10", "Caixa De Som Acme S10 Preto")
    assert body["user_product_id"].startswith("MLBU")
    assert body["family_id"] == sibling["family_id"]
    assert body["user_product_id"] != sibling["user_product_id"]


@pytest.mark.parametrize(
    ("seller", "body", "refused"),
    [
        (SELLER, speaker(family_name="Família"), "family_name"),
        (PRODUCTS, family(title="Título do anúncio"), "title"),
        (SELLER, speaker(colour="blue"), "colour"),
    ],
)
def test_a_field_of_the_other_model_or_of_none_is_refused(seller, body, refused):
    @staged()
    async def scenario(shop: Shop):
        answer = await shop.post("/items", body, seller=seller)
        sentence = f"The fields [{refused}] are invalid for requested call."
        assert (answer.status, answer.json["message"], answer.json["error"]) == (400, "body.invalid_fields", sentence)
        assert answer.json["cause"] == []

    scenario()


@pytest.mark.parametrize(("seller", "body", "name"), [(SELLER, speaker, "title"), (PRODUCTS, family, "family_name")])
def test_a_missing_field_is_named_in_a_cause_made_of_strings(seller, body, name):
    @staged()
    async def scenario(shop: Shop):
        answer = await shop.post("/items", body(**{name: None, "price": None}), seller=seller)
        sentence = f"The body does not contains some or none of the following properties [{name}, price]"
        expected = {"message": "body.required_fields", "error": sentence, "status": 400, "cause": [sentence]}
        assert answer.json == expected

    scenario()


@staged()
async def test_variations_are_refused_with_a_family_name(shop: Shop):
    color = {"id": "COLOR", "value_id": "52049"}
    variations = [{"price": 10, "available_quantity": 1, "attribute_combinations": [color]}]
    assert (await shop.post("/items", family(variations=variations), seller=PRODUCTS)).codes == ["374 error"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "body.invalid"),
        (b"{", "body.invalid"),
        (b"[]", "body.invalid"),
        (b'{"price": NaN}', "body.invalid"),
    ],
)
def test_a_body_that_is_no_object_is_refused(content, code):
    @staged()
    async def scenario(shop: Shop):
        answer = await shop.post("/items", content)
        assert (answer.status, answer.json["message"], answer.json["cause"]) == (400, code, [])

    scenario()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"price": "abc"}, "invalid property type: [price] expected Number but was String value: abc"),
        ({"available_quantity": 1.5}, "[available_quantity] expected Number but was Number value: 1.5"),
        ({"available_quantity": True}, "[available_quantity] expected Number but was Boolean"),
        ({"pictures": "https://a.example/1.jpg"}, "[pictures] expected Array but was String"),
        ({"attributes": [1]}, "[attributes[0]] expected Object but was Number"),
        ({"category_id": []}, "[category_id] expected String but was Array"),
    ],
)
def test_a_wrong_type_is_told_with_its_value(changes, told):
    @staged()
    async def scenario(shop: Shop):
        answer = await shop.post("/items", speaker(**changes))
        assert (answer.status, answer.json["message"]) == (400, "body.invalid_field_types")
        assert told in answer.json["error"]

    scenario()


COLOR = {"id": "COLOR", "value_id": "52049"}
PACKAGE = [attribute(f"SELLER_PACKAGE_{side}", "10 cm") for side in ("HEIGHT", "WIDTH", "LENGTH")]
WEIGHT = attribute("SELLER_PACKAGE_WEIGHT", "900 g")
TOWEL = {"category_id": "MLB193793"}

REFUSALS = {
    "a branch": (speaker(category_id="MLB1000"), ["126 error"]),
    "a retired category": (speaker(category_id="MLB455859"), ["126 error"]),
    "an unknown category": (speaker(category_id="MLB0"), ["126 error"]),
    "a low price": (speaker(price=7.99), ["109 error"]),
    "a high price": (speaker(price=9_999_999_999), ["129 error"]),
    "negative stock": (speaker(available_quantity=-1), ["item.available_quantity.invalid error"]),
    "a short title": (speaker(title="Som"), ["3705 error"]),
    "a long title": (speaker(title="x" * 61), ["item.title.length.invalid error"]),
    "no pictures": (speaker(pictures=[]), ["173 error"]),
    "13 pictures": (speaker(pictures=[{"source": f"https://a.example/{n}.jpg"} for n in range(13)]), ["201 error"]),
    "an unknown picture": (speaker(pictures=[{"id": "1-MLB1_1"}]), ["204 error"]),
    "dollars": (speaker(currency_id="USD"), ["item.currency_id.invalid error"]),
    "an unknown listing type": (speaker(listing_type_id="silver"), ["item.listing_type_id.invalid error"]),
    "an unknown shipping mode": (speaker(shipping={"mode": "me9"}), ["item.shipping.mode.invalid error"]),
    "markup": (speaker(description={"plain_text": "Bom <b>som</b>"}), ["398 error"]),
    "a long description": (speaker(description={"plain_text": "x" * 50_001}), ["3707 error"]),
    "a value outside the list": (with_attributes(attribute("COLOR", "Furta-cor")), ["394 error"]),
    "a value id outside the list": (with_attributes({"id": "COLOR", "value_id": "1"}), ["3510 error"]),
    "a long value": (with_attributes(attribute("MODEL", "x" * 121)), ["154 error"]),
    "a number without its unit": (with_attributes(attribute("POWER", "20")), ["3708 error"]),
    "a number with another unit": (with_attributes(attribute("POWER", "20 V")), ["3708 error"]),
    "a malformed GTIN": (with_attributes(attribute("GTIN", "7891000315508")), ["7714 error"]),
    "another brand's GTIN": (with_attributes(attribute("BRAND", "Outra")), ["3712 error"]),
    "another domain's GTIN": (with_attributes(attribute("GTIN", "7896029080214")), ["3711 error"]),
    "no GTIN": (with_attributes(attribute("GTIN", None)), ["7810 error"]),
    "a protected brand": (
        with_attributes(attribute("BRAND", "Marca Credenciada"), attribute("GTIN", "7894900011517")),
        ["3250 error"],
    ),
    "a package without weight": (with_attributes(*PACKAGE), ["5400 error"]),
    "a package of nothing": (with_attributes(*PACKAGE, attribute("SELLER_PACKAGE_WEIGHT", "0 g")), ["5401 error"]),
    "a package in kilograms": (with_attributes(*PACKAGE, attribute("SELLER_PACKAGE_WEIGHT", "1 kg")), ["5402 error"]),
    "a unit sold as many": (
        with_attributes(
            attribute("TOWEL_TYPE", "Banho"),
            attribute("SALE_FORMAT", "Unidade"),
            attribute("UNITS_PER_PACK", "4"),
            attribute("GTIN", "7894900011517"),
            **TOWEL,
        ),
        ["3709 error"],
    ),
}


@pytest.mark.parametrize(("body", "codes"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_flaw_is_refused_by_its_number_and_nothing_is_listed(body, codes):
    @staged()
    async def scenario(shop: Shop):
        tried, listed = await shop.post("/items/validate", body), await shop.post("/items", body)
        assert (tried.status, listed.status) == (400, 400)
        assert tried.json == listed.json
        assert (listed.json["message"], listed.json["error"]) == ("Validation error", "validation_error")
        assert listed.codes == codes
        assert len(shop.market.listings) == 0

    scenario()


@staged()
async def test_a_good_listing_passes_the_dry_run_and_is_not_listed_by_it(shop: Shop):
    answer = await shop.post("/items/validate", speaker())
    assert (answer.status, answer.content) == (204, b"")
    assert len(shop.market.listings) == 0


@staged()
async def test_everything_that_is_wrong_comes_in_one_answer_with_the_warnings(shop: Shop):
    shirt = speaker(
        category_id="MLB31447",
        title="Camiseta Feminina Acme",
        price=1,
        pictures=[],
        video_id="abc",
        shipping={"mode": "custom"},
        attributes=[attribute("BRAND", "Acme"), attribute("GENDER", "Masculino"), attribute("FOO", "1")],
    )
    answer = await shop.post("/items", shirt)
    codes = ["4210 error", "4029 warning", "465 warning", "109 error", "173 error"]
    assert answer.codes == [*codes, "147 error", "2511 warning", "1212 warning"]
    missing = next(one for one in answer.json["cause"] if one["cause_id"] == 147)
    assert missing["message"].startswith("The attributes [COLOR, SIZE] are required for category MLB31447")
    assert missing["references"] == ["item.attributes"]


@staged()
async def test_warnings_alone_do_not_refuse_and_come_with_the_listing(shop: Shop):
    body = await shop.list_one(video_id="abc", shipping={"mode": "not_specified"})
    assert [one["cause_id"] for one in body["warnings"]] == [4029, 465]
    assert (await shop.post("/items/validate", speaker(video_id="abc"))).status == 204


@staged()
async def test_the_place_of_markup_is_in_the_reference(shop: Shop):
    answer = await shop.post("/items", speaker(description={"plain_text": "Bom som <br>alto"}))
    assert answer.json["cause"][0]["references"] == ["plain_text[8]"]


@staged()
async def test_a_reason_for_having_no_gtin_does_for_it(shop: Shop):
    reason = {"id": "EMPTY_GTIN_REASON", "value_id": "17055160"}
    assert (await shop.post("/items", with_attributes(attribute("GTIN", None), reason))).status == 201


@staged()
async def test_a_gtin_of_another_brands_open_listing_is_in_use(shop: Shop):
    gtin = attribute("GTIN", "7894900011517")
    first = await shop.post("/items", with_attributes(gtin))
    assert first.status == 201
    assert (await shop.post("/items", with_attributes(gtin, sku="2"))).status == 201, "same brand, same domain"
    rival = with_attributes(gtin, attribute("BRAND", "Rival"), sku="3")
    assert (await shop.post("/items", rival)).codes == ["3701 error"]


@staged()
async def test_a_moved_category_is_followed_with_a_warning(shop: Shop):
    body = await shop.list_one(
        category_id="MLB1277", attributes=with_attributes(attribute("GTIN", "7894900011517"))["attributes"]
    )
    assert (body["category_id"], body["warnings"][0]["cause_id"]) == ("MLB1338", 382)


@staged()
async def test_a_catalogue_listing_needs_the_catalogues_attributes(shop: Shop):
    tv = with_attributes(attribute("DISPLAY_SIZE", '50 "'), attribute("GTIN", "7894900011517"), category_id="MLB1002")
    free = await shop.post("/items", {**tv, "price": 1999})
    bound = await shop.post("/items", {**tv, "price": 1999, "catalog_listing": True})
    assert [one["cause_id"] for one in free.json["warnings"]] == [3704]
    assert bound.codes == ["3704 error"]


def shoe(*variations: dict) -> dict:
    shared = [attribute("BRAND", "Acme"), attribute("MODEL", "Run"), attribute("GENDER", "Masculino")]
    shared += [{"id": "AGE_GROUP", "value_id": "6725189"}]
    base = speaker(category_id="MLB23332", title="Tênis Acme Run", price=None, available_quantity=None)
    return {**base, "attributes": [*shared, attribute("GTIN", "7894900011517")], "variations": list(variations)}


def size(name: str, sku: str, *, quantity: int = 2, price: float = 300) -> dict:
    return {
        "attribute_combinations": [COLOR, attribute("SIZE", name)],
        "attributes": [attribute("SELLER_SKU", sku)],
        "price": price,
        "available_quantity": quantity,
    }


@staged()
async def test_a_classic_listing_may_have_variations_and_is_found_by_each_sku(shop: Shop):
    answer = await shop.post("/items", shoe(size("40 BR", "a"), size("41 BR", "b", quantity=3, price=290)))
    assert answer.status == 201, answer.content
    assert (answer.json["available_quantity"], answer.json["price"]) == (5, 290)
    assert len({one["id"] for one in answer.json["variations"]}) == 2
    for sku in ("a", "b"):
        found = await shop.get(f"/users/{SELLER}/items/search?seller_sku={sku}")
        assert found.json["results"] == [answer.json["id"]]


@pytest.mark.parametrize(
    ("variations", "codes"),
    [
        ([size("40 BR", "a"), size("40 BR", "b")], ["item.variations.attribute_combinations.duplicated error"]),
        ([size("40 BR", "a"), {**size("41 BR", "b"), "attribute_combinations": [COLOR]}], ["369 error"]),
        ([{**size("40 BR", "a"), "price": None}], ["369 error"]),
        ([size("40 BR", "a", price=1)], ["109 error"]),
        ([size("99 BR", "a")], ["394 error"]),
    ],
)
def test_a_flawed_variation_is_refused(variations, codes):
    @staged()
    async def scenario(shop: Shop):
        assert (await shop.post("/items", shoe(*variations))).codes == codes

    scenario()


@staged()
async def test_a_change_of_variations_deletes_those_that_are_not_sent(shop: Shop):
    listed = (await shop.post("/items", shoe(size("40 BR", "a"), size("41 BR", "b")))).json
    kept = {"id": listed["variations"][0]["id"], "available_quantity": 9}
    changed = await shop.put(f"/items/{listed['id']}", {"variations": [kept]})
    assert [(one["id"], one["available_quantity"]) for one in changed.json["variations"]] == [(kept["id"], 9)]
    assert (await shop.get(f"/users/{SELLER}/items/search?seller_sku=b")).json["results"] == []
    refused = await shop.put(f"/items/{listed['id']}", {"available_quantity": 1})
    assert refused.codes == ["item.available_quantity.not_modifiable error"]


@staged(accounts=(Account(user_id=SELLER, nickname="X", payment_required=True),))
async def test_a_seller_who_owes_lists_without_selling(shop: Shop):
    assert (await shop.list_one())["status"] == "payment_required"


@staged()
async def test_a_sanitary_registry_needs_its_digits(shop: Shop):
    whey = with_attributes(
        attribute("SUPPLEMENT_TYPE", "Proteína"),
        attribute("NET_WEIGHT", "900 g"),
        attribute("GTIN", "7894900011517"),
        attribute("SANITARY_REGISTRY", "isento"),
        category_id="MLB264201",
    )
    assert (await shop.post("/items", whey)).codes == ["1212 warning", "3702 error"]


@staged()
async def test_a_picture_without_an_address_is_refused(shop: Shop):
    body = speaker(pictures=[{"source": "ftp://acme.example/a.jpg"}, {}])
    assert (await shop.post("/items", body)).codes == ["item.pictures.source.invalid error"] * 2


@staged()
async def test_a_variation_may_make_up_one_attribute_but_not_two(shop: Shop):
    made_up = [attribute("ESTAMPA", "Lisa"), attribute("CORTE", "Reto")]
    one = {**size("40 BR", "a"), "attribute_combinations": [COLOR, attribute("SIZE", "40 BR"), made_up[0]]}
    two = {**size("40 BR", "a"), "attribute_combinations": [COLOR, attribute("SIZE", "40 BR"), *made_up]}
    assert (await shop.post("/items/validate", shoe(one))).status == 204
    assert "372 error" in (await shop.post("/items/validate", shoe(two))).codes


@staged()
async def test_hostile_insides_of_a_variation_are_refused_and_break_nothing(shop: Shop):
    hostile = {"price": 10, "available_quantity": 1, "attribute_combinations": 7, "attributes": "x"}
    answer = await shop.post("/items", shoe(hostile))
    assert answer.status == 400
    assert "369 error" in answer.codes


@staged(accounts=(Account(user_id=SELLER, nickname="LOJA", lost_me1=True),))
async def test_the_dry_run_of_an_account_without_the_old_shipping_is_a_false_alarm(shop: Shop):
    assert (await shop.post("/items/validate", speaker())).codes == ["lost_me1_by_user error"]
    assert (await shop.post("/items", speaker())).status == 201


@staged(accounts=(Account(user_id=SELLER, nickname="LOJA", warehouses=True),))
async def test_an_account_with_warehouses_takes_no_quantity(shop: Shop):
    refused = await shop.post("/items", speaker())
    assert (refused.status, refused.json["message"]) == (400, "body.invalid_fields")
    assert "[available_quantity]" in refused.json["error"]
    assert "warehouse_management" in (await shop.get("/users/me")).json["tags"]
