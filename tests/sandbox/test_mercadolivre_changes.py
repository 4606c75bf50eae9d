import asyncio

import pytest
from mercadolivre_stage import PRODUCTS, SELLER, Shop, attribute, on_stage, staged

DAY = 86_400


@staged()
async def test_price_and_stock_change_and_the_answer_tells_so(shop: Shop):
    item_id = (await shop.list_one())["id"]
    shop.clock.now += 60
    answer = await shop.put(f"/items/{item_id}", {"price": 149.9, "available_quantity": 3})
    assert (answer.status, answer.json["price"], answer.json["available_quantity"]) == (200, 149.9, 3)
    assert answer.json["last_updated"] == "2026-11-23T12:01:00.000Z"
    assert (await shop.get(f"/items/{item_id}")).json == answer.json


@staged()
async def test_what_is_not_there_is_404_and_what_is_anothers_is_401(shop: Shop):
    missing = await shop.put("/items/MLB999", {"price": 10})
    told = {"message": "Item with id MLB999 not found", "error": "not_found", "status": 404, "cause": []}
    assert (missing.status, missing.json) == (404, told)
    item_id = (await shop.list_one())["id"]
    foreign = await shop.put(f"/items/{item_id}", {"price": 10}, seller=PRODUCTS)
    told = {"message": "Caller is not the item's owner", "error": "", "status": 401, "cause": []}
    assert (foreign.status, foreign.json) == (401, told)


@staged()
async def test_stock_zero_pauses_and_stock_returns_it(shop: Shop):
    item_id = (await shop.list_one())["id"]
    await shop.put(f"/items/{item_id}", {"available_quantity": 0})
    assert await shop.status_of(item_id) == ("paused", ["out_of_stock"])
    refused = await shop.put(f"/items/{item_id}", {"status": "active"})
    assert refused.json["cause"][0]["message"] == "Is not possible to activate an item without stock."
    await shop.put(f"/items/{item_id}", {"available_quantity": 5})
    assert await shop.status_of(item_id) == ("active", [])


@staged()
async def test_a_sellers_pause_outlives_new_stock(shop: Shop):
    item_id = (await shop.list_one())["id"]
    await shop.put(f"/items/{item_id}", {"status": "paused"})
    await shop.put(f"/items/{item_id}", {"available_quantity": 0})
    await shop.put(f"/items/{item_id}", {"available_quantity": 5})
    assert await shop.status_of(item_id) == ("paused", ["paused_by_seller"])
    await shop.put(f"/items/{item_id}", {"status": "active"})
    assert await shop.status_of(item_id) == ("active", [])


@staged(close_conflict_seconds=3)
async def test_closing_is_final_and_deletion_right_after_it_conflicts(shop: Shop):
    item_id = (await shop.list_one())["id"]
    assert (await shop.put(f"/items/{item_id}", {"deleted": "true"})).status == 400, "only a closed one"
    await shop.put(f"/items/{item_id}", {"status": "closed"})
    assert await shop.status_of(item_id) == ("closed", [])
    refused = await shop.put(f"/items/{item_id}", {"status": "active"})
    message = f"Cannot update item {item_id} [status:closed, has_bids:false] status is not modifiable"
    assert (refused.status, refused.json["message"]) == (400, message)
    early = await shop.put(f"/items/{item_id}", {"deleted": "true"})
    assert (early.status, early.json["message"]) == (409, "item optimistic locking error")
    shop.clock.now += 3
    assert (await shop.put(f"/items/{item_id}", {"deleted": "true"})).status == 200
    assert await shop.status_of(item_id) == ("closed", ["deleted"])
    assert (await shop.put(f"/items/{item_id}", {"price": 10})).status == 404


@staged()
async def test_a_closed_listing_is_listed_again_under_a_new_id(shop: Shop):
    item_id = (await shop.list_one())["id"]
    again = {"price": 99, "quantity": 1, "listing_type_id": "gold_pro"}
    assert (await shop.post(f"/items/{item_id}/relist", again)).status == 400
    await shop.put(f"/items/{item_id}", {"status": "closed"})
    relisted = await shop.post(f"/items/{item_id}/relist", again)
    body = relisted.json
    assert (relisted.status, body["price"], body["listing_type_id"]) == (201, 99, "gold_pro")
    assert body["parent_item_id"] == item_id != body["id"]


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"price": 1}, ["109 error"]),
        ({"available_quantity": -1}, ["item.available_quantity.invalid error"]),
        ({"status": "Paused"}, ["item.status.invalid error"]),
        ({"pictures": []}, ["173 error"]),
        ({"attributes": [attribute("COLOR", "Furta-cor")]}, ["394 error"]),
        ({"attributes": [attribute("MODEL", None)]}, ["147 error"]),
        ({"price": 1, "status": "gone"}, ["109 error", "item.status.invalid error"]),
    ],
)
def test_a_flawed_change_is_refused_whole(change, codes):
    @staged()
    async def scenario(shop: Shop):
        before = await shop.list_one()
        answer = await shop.put(f"/items/{before['id']}", {**change, "seller_custom_field": "x"})
        assert (answer.status, answer.codes) == (400, codes)
        assert (await shop.get(f"/items/{before['id']}")).json == before

    scenario()


