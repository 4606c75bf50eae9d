"""The fake Amazon's listings: submitted, refused at once, worked on, refused late."""

from base64 import b64encode
from hashlib import md5

import pytest
from amazon_stage import ITEMS, PLACE, Caller, backpack, chosen, on_stage, patch, worded

IDENTIFIER = "externally_assigned_product_identifier"


def grams(value):
    return [{"unit": "grams", "value": value, "marketplace_id": PLACE}]


def barcode(value):
    return [{"type": "ean", "value": value, "marketplace_id": PLACE}]


def test_a_whole_listing_is_accepted_with_a_submission_and_the_usual_headers():
    async def scene(caller: Caller) -> None:
        answer = await caller.item("PUT", "a-1", backpack())
        assert (answer.status, answer.json["status"], answer.json["sku"]) == (200, "ACCEPTED", "a-1")
        assert answer.json["submissionId"]
        assert answer.json["issues"] == []
        assert answer.headers["x-amzn-ratelimit-limit"] == "1000.0"
        assert answer.headers["x-amzn-requestid"]

    on_stage(scene)


@pytest.mark.parametrize(
    ("changes", "code", "name"),
    [
        ({"brand": None}, "90220", "brand"),
        ({"externally_assigned_product_identifier": None}, "90220", "externally_assigned_product_identifier"),
        ({"fake_attribute": chosen("x")}, "90000900", "fake_attribute"),
        ({"color": []}, "99022", "color"),
        ({"color": [*worded("Azul"), *worded("Preto")]}, "99022", "color"),
        ({"color": [{"value": "Azul"}]}, "99022", "color"),
        ({"country_of_origin": chosen("XX")}, "4000001", "country_of_origin"),
        ({"item_name": worded("ã" * 101)}, "99038", "item_name"),
        ({"item_name": worded("<b>Mochila</b>")}, "18448", "item_name"),
        ({"item_package_weight": grams(0)}, "90000900", "item_package_weight"),
        ({"item_package_weight": grams("850")}, "90000900", "item_package_weight"),
        ({IDENTIFIER: barcode("7891000315500")}, "4000001", IDENTIFIER),
    ],
)
def test_what_the_schema_forbids_is_200_and_invalid(changes, code, name):
    async def scene(caller: Caller) -> None:
        answer = await caller.item("PUT", "a-1", backpack(**changes))
        assert (answer.status, answer.json["status"]) == (200, "INVALID")
        assert {(one["code"], *one["attributeNames"]) for one in answer.json["issues"]} == {(code, name)}
        assert (await caller.seen("a-1")).status == 404

    on_stage(scene)


def test_everything_wrong_is_told_at_once():
    async def scene(caller: Caller) -> None:
        answer = await caller.item("PUT", "a-1", backpack(brand=None, color=[], country_of_origin=chosen("XX")))
        assert sorted(answer.codes) == ["4000001", "90220", "99022"]

    on_stage(scene)


def test_an_exemption_stands_for_the_identifier():
    async def scene(caller: Caller) -> None:
        body = backpack(
            externally_assigned_product_identifier=None,
            supplier_declared_has_product_identifier_exemption=chosen(value=True),
        )
        assert (await caller.item("PUT", "a-1", body)).json["status"] == "ACCEPTED"

    on_stage(scene)


def test_a_preview_stores_nothing():
    async def scene(caller: Caller) -> None:
        good = await caller.item("PUT", "a-1", backpack(), mode="VALIDATION_PREVIEW")
        bad = await caller.item("PUT", "a-1", backpack(brand=None), mode="VALIDATION_PREVIEW")
        assert (good.json["status"], bad.json["status"]) == ("VALID", "INVALID")
        assert (await caller.seen("a-1")).status == 404

    on_stage(scene)


def test_a_new_listing_is_404_until_it_is_worked_on_then_it_has_an_asin():
    async def scene(caller: Caller) -> None:
        await caller.item("PUT", "a-1", backpack())
        before = await caller.seen("a-1")
        caller.clock.now += 30
        after = await caller.seen("a-1")
        assert (before.status, before.json["errors"][0]["code"]) == (404, "NOT_FOUND")
        summary = after.json["summaries"][0]
        assert summary["status"] == ["BUYABLE", "DISCOVERABLE"]
        assert len(summary["asin"]) == 10

    on_stage(scene, processing_seconds=30)


