from __future__ import annotations

import base64
import json
import re
import time
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ponte.domain.message import Secret
from ponte.net.redact import MASK, MAX_BODY, kept, kept_body, kept_headers, redact, redact_each, shown

CANARY = "c4n4ry-9f8e7d6c5b4a"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"access_token": CANARY}),
        json.dumps({"refresh_token": CANARY, "a": 1}),
        json.dumps({"outer": {"client_secret": CANARY}}),
        json.dumps({"X-VTEX-API-AppToken": CANARY}),
        json.dumps({"appKey": CANARY}),
        json.dumps({"password": f'a"b\\{CANARY}'}),
        json.dumps({"Authorization": f"Bearer {CANARY}"}),
        '{"access_token" :\n "' + CANARY + '"}',
        f"grant_type=refresh_token&refresh_token={CANARY}&x=1",
        f"https://x.example/path?access_token={CANARY}#top",
        f"client_secret={CANARY}",
        f"the words access_token={CANARY} in a sentence",
        f"Authorization: Bearer {CANARY}",
        f"bearer {CANARY}",
        f"Basic {base64.b64encode(CANARY.encode()).decode()}",
        f"your token is APP_USR-{CANARY}",
        f"your token is TG-{CANARY}",
        f"vtexappkey-{CANARY}",
    ],
)
def test_a_credential_is_masked_wherever_it_is_usually_found(text):
    assert CANARY not in redact(text)
    assert MASK in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"body": json.dumps({"access_token": "canary-abcdefghij"})}),
        json.dumps({"a": json.dumps({"b": json.dumps({"refresh_token": "canary-abcdefghij", "c": 1})})}),
        '{"access_token": ["canary-1", "canary-2"]}',
        '{"api_key": 1337000042, "x": "y"}',
        "{'client_secret': 'canary-abc'}",
        "<o:access_token>canary-abc</o:access_token>",
        '<login app_key="canary-abc"/>',
        "a=1&x_api_key=canary-abc",
        "https://x.example/#access_token=canary-abc",
        "next=%2Fx%3Faccess_token%3Dcanary-abc%2F1%26y%3D2",
        "the header X-VTEX-API-AppToken: canary-abcdefghij is wrong",
        '{"x-amz-access-token": "canary"}',
        "token was Atza|canary-abcdef",
    ],
)
def test_t15_a_credential_is_masked_in_the_ways_that_others_write_it(text):
    told = redact(text)
    assert "canary" not in told
    assert "1337000042" not in told
    assert MASK in told


@pytest.mark.parametrize("before", ["", "a", "user:", "another:"])
def test_t15_a_live_secret_is_masked_in_base64_and_where_slashes_are_escaped(before):
    secret = "Sup3r/Secret+Value?=ü"
    for text in (
        base64.b64encode(f"{before}{secret}".encode()).decode(),
        base64.urlsafe_b64encode(f"{before}{secret}".encode()).decode(),
        f"{before}{secret}".replace("/", "\\/"),
        before + re.sub("%..", lambda code: code[0].lower(), quote_plus(secret)),
    ):
        assert MASK in redact(text, [secret])
        assert len(redact(text, [secret]).replace(MASK, "")) <= len(before) * 4 // 3 + 6


@pytest.mark.parametrize(
    "piece",
    ['"token":[', "'secret':'", "<token>", ' token="', "%26token%3D", 'a\\"token\\\\\\', "x-token: ", "&token"],
)
def test_no_text_makes_looking_for_credentials_slow(piece):
    text = (piece * 65_536)[:65_536]
    began = time.perf_counter()
    redact(text)
    assert time.perf_counter() - began < 1.0


@pytest.mark.parametrize("text", [JWT, f"x {JWT} y", json.dumps({"note": JWT})])
def test_a_jwt_is_masked(text):
    assert "dozjgNryP4J3" not in redact(text)


@pytest.mark.parametrize("person", ["ana.souza+loja@example.com.br", "123.456.789-09"])
def test_people_are_masked(person):
    assert redact(f"fale com {person}, por favor") == f"fale com {MASK}, por favor"


@pytest.mark.parametrize(
    "text",
    [
        "Tênis Corrida 42, EAN 7909513284417, R$ 1.234,56",
        '{"title":"Secretária eletrônica","price":399.9}',
        "The attributes [BRAND, MODEL] are required for category [MLB23332]",
        "",
    ],
)
def test_ordinary_words_are_left_as_they_are(text):
    assert redact(text) == text


def test_a_live_secret_is_masked_by_its_exact_text_wherever_it_stands():
    for told in (CANARY, f"x{CANARY}y", f'["{CANARY}"]', f"/path/{CANARY}/rest"):
        assert CANARY not in redact(told, [CANARY])


def test_a_secret_inside_another_leaves_nothing_of_either():
    long = CANARY + "-and-more-of-it"
    assert redact(f"<{long}> <{CANARY}>", [CANARY, long]) == f"<{MASK}> <{MASK}>"


def test_a_live_secret_is_found_in_json_and_in_addresses():
    secret = 'p/a+b=c"d\\e f&gç'
    for told in (json.dumps({"x": secret}), quote(secret), quote_plus(secret), f"?q={quote_plus(secret)}"):
        assert redact(told, [secret]).count(MASK) == 1, told


def test_a_short_secret_is_no_pattern():
    assert redact("abc abc", ["abc"]) == "abc abc"


letters = st.text(alphabet=st.characters(codec="utf-8"), max_size=60)
secrets = st.text(alphabet='abcdefghijklmnopqrstuvwxyzABC0123456789-_.~+/=%&"\\ç ', min_size=8, max_size=40).filter(
    lambda text: text.strip() == text
)