@pytest.mark.parametrize("field", ["description", "category_id", "family_name", "colour"])
def test_a_field_that_cannot_change_is_refused(field):
    @staged()
    async def scenario(shop: Shop):
        item_id = (await shop.list_one())["id"]
        answer = await shop.put(f"/items/{item_id}", {field: "x"})
        assert (answer.status, answer.json["message"]) == (400, "body.invalid_fields")

    scenario()


@staged()
async def test_a_title_changes_until_the_first_sale_and_never_in_a_family(shop: Shop):
    item_id = (await shop.list_one())["id"]
    assert (await shop.put(f"/items/{item_id}", {"title": "Outra Caixa De Som"})).json[
        "title"
    ] == "Outra Caixa De Som"
    await shop.post(f"/_sandbox/items/{item_id}", {"sold_quantity": 1}, seller=None)
    refused = await shop.put(f"/items/{item_id}", {"title": "Mais Uma Caixa"})
    assert refused.codes == ["item.title.not_modifiable error"]
    kin = (await shop.list_one(seller=PRODUCTS))["id"]
    refused = await shop.put(f"/items/{kin}", {"title": "Mais Uma Caixa"}, seller=PRODUCTS)
    assert refused.codes == ["item.title.not_modifiable error"]


@staged()
async def test_the_listing_type_changes_once(shop: Shop):
    path = f"/items/{(await shop.list_one())['id']}"
    assert (await shop.put(path, {"listing_type_id": "gold_pro"})).status == 200
    assert (await shop.put(path, {"listing_type_id": "gold_special"})).codes == [
        "item.listing_type_id.not_modifiable error"
    ]


@staged()
async def test_automated_prices_are_refused_alone_and_ignored_beside_others(shop: Shop):
    item_id = (await shop.list_one())["id"]
    await shop.post(f"/_sandbox/items/{item_id}", {"price_automation": True}, seller=None)
    assert (await shop.put(f"/items/{item_id}", {"price": 10})).codes == ["502 error"]
    both = await shop.put(f"/items/{item_id}", {"price": 10, "available_quantity": 4})
    assert (both.status, both.json["price"], both.json["available_quantity"]) == (200, 199.9, 4)
    assert [one["cause_id"] for one in both.json["warnings"]] == [502]


@staged()
async def test_stock_in_full_is_not_the_sellers_to_change(shop: Shop):
    item_id = (await shop.list_one())["id"]
    await shop.post(f"/_sandbox/items/{item_id}", {"fulfillment": True}, seller=None)
    refused = await shop.put(f"/items/{item_id}", {"available_quantity": 4})
    told = "A quantidade disponível não é modificável em items com logística Fulfillment"
    assert refused.json["cause"][0]["message"] == told
    assert (await shop.put(f"/items/{item_id}", {"price": 50})).status == 200


@staged()
async def test_attributes_are_merged_by_id(shop: Shop):
    item_id = (await shop.list_one())["id"]
    answer = await shop.put(
        f"/items/{item_id}", {"attributes": [attribute("COLOR", "azul"), attribute("MODEL", "S11")]}
    )
    values = {one["id"]: one["value_name"] for one in answer.json["attributes"]}
    assert (values["COLOR"], values["MODEL"], values["BRAND"]) == ("Azul", "S11", "Acme")


@staged()
async def test_a_new_sku_is_found_and_the_old_one_no_longer(shop: Shop):
    item_id = (await shop.list_one("old"))["id"]
    await shop.put(f"/items/{item_id}", {"attributes": [attribute("SELLER_SKU", "new")]})
    assert (await shop.get(f"/users/{SELLER}/items/search?seller_sku=new")).json["results"] == [item_id]
    assert (await shop.get(f"/users/{SELLER}/items/search?seller_sku=old")).json["results"] == []


