"""The catalogue of bad notifications, row by row (A01 to A48), as far as the webhook itself decides."""

from __future__ import annotations

import json
import time

import pytest
from asgi_client import ADDRESS, KEY, OLD_KEY, PAUSED_KEY, Call, Memory, ask, ask_one, note, post

from ponte.flows.ingest import Hint

FIFTEEN = [Hint(11, "product", "15")]
BIG = 64 * 1024


def padded(size: int) -> bytes:
    """Return a good body of exactly `size` bytes."""
    bare = json.dumps(note(Extra="")).encode()
    return json.dumps(note(Extra="x" * (size - len(bare)))).encode()


REFUSED = [
    pytest.param(b"null", "not_an_object", id="A02-null"),
    pytest.param(b"[]", "not_an_object", id="A02-array"),
    pytest.param(b'"x"', "not_an_object", id="A02-text"),
    pytest.param(b"1", "not_an_object", id="A02-number"),
    pytest.param(b"true", "not_an_object", id="A02-true"),
    pytest.param(b"IdSku=1&An=x", "not_json", id="A03-form"),
    pytest.param(b"<xml><IdSku>1</IdSku></xml>", "not_json", id="A03-xml"),
    pytest.param(b"{'IdSku': '1'}", "not_json", id="A04-single-quotes"),
    pytest.param(b'{"IdSku": "1",}', "not_json", id="A04-trailing-comma"),
    pytest.param(b'{"IdSku":"1"} {"IdSku":"2"}', "not_json", id="A05-two-objects"),
    pytest.param('{"IdSku":"1"}'.encode("utf-16"), "not_utf8", id="A08-utf16"),
    pytest.param('{"IdSku":"1","Nome":"ç"}'.encode("latin-1"), "not_utf8", id="A09-latin1"),
    pytest.param(b'{"IdSku":"1","Nome":"\\ud800"}', "not_json", id="A10-lone-surrogate"),
    pytest.param(b'{"IdSku":"1","x":NaN}', "not_json", id="A12-nan"),
    pytest.param(b'{"IdSku":"1","x":-Infinity}', "not_json", id="A12-infinity"),
    pytest.param(b'{"IdSku":"1","x":1e999}', None, id="A12-overflow"),
    pytest.param(b'{"IdSku":"1","IdSku":"2"}', "duplicate_name", id="A13-twice"),
    pytest.param(b"[" * 30_000, None, id="A14-deep"),
    pytest.param(b'{"IdSku":"1","x":' + b"[" * 50 + b"]" * 50 + b"}", "too_deep", id="A14-deeper-than-20"),
    pytest.param(b'{"IdSku":' + b"9" * 5_000 + b"}", None, id="A15-5000-digits"),
    pytest.param(b'{"An":"minhaloja"}', "sku_missing", id="A21-missing"),
    pytest.param(b'{"IdSku":null}', "sku_missing", id="A21-null"),
    pytest.param(b'{"IdSku":""}', "sku_missing", id="A21-empty"),
    pytest.param(b'{"IdSku":" "}', "sku_missing", id="A21-blank"),
    pytest.param(b'{"IdSku":15.0}', "sku_invalid", id="A22-fraction"),
    pytest.param(b'{"IdSku":true}', "sku_invalid", id="A23-true"),
    pytest.param(b'{"IdSku":{}}', "sku_invalid", id="A23-object"),
    pytest.param(b'{"IdSku":[]}', "sku_invalid", id="A23-array"),
    pytest.param('{"IdSku":"１５"}'.encode(), "sku_invalid", id="A24-wide-digits"),
    pytest.param('{"IdSku":"١٥"}'.encode(), "sku_invalid", id="A24-arabic-digits"),
    pytest.param(b'{"IdSku":"9223372036854775808"}', "sku_invalid", id="A25-2-to-63"),
    pytest.param(b'{"IdSku":-15}', "sku_invalid", id="A25-negative"),
    pytest.param(b'{"IdSku":"' + b"1" * 400 + b'"}', "sku_invalid", id="A25-400-characters"),
    pytest.param(b'{"IdSku":"1; DROP TABLE"}', "sku_invalid", id="A26-sql"),
    pytest.param(b'{"IdSku":"../../x"}', "sku_invalid", id="A26-path"),
    pytest.param(b'{"IdSku":"%2e%2e"}', "sku_invalid", id="A26-encoded-path"),
    pytest.param(b'{"IdSku":"<script>alert(1)</script>"}', "sku_invalid", id="A26-script"),
    pytest.param(b'{"IdSku":"15\\n"}', "sku_invalid", id="A26-line-end"),
]


