from mercadolivre_stage import PRODUCTS, SELLER, Shop, staged

SEARCH = f"/users/{SELLER}/items/search"


@staged(index_lag_seconds=4)
async def test_a_new_listing_is_not_found_before_the_index_has_it(shop: Shop):
    item_id = (await shop.list_one("2000123"))["id"]
    empty = (await shop.get(f"{SEARCH}?seller_sku=2000123")).json
    assert empty == {"seller_id": str(SELLER), "results": [], "paging": {"limit": 50, "offset": 0, "total": 0}}
    shop.clock.now += 4
    assert (await shop.get(f"{SEARCH}?seller_sku=2000123")).json["results"] == [item_id]


@staged()
async def test_the_sku_attribute_and_the_older_sku_field_are_searched_apart(shop: Shop):
    item_id = (await shop.list_one("a", seller_custom_field="b"))["id"]
    assert (await shop.get(f"{SEARCH}?seller_sku=a")).json["results"] == [item_id]
    assert (await shop.get(f"{SEARCH}?sku=b")).json["results"] == [item_id]
    assert (await shop.get(f"{SEARCH}?seller_sku=b")).json["results"] == []
    assert (await shop.get(f"{SEARCH}?sku=a")).json["results"] == []


@staged()
async def test_a_search_by_status_and_product_pages(shop: Shop):
    listed = [await shop.list_one(str(number)) for number in range(5)]
    await shop.put(f"/items/{listed[0]['id']}", {"status": "paused"})
    assert (await shop.get(f"{SEARCH}?status=paused")).json["results"] == [listed[0]["id"]]
    page = (await shop.get(f"{SEARCH}?status=active&limit=2&offset=1")).json
    assert page["results"] == [one["id"] for one in listed[2:4]]
    assert page["paging"] == {"limit": 2, "offset": 1, "total": 4}
    by_product = await shop.get(f"{SEARCH}?user_product_id={listed[3]['user_product_id']}")
    assert by_product.json["results"] == [listed[3]["id"]]
    assert (await shop.get(f"{SEARCH}?limit=101")).status == 400
    assert (await shop.get(f"{SEARCH}?offset=1001")).status == 400


@staged()
async def test_a_scan_walks_through_everything(shop: Shop):
    listed = [(await shop.list_one(str(number)))["id"] for number in range(5)]
    found, scroll = [], "0"
    while scroll is not None:
        page = (await shop.get(f"{SEARCH}?search_type=scan&limit=2&scroll_id={scroll}")).json
        found += page["results"]
        scroll = page["scroll_id"]
    assert found == listed


@staged()
async def test_another_sellers_listings_are_not_searched(shop: Shop):
    await shop.list_one("a")
    assert (await shop.get(f"{SEARCH}?seller_sku=a", seller=PRODUCTS)).status == 403
    mine = await shop.get(f"/users/{PRODUCTS}/items/search?seller_sku=a", seller=PRODUCTS)
    assert mine.json["results"] == []


@staged()
async def test_twenty_listings_are_read_at_once_and_missing_ones_are_named(shop: Shop):
    ids = [(await shop.list_one(str(number)))["id"] for number in range(2)]
    whole = await shop.get(f"/items?ids={','.join(ids)}")
    assert (whole.status, [one["body"]["id"] for one in whole.json]) == (200, ids)
    part = await shop.get(f"/items?ids={ids[0]},MLB1,MLB2&attributes=id,status")
    assert (part.status, part.headers["X-Content-Missing"]) == (206, "MLB1,MLB2")
    assert [one["code"] for one in part.json] == [200, 404, 404]
    assert part.json[0]["body"] == {"id": ids[0], "status": "active"}
    assert (await shop.get("/items?ids=" + ",".join(["MLB1"] * 21))).status == 400
    assert (await shop.get("/items/bulk?ids=" + ids[1])).json[0]["body"]["id"] == ids[1]


@staged()
async def test_everything_applied_is_in_the_journal_in_order(shop: Shop):
    item_id = (await shop.list_one("2000123"))["id"]
    shop.clock.now += 1
    await shop.put(f"/items/{item_id}", {"price": 100})
    await shop.put(f"/items/{item_id}", {"price": 1})
    await shop.post(f"/items/{item_id}/description", {"plain_text": "Som"})
    journal = (await shop.get("/_sandbox/applied", seller=None)).json
    told = [(one["seq"], one["method"], one["path"], one["sku"]) for one in journal["applied"]]
    assert told == [
        (1, "POST", "/items", "2000123"),
        (2, "PUT", f"/items/{item_id}", "2000123"),
        (3, "POST", f"/items/{item_id}/description", "2000123"),
    ]
    assert journal["last"] == 3
    later = (await shop.get("/_sandbox/applied?after=1&limit=1", seller=None)).json["applied"]
    assert [(one["payload"], one["time"]) for one in later] == [({"price": 100}, "2026-11-23T12:00:01.000Z")]


@staged(index_lag_seconds=60)
async def test_an_oracle_sees_listings_of_a_sku_at_once_and_doubled_ones(shop: Shop):
    first, second = await shop.list_one("a"), await shop.list_one("a")
    await shop.list_one("b")
    seen = (await shop.get("/_sandbox/items?seller_sku=a", seller=None)).json
    assert (seen["total"], [one["id"] for one in seen["items"]]) == (2, [first["id"], second["id"]])
    doubled = (await shop.get("/_sandbox/duplicates", seller=None)).json
    assert doubled["duplicates"] == {f"{SELLER}/a": [first["id"], second["id"]]}
    await shop.put(f"/items/{second['id']}", {"status": "closed"})
    assert (await shop.get("/_sandbox/duplicates", seller=None)).json["duplicates"] == {}