@staged()
async def test_a_description_is_made_changed_and_refused_with_markup(shop: Shop):
    path = f"/items/{(await shop.list_one())['id']}/description"
    assert (await shop.get(path)).status == 404
    made = await shop.post(path, {"plain_text": "Som alto"})
    assert (made.status, made.json["plain_text"]) == (201, "Som alto")
    changed = await shop.put(path + "?api_version=2", {"plain_text": "Som mais alto"})
    assert (changed.status, (await shop.get(path)).json["plain_text"]) == (200, "Som mais alto")
    assert (await shop.put(path, {"plain_text": "<p>Som</p>"})).codes == ["398 error"]
    assert (await shop.put(path, {"plain_text": "x" * 50_001})).codes == ["3707 error"]
    assert (await shop.put(path, {"text": "Som"})).json["message"] == "body.required_fields"


@staged(moderation_seconds=5)
async def test_a_sku_with_a_moderated_ending_is_moderated_later(shop: Shop):
    listed = await shop.list_one("2000123-FOTO")
    path = f"/moderations/last_moderation/{listed['id']}-ITM"
    assert (listed["status"], (await shop.get(path)).json) == ("active", [])
    shop.clock.now += 5
    body = (await shop.get(f"/items/{listed['id']}")).json
    assert (body["status"], body["tags"]) == ("paused", ["immediate_payment", "moderation_penalty"])
    told = (await shop.get(path)).json[0]
    assert (told["name"], told["evidences"][0]["section_name"]) == ("POOR_QUALITY_THUMBNAIL", "pictures")
    assert [one["type"] for one in told["wordings"]] == ["REASON", "REMEDY"]
    assert len((await shop.get(f"/moderations/infractions/{SELLER}")).json["infractions"]) == 1


@staged(moderation_seconds=0)
async def test_a_moderated_listing_is_searched_by_its_tag_and_freed_by_the_remedy(shop: Shop):
    item_id = (await shop.list_one("2000123-FOTO"))["id"]
    search = f"/users/{SELLER}/items/search?tags=moderation_penalty&status=paused"
    assert (await shop.get(search)).json["results"] == [item_id]
    assert (await shop.put(f"/items/{item_id}", {"status": "active"})).codes == ["item.status.invalid error"]
    await shop.put(f"/items/{item_id}", {"pictures": [{"source": "https://acme.example/better.jpg"}]})
    assert await shop.status_of(item_id) == ("active", [])
    assert (await shop.get(search)).json["results"] == []


@pytest.mark.parametrize(
    ("name", "status", "sub_status"),
    [
        ("HELD_FOR_REVIEW", "under_review", ["held"]),
        ("PENDING_DOCUMENTATION", "under_review", ["pending_documentation"]),
        ("FORBIDDEN_PRODUCT", "under_review", ["forbidden"]),
        ("BRAND_PROTECTION", "inactive", []),
    ],
)
def test_a_listing_under_review_refuses_changes_but_may_be_closed(name, status, sub_status):
    @staged()
    async def scenario(shop: Shop):
        item_id = (await shop.list_one())["id"]
        await shop.post(f"/_sandbox/items/{item_id}", {"moderation": name}, seller=None)
        assert await shop.status_of(item_id) == (status, sub_status)
        refused = await shop.put(f"/items/{item_id}", {"available_quantity": 1})
        told = f"Cannot update item {item_id} [status:{status}, has_bids:false] available quantity is not modifiable"
        assert (refused.status, refused.json["message"], refused.json["cause"]) == (400, told, [])
        forbidden = sub_status == ["forbidden"]
        closed = await shop.put(f"/items/{item_id}", {"status": "closed"})
        assert closed.status == (400 if forbidden else 200)
        if forbidden:
            assert (await shop.put(f"/items/{item_id}", {"deleted": "true"})).status == 200
        assert (await shop.status_of(item_id))[0] == "closed"

    scenario()


@staged(moderation_seconds=0)
async def test_a_warning_becomes_a_review_after_two_days_and_waits_for_a_patch(shop: Shop):
    item_id = (await shop.list_one("1-AVISO"))["id"]
    assert await shop.status_of(item_id) == ("under_review", ["warning"])
    assert (await shop.put(f"/items/{item_id}", {"price": 149.9})).status == 200, "it is still on sale"
    shop.clock.now += 2 * DAY
    shop.pairs[SELLER] = (await shop.refresh(shop.pairs[SELLER]["refresh_token"])).json
    assert await shop.status_of(item_id) == ("under_review", ["waiting_for_patch"])
    assert (await shop.put(f"/items/{item_id}", {"price": 50})).status == 400
    patch = {"attributes": [attribute("POWER", "20 W")]}
    assert (await shop.put(f"/items/{item_id}", patch)).status == 200
    assert await shop.status_of(item_id) == ("active", [])


