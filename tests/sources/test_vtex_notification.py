import json

import pytest

from ponte.sources.vtex.notification import MAX_BYTES, Notification, Refused, parse

FULL = {
    "IdSku": "2001773",
    "ProductId": 2001426,
    "An": "minhaloja",
    "IdAffiliate": "MLC",
    "Version": "0" * 32,
    "DateModified": "2026-08-20T15:11:28.1978783Z",
    "IsActive": True,
    "StockModified": False,
    "PriceModified": True,
    "HasStockKeepingUnitModified": False,
    "HasStockKeepingUnitRemovedFromAffiliate": False,
}


def body(**changes: object) -> bytes:
    return json.dumps({**FULL, **changes}).encode()


def read(raw: bytes, **how: str) -> Notification:
    found = parse(raw, **how)
    assert isinstance(found, tuple), found
    assert len(found) == 1
    return found[0]


def refused(raw: bytes, **how: str) -> tuple[str, int]:
    found = parse(raw, **how)
    assert isinstance(found, Refused), found
    return found.reason_code, found.status


def test_the_full_body_of_vtex_is_read():
    assert read(body()) == Notification(
        "2001773",
        "minhaloja",
        "MLC",
        "2001426",
        "2026-08-20T15:11:28.1978783Z",
        active=True,
        price_changed=True,
    )


def test_the_shortest_body_names_only_the_sku():
    assert read(b'{"HasStockKeepingUnitModified": true, "IdSku": "1"}') == Notification("1", product_changed=True)


def test_names_are_taken_in_any_letter_case():
    guide = b'{"idSKU":"7","an":"loja","idAffiliate":"MLC","productId":"9","isActive":false,"stockModified":true}'
    assert read(guide) == Notification("7", "loja", "MLC", "9", active=False, stock_changed=True)
    assert read(b'{"skuId": 7, "active": true}') == Notification("7", active=True)


def test_a01_an_empty_body_is_refused():
    assert refused(b"") == ("empty", 400)
    assert refused(b" \r\n") == ("empty", 400)


@pytest.mark.parametrize("raw", [b"null", b"[]", b'"x"', b"1", b"true"])
def test_a02_json_that_is_no_object_is_refused(raw):
    assert refused(raw) == ("not_an_object", 400)


@pytest.mark.parametrize("raw", [b"IdSku=1&An=x", b"<IdSku>1</IdSku>", b"<!doctype html><html></html>"])
def test_a03_what_is_not_json_is_refused_and_the_content_type_told(raw):
    found = parse(raw, "application/x-www-form-urlencoded; charset=utf-8")
    assert found == Refused("not_json", "The body is not JSON (sent as application/x-www-form-urlencoded).")
    assert parse(raw, "a/b<script>") == Refused("not_json", "The body is not JSON.")


@pytest.mark.parametrize("raw", [b"{'IdSku':'1'}", b'{"IdSku":"1",}', b'{"IdSku":"1"/**/}', b'{IdSku:"1"}'])
def test_a04_json_by_halves_is_refused(raw):
    assert refused(raw) == ("not_json", 400)


def test_a05_two_objects_in_one_body_are_refused():
    assert refused(b'{"IdSku":"1"} {"IdSku":"2"}') == ("not_json", 400)


def test_a06_a_truncated_body_is_refused():
    for end in range(1, len(body())):
        assert isinstance(parse(body()[:end]), Refused)


def test_a07_a_byte_order_mark_is_stripped():
    assert read(b"\xef\xbb\xbf" + body()) == read(body())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a08_utf_16_is_refused(encoding):
    assert isinstance(parse(body().decode().encode(encoding)), Refused)


def test_a09_latin_1_is_refused():
    assert refused('{"IdSku":"1","An":"praça"}'.encode("latin-1")) == ("not_utf8", 400)


@pytest.mark.parametrize("name", [b"\\ud800", b"\\udc00x", b"\\ud800\\ud800"])
def test_a10_a_lone_surrogate_is_refused(name):
    assert refused(b'{"IdSku":"1","An":"' + name + b'"}') == ("not_json", 400)