@pytest.mark.parametrize(
    ("sku", "code", "status", "has_asin"),
    [
        ("x-FOTO", "18027", ["DISCOVERABLE"], True),
        ("x-CONFLITO", "8541", [], False),
        ("x-MARCA", "5665", [], False),
        ("x-RESTRITO", "18742", [], True),
        ("x-URL", "20000", [], True),
    ],
)
def test_a_late_issue_shows_when_its_time_has_come(sku, code, status, has_asin):
    async def scene(caller: Caller) -> None:
        await caller.item("PUT", sku, backpack())
        assert (await caller.seen(sku)).codes == []
        caller.clock.now += 60
        seen = await caller.seen(sku)
        assert seen.codes == [code]
        assert seen.json["summaries"][0]["status"] == status
        assert ("asin" in seen.json["summaries"][0]) is has_asin

    on_stage(scene, late_seconds=60)


def test_an_exempt_issue_leaves_the_listing_on_sale():
    async def scene(caller: Caller) -> None:
        await caller.item("PUT", "x-ISENTO", backpack())
        seen = await caller.seen("x-ISENTO")
        assert seen.json["summaries"][0]["status"] == ["BUYABLE", "DISCOVERABLE"]
        assert seen.json["issues"][0]["enforcements"]["exemption"]["status"] == "EXEMPT_UNTIL_EXPIRY_DATE"

    on_stage(scene)


def test_a_patch_changes_one_attribute_and_a_put_replaces_all():
    async def scene(caller: Caller) -> None:
        await caller.item("PUT", "a-1", backpack())
        sold_out = [{"fulfillment_channel_code": "DEFAULT", "quantity": 0}]
        assert (await caller.item("PATCH", "a-1", patch("fulfillment_availability", sold_out))).status == 200
        seen = await caller.item("GET", "a-1", includedData="summaries,attributes")
        assert seen.json["summaries"][0]["status"] == ["DISCOVERABLE"]
        assert seen.json["attributes"]["color"] == worded("Azul")
        await caller.item("PUT", "a-1", backpack(bullet_point=worded("Outra")))
        seen = await caller.item("GET", "a-1", includedData="attributes")
        assert seen.json["attributes"]["bullet_point"] == worded("Outra")

    on_stage(scene)


def test_a_patch_is_judged_by_what_it_touches():
    async def scene(caller: Caller) -> None:
        await caller.item("PUT", "a-1", backpack())
        assert (await caller.item("PATCH", "a-1", patch("brand", op="delete"))).codes == ["90220"]
        assert (await caller.item("PATCH", "a-1", patch("color", worded("Verde")))).json["status"] == "ACCEPTED"

    on_stage(scene)


def test_a_patch_of_an_unknown_sku_is_accepted_and_makes_no_whole_listing():
    async def scene(caller: Caller) -> None:
        assert (await caller.item("PATCH", "a-1", patch("color", worded("Verde")))).json["status"] == "ACCEPTED"
        seen = await caller.seen("a-1")
        assert "90220" in seen.codes
        assert seen.json["summaries"][0]["status"] == []

    on_stage(scene)


def test_a_deleted_listing_is_gone():
    async def scene(caller: Caller) -> None:
        await caller.item("PUT", "a-1", backpack())
        assert (await caller.item("DELETE", "a-1")).json["status"] == "ACCEPTED"
        assert (await caller.seen("a-1")).status == 404

    on_stage(scene)


def test_the_search_goes_by_pages_and_finds_by_identifier_status_and_severity():
    async def scene(caller: Caller) -> None:
        for number in range(5):
            await caller.item("PUT", f"a-{number}", backpack())
        await caller.item("PUT", "b-FOTO", backpack())
        asked = {"marketplaceIds": PLACE, "pageSize": "4"}
        first = (await caller.call("GET", ITEMS, **asked)).json
        second = (await caller.call("GET", ITEMS, pageToken=first["pagination"]["nextToken"], **asked)).json
        assert [one["sku"] for page in (first, second) for one in page["items"]] == [
            *(f"a-{n}" for n in range(5)),
            "b-FOTO",
        ]
        assert first["numberOfResults"] == 6
        assert "pagination" not in second
        one = (
            await caller.call("GET", ITEMS, marketplaceIds=PLACE, identifiers="a-2,a-9", identifiersType="SKU")
        ).json
        assert [found["sku"] for found in one["items"]] == ["a-2"]
        broken = (await caller.call("GET", ITEMS, marketplaceIds=PLACE, withIssueSeverity="ERROR")).json
        assert [found["sku"] for found in broken["items"]] == ["b-FOTO"]
        sold = (await caller.call("GET", ITEMS, marketplaceIds=PLACE, withStatus="BUYABLE")).json
        assert sold["numberOfResults"] == 5

    on_stage(scene)