@staged(moderation_seconds=0)
async def test_a_moderated_ending_can_be_switched_while_it_runs(shop: Shop):
    switched = await shop.post("/_sandbox/moderations", {"suffix": "97", "name": "FORBIDDEN_PRODUCT"}, seller=None)
    assert switched.status == 201
    assert (await shop.list_one("200097"))["status"] == "under_review"
    assert (await shop.list_one("200098"))["status"] == "active"
    wrong = await shop.post("/_sandbox/moderations", {"suffix": "9", "name": "NOPE"}, seller=None)
    assert wrong.status == 400


@staged()
async def test_a_family_takes_a_new_name_before_its_first_sale(shop: Shop):
    item = await shop.list_one(seller=PRODUCTS)
    renamed = (await shop.put(f"/items/{item['id']}", {"family_name": "Caixa Acme S11"}, seller=PRODUCTS)).json
    assert (renamed["family_name"], renamed["title"]) == ("Caixa Acme S11", "Caixa Acme S11 Preto")
    assert renamed["family_id"] != item["family_id"]
    await shop.post(f"/_sandbox/items/{item['id']}", {"sold_quantity": 1})
    refused = await shop.put(f"/items/{item['id']}", {"family_name": "Outra"}, seller=PRODUCTS)
    assert refused.codes == ["item.family_name.not_modifiable error"]
    assert (await shop.put(f"/items/{item['id']}", {"family_name": "Caixa Acme S11"}, seller=PRODUCTS)).status == 200


@staged()
async def test_a_listing_of_the_older_model_has_no_family_to_name(shop: Shop):
    item_id = (await shop.list_one())["id"]
    assert (await shop.put(f"/items/{item_id}", {"family_name": "Caixa"})).json["message"] == "body.invalid_fields"


@staged()
async def test_the_listing_type_changes_once_by_a_call_of_its_own(shop: Shop):
    item_id = (await shop.list_one())["id"]
    changed = await shop.post(f"/items/{item_id}/listing_type", {"id": "gold_pro"})
    assert (changed.status, changed.json["listing_type_id"]) == (200, "gold_pro")
    again = await shop.post(f"/items/{item_id}/listing_type", {"id": "gold_special"})
    assert again.codes == ["item.listing_type_id.not_modifiable error"]
    assert (await shop.post(f"/items/{item_id}/listing_type", {"id": "gold"})).status == 400
    assert (await shop.post(f"/items/{item_id}/listing_type", {"id": "gold_pro"}, seller=PRODUCTS)).status == 401


@staged()
async def test_full_shows_in_the_shipping_and_survives_its_change(shop: Shop):
    item = await shop.list_one()
    assert item["shipping"]["logistic_type"] == "xd_drop_off"
    await shop.post(f"/_sandbox/items/{item['id']}", {"fulfillment": True})
    changed = await shop.put(f"/items/{item['id']}", {"shipping": {"mode": "me2", "free_shipping": True}})
    assert changed.json["shipping"] == {"mode": "me2", "free_shipping": True, "logistic_type": "fulfillment"}


@pytest.mark.parametrize("why", ["expired", "suspended", "freezed"])
def test_the_vendor_ends_listings_too(why: str):
    async def scenario(shop: Shop):
        item_id = (await shop.list_one())["id"]
        await shop.post(f"/_sandbox/items/{item_id}", {"closed": why})
        assert await shop.status_of(item_id) == ("closed", [why])
        assert (await shop.post(f"/_sandbox/items/{item_id}", {"closed": "otherwise"})).status == 400

    asyncio.run(on_stage(scenario))


@staged()
async def test_a_listing_is_announced_again_once(shop: Shop):
    item_id = (await shop.list_one())["id"]
    await shop.put(f"/items/{item_id}", {"status": "closed"})
    again = {"price": 99, "quantity": 1, "listing_type_id": "gold_special"}
    assert (await shop.post(f"/items/{item_id}/relist", again)).status == 201
    twice = await shop.post(f"/items/{item_id}/relist", again)
    assert (twice.status, twice.json["message"]) == (400, f"Item {item_id} was already relisted")


@staged()
async def test_a_picture_that_failed_cannot_be_named_by_its_id(shop: Shop):
    bad = [
        {"source": "https://a.example/picture-fails-403/1.jpg"},
        {"source": "https://a.example/picture-too-small/2.jpg"},
    ]
    item = await shop.list_one(pictures=bad)
    wanted = [{"id": picture["id"]} for picture in item["pictures"]]
    assert (await shop.put(f"/items/{item['id']}", {"pictures": wanted})).codes == ["508 error", "509 error"]