def test_a01_an_empty_body_is_refused_and_leaves_nothing() -> None:
    memory = Memory()
    told = ask_one(memory, post(b""))
    assert (told.status, told.code) == (400, "empty")
    assert (memory.hints, memory.aside) == ([], [])


@pytest.mark.parametrize(("body", "code"), REFUSED)
def test_a_body_that_names_no_sku_is_refused_and_kept_for_a_person(body: bytes, code: str | None) -> None:
    memory = Memory()
    told = ask_one(memory, post(body, ADDRESS, (b"content-type", b"text/html")))
    assert told.status == 400
    assert told.code == (code or told.code)
    assert told.headers["content-type"] == "application/problem+json"
    assert memory.hints == []
    [kept] = memory.aside
    assert (kept.store_id, kept.reason, kept.content_type, kept.body) == (1, told.code, "text/html", body)


def test_no_refusal_repeats_what_was_sent() -> None:
    told = ask_one(Memory(), post({"IdSku": "<script>alert(1)</script>", "An": "<img src=x>"}))
    assert b"<" not in told.body


def test_a07_a_byte_order_mark_is_accepted() -> None:
    memory = Memory()
    assert ask_one(memory, post(b"\xef\xbb\xbf" + json.dumps(note()).encode())).status == 200
    assert memory.hints == FIFTEEN


def test_a11_a_nul_in_a_value_is_accepted_and_goes_nowhere() -> None:
    memory = Memory()
    assert ask_one(memory, post(note(Name="a\x00b", ProductId="7\x00"))).status == 200
    assert memory.hints == FIFTEEN


def test_a14_a_deep_body_is_refused_at_once() -> None:
    began = time.process_time()
    assert ask_one(Memory(), post(b"[" * BIG)).status == 400
    assert time.process_time() - began < 1.0


def test_a16_64_kb_are_taken_and_one_byte_more_is_not() -> None:
    memory = Memory()
    fits, over = ask(memory, post(padded(BIG)), post(padded(BIG + 1)))
    assert (fits.status, over.status) == (200, 413)
    assert (memory.hints, memory.aside) == (FIFTEEN, [])


def test_a16_a_body_that_says_it_is_too_large_is_not_even_read() -> None:
    call = Call(pieces=(), headers=((b"content-length", str(BIG + 1).encode()),))
    assert ask_one(Memory(), call).status == 413


@pytest.mark.parametrize("length", [b"", b"-1", b"1e3", b"9" * 40, b"\xb2"])
def test_a42_a_strange_content_length_is_refused(length: bytes) -> None:
    assert ask_one(Memory(), Call(pieces=(), headers=((b"content-length", length),))).status == 413


def test_a17_a_body_in_chunks_is_cut_at_64_kb() -> None:
    memory = Memory()
    endless = Call(pieces=(b"x" * 4096,) * 1_000)
    told = ask_one(memory, endless)
    assert len(endless.taken) == BIG // 4096 + 1
    assert told.status == 413
    assert memory.aside == []


@pytest.mark.parametrize("encoding", [b"gzip", b"br", b"deflate, gzip", b"GZIP"])
def test_a18_a_compressed_body_is_refused_unread(encoding: bytes) -> None:
    call = Call(pieces=(), headers=((b"content-encoding", encoding),))
    assert ask_one(Memory(), call).status == 415


def test_a18_identity_is_no_compression() -> None:
    assert ask_one(Memory(), post(note(), ADDRESS, (b"content-encoding", b"identity"))).status == 200


def test_a19_a_slow_body_is_given_up_and_others_are_served() -> None:
    memory = Memory()
    slow = Call(pieces=(b"{",) * 50, pause=0.05)
    told = ask(memory, slow, post(note()), patience=0.2)
    assert [answer.status for answer in told] == [408, 200]