@pytest.mark.parametrize(
    ("method", "sku", "body", "place"),
    [
        ("PUT", "BadSKU", backpack(), PLACE),
        ("PUT", "a-1", backpack(), "ATVPDKIKX0DER"),
        ("PUT", "a-1", {"productType": "NOTHING", "attributes": {}}, PLACE),
        ("PUT", "a-1", {"productType": "LUGGAGE"}, PLACE),
        ("PUT", "a-1", [1], PLACE),
        ("PATCH", "a-1", {"productType": "LUGGAGE", "patches": []}, PLACE),
        ("PATCH", "a-1", {"productType": "LUGGAGE", "patches": [{"op": "move", "path": "/attributes/color"}]}, PLACE),
        ("PATCH", "a-1", {"productType": "LUGGAGE", "patches": [{"op": "delete", "path": "/attributes/a/b"}]}, PLACE),
    ],
)
def test_a_malformed_request_is_400(method, sku, body, place):
    async def scene(caller: Caller) -> None:
        answer = await caller.call(method, f"{ITEMS}/{sku}", body, marketplaceIds=place)
        assert (answer.status, answer.json["errors"][0]["code"]) == (400, "BAD_REQUEST")

    on_stage(scene)


def test_another_sellers_listings_are_not_served():
    async def scene(caller: Caller) -> None:
        answer = await caller.call("GET", "/listings/2021-08-01/items/AOTHER/a-1", marketplaceIds=PLACE)
        assert answer.status == 400

    on_stage(scene)


def test_a_product_type_leads_to_a_schema_with_its_checksum():
    async def scene(caller: Caller) -> None:
        told = (await caller.call("GET", "/definitions/2020-09-01/productTypes/LUGGAGE", marketplaceIds=PLACE)).json
        link = told["schema"]["link"]["resource"]
        schema = await caller.call("GET", link.removeprefix(caller.base), token="")
        assert b64encode(md5(schema.content).digest()).decode() == told["schema"]["checksum"]
        assert schema.json["properties"]["item_name"]["items"]["properties"]["value"]["maxUtf8ByteLength"] == 200
        assert "item_name" in told["propertyGroups"]["product_identity"]["propertyNames"]

    on_stage(scene)


def test_product_types_are_found_by_words():
    async def scene(caller: Caller) -> None:
        path = "/definitions/2020-09-01/productTypes"
        by_title = (await caller.call("GET", path, marketplaceIds=PLACE, itemName="Mochila Trilha Sul")).json
        by_words = (await caller.call("GET", path, marketplaceIds=PLACE, keywords="tênis,corrida")).json
        every = (await caller.call("GET", path, marketplaceIds=PLACE)).json
        assert [one["name"] for one in by_title["productTypes"]] == ["LUGGAGE"]
        assert [one["name"] for one in by_words["productTypes"]] == ["SHOES"]
        assert len(every["productTypes"]) == 6
        assert (await caller.call("GET", f"{path}/NOTHING", marketplaceIds=PLACE)).status == 404
        both = await caller.call("GET", path, marketplaceIds=PLACE, keywords="a", itemName="b")
        assert both.status == 400

    on_stage(scene)


def test_restrictions_answer_a_bare_list_for_a_bad_asin():
    async def scene(caller: Caller) -> None:
        path = "/listings/2021-08-01/restrictions"
        asked = {"sellerId": caller.access["settings"]["seller_id"], "marketplaceIds": PLACE}
        assert (await caller.call("GET", path, asin="B000000001", **asked)).json == {"restrictions": []}
        bad = await caller.call("GET", path, asin="BAD", **asked)
        assert (bad.status, bad.json[0]["code"]) == (400, "BAD_REQUEST")

    on_stage(scene)
