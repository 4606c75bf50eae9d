import struct
from io import BytesIO

from aiohttp import FormData
from mercadolivre_stage import SELLER, Shop, staged


def png(width: int, height: int, padding: int = 0) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + bytes(padding)


def jpeg(width: int, height: int) -> bytes:
    comment = b"\xff\xfe\x00\x06abcd"
    return b"\xff\xd8" + comment + b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", height, width) + bytes(10)


async def upload(shop: Shop, content: bytes, field: str = "file"):
    form = FormData()
    form.add_field(field, BytesIO(content), filename="a.jpg", content_type="image/jpeg")
    return await shop.post("/pictures/items/upload", form)


def source(name: str) -> list[dict[str, str]]:
    return [{"source": f"https://acme.example/{name}/a.jpg"}]


@staged(picture_seconds=2)
async def test_a_listing_waits_paused_for_its_picture(shop: Shop):
    listed = await shop.list_one()
    assert (listed["status"], listed["sub_status"]) == ("paused", ["picture_download_pending"])
    shop.clock.now += 2
    assert await shop.status_of(listed["id"]) == ("active", [])


@staged()
async def test_an_address_can_tell_how_long_its_download_takes(shop: Shop):
    item_id = (await shop.list_one(pictures=source("picture-takes-1500")))["id"]
    shop.clock.now += 1.4
    assert await shop.status_of(item_id) == ("paused", ["picture_download_pending"])
    shop.clock.now += 0.2
    assert await shop.status_of(item_id) == ("active", [])


@staged()
async def test_a_picture_that_fails_leaves_the_listing_waiting_and_tells_why(shop: Shop):
    listed = await shop.list_one(pictures=source("picture-fails-403"))
    shop.clock.now += 3600
    assert await shop.status_of(listed["id"]) == ("paused", ["picture_download_pending"])
    told = (await shop.get(f"/pictures/{listed['pictures'][0]['id']}/errors")).json
    assert told["source"] == "https://acme.example/picture-fails-403/a.jpg"
    assert told["error"]["items"] == listed["id"]
    assert "error_code=response_code, meta={responseCode=403" in told["error"]["message"]


@staged()
async def test_one_good_picture_is_enough(shop: Shop):
    both = [*source("picture-too-small"), *source("good")]
    listed = await shop.list_one(pictures=both)
    assert listed["status"] == "active"
    flaw = (await shop.get(f"/pictures/{listed['pictures'][0]['id']}/errors")).json["error"]["message"]
    assert "invalid_size" in flaw
    assert (await shop.get(f"/pictures/{listed['pictures'][1]['id']}/errors")).status == 404
    assert (await shop.get("/pictures/1-MLB1_1/errors")).codes == ["204 error"]


@staged()
async def test_new_pictures_free_a_listing_that_waits_for_failed_ones(shop: Shop):
    item_id = (await shop.list_one(pictures=source("picture-fails-404")))["id"]
    await shop.put(f"/items/{item_id}", {"pictures": source("good")})
    assert await shop.status_of(item_id) == ("active", [])


@staged()
async def test_one_address_is_one_picture(shop: Shop):
    first = await shop.list_one("a", pictures=source("same"))
    second = await shop.list_one("b", pictures=source("same"))
    assert first["pictures"] == second["pictures"]


@staged()
async def test_an_uploaded_picture_is_listed_by_its_id(shop: Shop):
    uploaded = await upload(shop, jpeg(1200, 800))
    assert (uploaded.status, uploaded.json["variations"][0]["size"]) == (201, "1200x800")
    listed = await shop.list_one(pictures=[{"id": uploaded.json["id"]}])
    assert [one["id"] for one in listed["pictures"]] == [uploaded.json["id"]]


@staged()
async def test_a_picture_is_attached_beside_the_others(shop: Shop):
    listed = await shop.list_one()
    picture_id = (await upload(shop, png(500, 100))).json["id"]
    attached = await shop.post(f"/items/{listed['id']}/pictures", {"id": picture_id})
    assert attached.status == 200
    assert [one["id"] for one in attached.json["pictures"]] == [listed["pictures"][0]["id"], picture_id]
    assert (await shop.post(f"/items/{listed['id']}/pictures", {"id": "nope"})).codes == ["204 error"]


@staged()
async def test_what_is_no_fit_picture_is_refused(shop: Shop):
    assert (await upload(shop, png(499, 499))).status == 400
    assert (await upload(shop, b"GIF89a" + bytes(100))).status == 400
    assert (await upload(shop, png(600, 600), field="image")).status == 400
    assert (await upload(shop, png(600, 600, padding=10 * 1024 * 1024))).status == 400
    assert (await upload(shop, b"\xff\xd8\xff")).status == 400
    assert (await shop.post("/pictures/items/upload", {"file": "a"})).status == 400


@staged(picture_uploads_per_minute=2)
async def test_too_many_uploads_meet_the_odd_400(shop: Shop):
    found = [(await upload(shop, png(600, 600))).status for _ in range(3)]
    assert found == [201, 201, 400]
    throttled = await upload(shop, png(600, 600))
    assert throttled.json == {"message": "Bad_request", "error": "bad_request", "status": 400, "cause": []}
    shop.clock.now += 30
    assert (await upload(shop, png(600, 600))).status == 201


@staged()
async def test_pictures_replace_the_set(shop: Shop):
    listed = await shop.list_one()
    kept = {"id": listed["pictures"][0]["id"]}
    changed = await shop.put(f"/items/{listed['id']}", {"pictures": [*source("new"), kept]})
    assert [one["id"] for one in changed.json["pictures"]][1] == kept["id"]
    assert len(changed.json["pictures"]) == 2
    assert (await shop.get(f"/users/{SELLER}/items/search")).json["paging"]["total"] == 1