def test_a06_a_sender_that_leaves_half_way_leaves_nothing() -> None:
    memory = Memory()
    assert ask_one(memory, Call(pieces=(b'{"IdSku":"15"',), leaves=True)).status == 400
    assert (memory.hints, memory.aside) == ([], [])


@pytest.mark.parametrize(
    ("sku", "kept"), [pytest.param(15, "15", id="number"), pytest.param("15", "15", id="text"), ("015", "015")]
)
def test_a22_numbers_and_texts_name_the_same_sku_and_zeros_count(sku: object, kept: str) -> None:
    memory = Memory()
    assert ask_one(memory, post(note(sku))).status == 200
    assert memory.hints == [Hint(11, "product", kept)]


def test_a27_a_notification_of_another_account_is_set_aside() -> None:
    memory = Memory()
    told = ask_one(memory, post(note(An="outraloja")))
    assert told.status == 202
    assert memory.hints == []
    assert [(item.reason, item.detail) for item in memory.aside] == [("account_other", "outraloja")]


@pytest.mark.parametrize("account", ["MinhaLoja", "minhaloja.myvtex", "minhaloja.myvtex.com", " MINHALOJA "])
def test_a28_an_account_is_read_in_any_case_and_with_its_suffix(account: str) -> None:
    memory = Memory()
    assert ask_one(memory, post(note(An=account))).status == 200
    assert memory.hints == FIFTEEN


def test_a29_an_affiliate_of_no_channel_is_set_aside() -> None:
    memory = Memory()
    assert ask_one(memory, post(note(IdAffiliate="ZZZ"))).status == 202
    assert [(item.reason, item.detail) for item in memory.aside] == [("affiliate_unknown", "ZZZ")]


def test_a29_a_notification_that_names_no_affiliate_concerns_every_channel() -> None:
    memory = Memory()
    assert ask_one(memory, post({"IdSku": "15"})).status == 200
    assert {hint.channel_id for hint in memory.hints} == {11, 12}


def test_a30_with_all_flags_false_everything_is_looked_at() -> None:
    memory = Memory()
    flags = {"StockModified": False, "PriceModified": False, "HasStockKeepingUnitModified": False}
    assert ask_one(memory, post(note(IdAffiliate="AMZ", **flags))).status == 200
    assert [hint.kind for hint in memory.hints] == ["price", "product", "stock"]


@pytest.mark.parametrize(("value", "kinds"), [("False", ["stock"]), (0, ["stock"]), ("yes", ["price", "stock"])])
def test_a31_flags_are_read_with_tolerance_and_doubt_counts_as_true(value: object, kinds: list[str]) -> None:
    memory = Memory()
    ask_one(memory, post(note(IdAffiliate="AMZ", StockModified="true", PriceModified=value)))
    assert [hint.kind for hint in memory.hints] == kinds


def test_a32_inactive_is_only_a_hint_to_look_at_the_product() -> None:
    memory = Memory()
    ask_one(memory, post(note(IdAffiliate="AMZ", IsActive=False, StockModified=True)))
    assert memory.hints == [Hint(12, "product", "15"), Hint(12, "stock", "15")]