@given(before=letters, after=letters, planted=st.lists(secrets, min_size=1, max_size=3))
def test_a_planted_secret_never_survives(before, after, planted):
    text = before + "".join(f"{secret}{after}" for secret in planted)
    for told in (text, json.dumps(text), quote(text), quote_plus(text)):
        kept = redact(told, planted)
        assert not any(secret in kept for secret in planted)


@given(st.integers(min_value=0, max_value=6_000), st.sampled_from(["ascii", "accents", "latin-1"]), st.booleans())
def test_a_secret_across_the_cut_never_survives_in_part(position, kind, shrinking):
    filler = {"ascii": "x", "accents": "é", "latin-1": "x"}[kind]
    start = MAX_BODY - 3_000 + position
    head = json.dumps({"access_token": "t" * 2_900}) * 20 if shrinking else ""
    text = (head + filler * start)[:start] + CANARY + filler * 10_000
    body = text.encode("utf-8") if kind != "latin-1" else b"\xe7" + text.encode("latin-1")
    kept = kept_body(body, [CANARY])
    assert len(kept) <= MAX_BODY
    assert CANARY[:6] not in kept


def test_a_key_across_the_cut_never_shows_its_value():
    text = "x" * (MAX_BODY - 30) + '"access_token": "' + CANARY * 400 + '"'
    assert CANARY[:6] not in kept_body(text.encode())


def test_many_masked_secrets_do_not_pull_half_a_one_into_view():
    one = json.dumps({"access_token": "A" * 3_000})
    body = (one * 40).encode()
    assert "AAAA" not in kept_body(body)


def test_nul_is_taken_out_before_a_secret_is_looked_for():
    assert kept_body(b"c4n4ry-9f8e\x007d6c5b4a", [CANARY]) == MASK


def test_binary_is_kept_as_a_little_hex_without_secrets():
    kept = kept_body(b"\xff\x00\x01" + CANARY.encode() + b"\xfe" * 10_000, [CANARY])
    assert kept.startswith("hex:ff0001")
    assert len(kept) <= 4 + 2 * 2_048
    assert CANARY.encode().hex() not in kept


def test_latin_1_is_read_as_text():
    assert kept_body("preço".encode("latin-1")) == "preço"


def test_a_body_is_cut_at_64_kb():
    assert len(kept_body(b"x" * 200_000)) == MAX_BODY
    assert len(kept_body(b"x" * MAX_BODY)) == MAX_BODY
    assert kept_body(b"") == ""


def test_only_harmless_headers_are_kept_redacted_and_short():
    kept = kept_headers(
        {
            "Content-Type": "text/html",
            "Set-Cookie": f"session={CANARY}",
            "Authorization": CANARY,
            "X-Request-Id": f"a {CANARY}",
            "X-Amzn-RequestId": "7c0e",
            "X-Amzn-RateLimit-Limit": "5.0",
            "Deprecation": "x" * 490 + CANARY + "y" * 9_000,
            "Retry-After": "30",
        },
        [CANARY],
    )
    amazons = {"x-amzn-requestid", "x-amzn-ratelimit-limit"}
    assert set(kept) == {"content-type", "x-request-id", "deprecation", "retry-after"} | amazons
    assert kept["x-request-id"] == f"a {MASK}"
    assert "c4n4" not in kept["deprecation"]
    assert len(kept["deprecation"]) <= 500


def test_a_placeholder_is_shown_as_a_mask():
    assert (shown(Secret("token")), shown("open")) == (MASK, "open")


@pytest.mark.parametrize("word", ["access_token", "ACCESS_TOKEN", "API_KEY", "shopKey", "access_to\u212aen"])
@pytest.mark.parametrize("beside", ["", "ação ", "€ ", "ı "])
def test_a_key_is_found_in_any_case_and_beside_any_letters(word: str, beside: str) -> None:
    kept = redact(json.dumps({"a": beside, word: "a b c d"}, ensure_ascii=False))
    assert "a b c d" not in kept
    assert MASK in kept


@given(
    st.lists(
        st.sampled_from(
            [
                '{"access_token":"' + CANARY,
                '{"access_token":"' + CANARY + "\\",
                f"client_secret={CANARY}",
                "ana@example.com",
                "123.456.789-09",
                CANARY,
                "Tênis 42",
                '"',
                "\\",
                "",
                "\u212a",
            ]
        ),
        max_size=4,
    )
)
def test_texts_looked_through_together_are_masked_like_each_by_itself(texts):
    assert redact_each(tuple(texts), (CANARY,)) == tuple(redact(text, (CANARY,)) for text in texts)
    assert redact_each(tuple(texts), ()) == tuple(redact(text) for text in texts)


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=8, max_size=40),
    st.sampled_from(["", "ação ", "\ud800"]),
)
def test_a_secret_of_any_characters_is_masked(secret, beside):
    assert redact(f"{beside}<{secret}>", [secret]) == f"{beside}<{MASK}>"


def test_half_characters_hide_no_secret():
    assert redact(f"\ud83d client_secret={CANARY} \ude00") == f"\ud83d client_secret={MASK} \ude00"


@pytest.mark.parametrize("body", [b"", b"x" * MAX_BODY, b"\xe7" + CANARY.encode(), b"\xff\x00" + CANARY.encode()])
def test_an_exchange_is_kept_like_its_parts(body):
    parts = (redact(f"/a/{CANARY}", [CANARY]), kept_body(b"{}", [CANARY]), kept_body(body, [CANARY]))
    assert kept(f"/a/{CANARY}", b"{}", body, (CANARY,)) == parts
    assert kept(f"/a/{CANARY}", body, b"{}", (CANARY,)) == (parts[0], parts[2], parts[1])