def test_a11_nul_is_taken_out_and_said():
    found = read(b'{"IdSku":"1","An":"lo\\u0000ja","DateModified":"2026\\u0000"}')
    assert found == Notification("1", "loja", modified_at="2026", nul_removed=True)
    assert refused(b'{"IdSku":"1\\u0000"}') == ("sku_invalid", 400)


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e999"])
def test_a12_numbers_that_are_none_are_refused(number):
    assert refused(b'{"IdSku":"1","Version":' + number + b"}") == ("not_json", 400)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"IdSku":"1","IdSku":"2"}',
        b'{"IdSku":"1","IdSku":"1"}',
        b'{"IdSku":"1","IdSk\\u0075":"2"}',
        b'{"IdSku":"1","x":{"a":1,"a":2}}',
        b'[{"IdSku":"1","IdSku":"2"}]',
        b'{"IdSku":"1","idSKU":"2"}',
        b'{"IdSku":"1","skuId":2}',
    ],
)
def test_a13_a_name_told_twice_is_refused(raw):
    assert refused(raw) == ("duplicate_name", 400)


def test_two_names_of_one_field_may_agree():
    assert read(b'{"IdSku":"1","skuId":"1"}').sku_id == "1"


@pytest.mark.parametrize("depth", [21, 500, 1_000, 30_000])
def test_a14_deep_nesting_is_refused(depth):
    nested = b"[" * (depth - 1) + b"]" * (depth - 1)
    assert isinstance(parse(b'{"IdSku":"1","x":' + nested + b"}"), Refused)
    assert isinstance(parse(b"[" * min(2 * depth, MAX_BYTES)), Refused)


def test_a14_twenty_levels_are_read():
    assert read(b'{"IdSku":"1","x":' + b"[" * 19 + b"]" * 19 + b"}").sku_id == "1"


@pytest.mark.parametrize("digits", [50, 200, 5_000])
def test_a15_an_integer_of_many_digits_is_refused(digits):
    assert isinstance(parse(b'{"IdSku":' + b"1" * digits + b"}"), Refused)
    assert isinstance(parse(b'{"IdSku":"1","x":' + b"1" * digits + b"}"), Refused)


def test_a16_a_body_over_64_kb_is_refused_unread():
    padded = body() + b" " * (MAX_BYTES - len(body()))
    assert read(padded).sku_id == "2001773"
    assert refused(padded + b" ") == ("too_large", 413)


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "gzip, identity"])
def test_a18_a_compressed_body_is_refused_unread(encoding):
    assert refused(b"\x1f\x8b", content_encoding=encoding) == ("compressed", 415)
    assert read(body(), content_encoding="Identity").sku_id == "2001773"


@pytest.mark.parametrize("raw", [b"{}", b'{"IdSku":null}', b'{"IdSku":""}', b'{"IdSku":" "}', b'{"An":"x"}'])
def test_a21_a_body_without_a_sku_is_refused(raw):
    assert refused(raw) == ("sku_missing", 400)


def test_a22_a_number_and_its_text_are_one_sku_and_leading_zeros_another():
    assert read(b'{"IdSku":15}') == read(b'{"IdSku":"15"}')
    assert read(b'{"IdSku":"015"}').sku_id == "015"
    assert refused(b'{"IdSku":15.0}') == ("sku_invalid", 400)


@pytest.mark.parametrize("value", [b"true", b"false", b"{}", b"[]", b'["1"]'])
def test_a23_a_sku_of_another_type_is_refused(value):
    assert refused(b'{"IdSku":' + value + b"}") == ("sku_invalid", 400)


@pytest.mark.parametrize("digits", ["１５", "١٥", "²", "1５"])
def test_a24_digits_of_other_scripts_are_refused(digits):
    assert refused(json.dumps({"IdSku": digits}).encode()) == ("sku_invalid", 400)
    assert refused(json.dumps({"IdSku": digits}, ensure_ascii=False).encode()) == ("sku_invalid", 400)


@pytest.mark.parametrize("value", [2**63, -1, "-1", "9" * 400, "1" * 19, 2**64, -(2**63)])
def test_a25_a_sku_out_of_range_is_refused(value):
    assert refused(json.dumps({"IdSku": value}).encode())[1] == 400


def test_a25_eighteen_digits_are_a_sku():
    assert read(json.dumps({"IdSku": 10**18 - 1}).encode()).sku_id == "9" * 18


@pytest.mark.parametrize(
    "value", ["1; DROP TABLE", "../../x", "%2e%2e", "<script>", "1 ", "+1", "1e3", "0x1", "1\n", "1_0"]
)
def test_a26_a_sku_with_other_characters_is_refused_and_not_repeated(value):
    found = parse(json.dumps({"IdSku": value}).encode())
    assert found == Refused("sku_invalid", "IdSku is not a SKU id: 1 to 18 digits.")