@pytest.mark.parametrize("moment", [None, "", "ontem", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", 5, {}])
def test_a33_a34_the_sender_clock_changes_nothing(moment: object) -> None:
    memory = Memory()
    assert ask_one(memory, post(note(DateModified=moment))).status == 200
    assert memory.hints == FIFTEEN


def test_a35_unknown_keys_are_no_obstacle() -> None:
    memory = Memory()
    assert ask_one(memory, post(note(**{f"key{place}": place for place in range(500)}))).status == 200
    assert memory.hints == FIFTEEN


def test_a38_price_and_stock_told_together_are_two_kinds_of_one_sku() -> None:
    memory = Memory()
    told = ask(
        memory, *(post(note(IdAffiliate="AMZ", **{flag: True})) for flag in ("StockModified", "PriceModified"))
    )
    assert [answer.status for answer in told] == [200, 200]
    assert {(hint.kind, hint.sku) for hint in memory.hints} == {("stock", "15"), ("price", "15")}


@pytest.mark.parametrize(
    ("method", "status"), [("GET", 200), ("HEAD", 200), ("PUT", 405), ("DELETE", 405), ("OPTIONS", 405), ("X", 405)]
)
def test_a39_a_visit_is_greeted_and_other_methods_are_refused(method: str, status: int) -> None:
    memory = Memory()
    told = ask_one(memory, Call(method=method))
    assert told.status == status
    assert (told.body == b"") is (method == "HEAD")
    assert told.headers.get("allow") == ("GET, HEAD, POST" if status == 405 else None)
    assert (memory.hints, memory.aside) == ([], [])


@pytest.mark.parametrize(
    "ending",
    ["", "/", "/catalog/notification", "/catalog/notification/", "/api/notification", "//api/notification/"],
)
def test_a40_every_form_of_the_address_is_answered_without_a_redirect(ending: str) -> None:
    memory = Memory()
    assert ask_one(memory, post(note(), ADDRESS + ending)).status == 200
    assert memory.hints == FIFTEEN


@pytest.mark.parametrize(
    "path",
    [
        "/vtex/",
        "/vtex/notifications/",
        "/vtex/notifications",
        "/vtex/notifications//",
        "/vtex/notifications/wrong",
        f"/vtex/notifications/{KEY.upper()}",
        f"/vtex/notifications/{KEY}x",
        f"/vtex/notifications/{KEY}/other",
        f"/vtex/notifications/{KEY}/catalog",
        f"/vtex/notifications/{KEY}/catalog//notification",
        "/vtex/notifications/" + "k" * 10_000,
        "/vtex/notifications/\ud800",
        "/vtex/notifications/chave%00",
    ],
)
@pytest.mark.parametrize("method", ["POST", "GET", "HEAD", "PUT"])
def test_a41_a_wrong_key_is_not_found(path: str, method: str) -> None:
    memory = Memory()
    assert ask_one(memory, Call((b'{"IdSku":"15"}',), path, method)).status == 404
    assert (memory.hints, memory.aside) == ([], [])


def test_a41_the_key_before_a_rotation_still_opens() -> None:
    assert ask_one(Memory(), post(note(), f"/vtex/notifications/{OLD_KEY}")).status == 200


@pytest.mark.parametrize("content_type", [None, b"text/plain", b"application/octet-stream", b"\xff\xfe"])
def test_a43_good_json_is_accepted_under_any_name(content_type: bytes | None) -> None:
    memory = Memory()
    headers = ((b"content-type", content_type),) if content_type else ((b"accept", b"*/*"),)
    assert ask_one(memory, post(note(), ADDRESS, *headers)).status == 200
    assert memory.hints == FIFTEEN


def test_a44_a_paused_store_counts_in_one_row_and_queues_nothing() -> None:
    memory = Memory()
    address = f"/vtex/notifications/{PAUSED_KEY}"
    told = ask(memory, *(post(note(str(sku), An="pausada"), address) for sku in range(5)))
    assert [answer.status for answer in told] == [202] * 5
    assert memory.hints == []
    assert {(item.store_id, item.reason, item.body) for item in memory.aside} == {(2, "store_paused", b"")}
    assert len(memory.aside) == 5


def test_a47_an_array_is_taken_item_by_item() -> None:
    memory = Memory()
    assert ask_one(memory, post([note(sku) for sku in range(1, 501)])).status == 200
    assert [hint.sku for hint in memory.hints] == [str(sku) for sku in range(1, 501)]


def test_a47_more_than_500_are_refused() -> None:
    memory = Memory()
    assert ask_one(memory, post([{"IdSku": sku} for sku in range(501)])).status == 413
    assert memory.hints == []


def test_a47_what_belongs_elsewhere_is_set_aside_and_the_rest_is_taken() -> None:
    memory = Memory()
    assert ask_one(memory, post([note("1"), note("2", An="outraloja"), note("3")])).status == 200
    assert [hint.sku for hint in memory.hints] == ["1", "3"]
    assert [item.reason for item in memory.aside] == ["account_other"]