def test_a27_the_account_is_told_so_that_another_one_can_be_put_aside():
    assert read(body(An="outraloja")).account == "outraloja"
    assert read(body(An=None)).account is None
    assert refused(body(An={"x": 1})) == ("account_invalid", 400)


@pytest.mark.parametrize("told", ["MinhaLoja", "minhaloja.myvtex", "MINHALOJA.MyVtex.com", " minhaloja "])
def test_a28_the_account_is_told_in_one_way(told):
    assert read(body(An=told)).account == "minhaloja"


def test_a29_the_affiliate_is_told_so_that_an_unknown_one_can_be_put_aside():
    assert read(body(IdAffiliate="zzz")).affiliate == "ZZZ"
    assert read(body(IdAffiliate=None)).affiliate is None


def test_a30_a_hint_without_any_flag_is_a_hint():
    found = read(body(PriceModified=False))
    assert (found.product_changed, found.price_changed, found.stock_changed) == (False, False, False)


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("true", True),
        ("False", False),
        (" FALSE ", False),
        (0, False),
        (1, True),
        ("0", False),
        ("yes", True),
        ("no", False),
        ("talvez", True),
        ({}, True),
        ([], True),
        (0.5, True),
    ],
)
def test_a31_flags_are_read_with_patience_and_the_unknown_is_true(told, meant):
    found = read(body(StockModified=told, IsActive=told))
    assert (found.stock_changed, found.active) == (meant, meant)


def test_a31_null_says_nothing():
    found = read(body(StockModified=None, IsActive=None))
    assert (found.stock_changed, found.active) == (False, None)


def test_a13_null_leaves_the_word_to_another_name_of_the_same_field():
    assert read(b'{"IdSku":null,"skuId":"7","IdSKU":"7"}') == Notification("7")
    assert read(b'{"skuId":"7","IdSku":null}') == Notification("7")


def test_a32_what_the_body_says_of_activity_is_only_told():
    assert read(body(IsActive=False)).active is False
    assert read(body(IsActive=None)).active is None


@pytest.mark.parametrize("told", ["", "ontem", "0001-01-01T00:00:00", "9999-12-31T23:59:59.9999999Z", "12+14:00"])
def test_a33_a_date_is_text_and_nothing_more(told):
    assert read(body(DateModified=told)).modified_at == told


@pytest.mark.parametrize("told", [None, 12, {}, []])
def test_a33_a_date_that_is_no_text_is_left_out(told):
    assert read(body(DateModified=told)).modified_at == ""


def test_a34_a_date_of_the_future_changes_nothing_else():
    late = "2026-11-25T12:00:00.0000000Z"
    assert read(body(DateModified=late)) == Notification(
        "2001773", "minhaloja", "MLC", "2001426", late, active=True, price_changed=True
    )


def test_a35_five_hundred_unknown_names_are_taken():
    assert read(body(**{f"extra{number}": {"a": [number, 1.5]} for number in range(500)})) == read(body())


def test_a36_the_same_body_is_the_same_hint():
    assert len({read(body()) for _ in range(100)}) == 1


def test_a37_nothing_in_a_hint_orders_it():
    older, newer = (read(body(DateModified=f"2026-08-{day}T00:00:00Z")) for day in (20, 21))
    assert (older.sku_id, older.modified_at) == (newer.sku_id, "2026-08-20T00:00:00Z")


def test_a43_the_content_type_is_not_asked_for():
    assert read(body(), content_type="text/plain") == read(body())


def test_a47_an_array_is_read_item_by_item():
    found = parse(json.dumps([FULL, {"IdSku": 3}]).encode())
    assert isinstance(found, tuple)
    assert [one.sku_id for one in found] == ["2001773", "3"]


def test_a47_an_array_of_more_than_500_is_refused():
    ids = [{"IdSku": number} for number in range(501)]
    assert refused(json.dumps(ids).encode()) == ("too_many", 413)
    assert len(parse(json.dumps(ids[:500]).encode())) == 500


def test_a47_one_bad_item_refuses_the_array_and_is_named():
    assert parse(b'[{"IdSku":1},{"IdSku":"x"}]') == Refused(
        "sku_invalid", "Item 1 of the array: IdSku is not a SKU id: 1 to 18 digits."
    )
    assert refused(b'[{"IdSku":1},2]') == ("not_an_object", 400)
