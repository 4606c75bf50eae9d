"""Addresses that people type, and how channels are described."""

from __future__ import annotations

import pytest

from ponte.connectors import get
from ponte.flows.channels.fitness import Access, Described, Unfit, address_flaw, unfit_access, unfit_description

MANIFEST = get("mercadolivre").manifest


@pytest.mark.parametrize(
    "text",
    [
        "http://127.0.0.1",
        "https://127.0.0.1",
        "https://localhost",
        "https://0x7f000001",
        "https://2130706433",
        "https://0177.0.0.1",
        "https://127.1",
        "https://[::1]",
        "https://[::ffff:127.0.0.1]",
        "https://[64:ff9b::7f00:1]",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.8",
        "https://192.168.1.1:8443",
        "http://example.com",
        "https://example.com:22",
        "https://user:password@example.com",
        "https://example.com/?next=x",
        "ftp://example.com",
        "javascript:alert(1)",
        "//example.com",
        "example.com",
        "https://",
        "https://exa mple.com:x",
        "https://" + "a" * 400,
    ],
)
def test_f33_an_address_that_leads_inward_or_is_none_is_refused_when_it_is_saved(text):
    assert address_flaw(text) is not None


def test_an_address_of_the_public_internet_is_fine(monkeypatch):
    monkeypatch.setattr(
        "ponte.flows.channels.fitness.socket.getaddrinfo", lambda *_: [(0, 0, 0, "", ("93.184.216.34", 443))]
    )
    assert address_flaw("https://api.mercadolibre.com") is None


def test_f33_a_name_that_leads_inward_is_refused(monkeypatch):
    monkeypatch.setattr(
        "ponte.flows.channels.fitness.socket.getaddrinfo", lambda *_: [(0, 0, 0, "", ("10.1.2.3", 443))]
    )
    assert address_flaw("https://intranet.example") is Unfit.INWARD


def test_what_the_engineer_named_may_be_called(reachable):
    reachable("127.0.0.1:9102")
    assert address_flaw("http://127.0.0.1:9102") is None
    assert address_flaw("http://127.0.0.1:9103") is Unfit.NOT_HTTPS


@pytest.mark.parametrize(
    ("wrong", "field", "flaw"),
    [
        ({"name": " "}, "name", Unfit.MISSING),
        ({"name": "x" * 81}, "name", Unfit.TOO_LONG),
        ({"name": "a\x00b"}, "name", Unfit.UNPRINTABLE),
        ({"affiliate_id": "AB1"}, "affiliate_id", Unfit.AFFILIATE),
        ({"trade_policy": "um"}, "trade_policy", Unfit.POLICY),
        ({"requests_per_second": 0.01}, "requests_per_second", Unfit.RATE),
        ({"requests_per_second": 1_001.0}, "requests_per_second", Unfit.RATE),
        ({"concurrency": 0}, "concurrency", Unfit.AT_ONCE),
    ],
)
def test_each_field_of_a_channel_says_what_is_wrong_with_it(wrong, field, flaw):
    assert unfit_description(Described(**{"name": "Mercado Livre", **wrong})) == {field: flaw}


def test_a_required_secret_may_stay_away_only_where_it_is_kept_already():
    given = Access(settings={"client_id": "1"})
    assert unfit_access(given, MANIFEST, {}) == {"client_secret": Unfit.MISSING}
    assert unfit_access(given, MANIFEST, {"client_secret": "kept"}) == {}


def test_what_the_way_back_tells_is_asked_of_those_alone_who_do_not_connect_there():
    amazon, given = get("amazon").manifest, {"client_id": "1"}
    secrets = {"client_secret": "x"}
    assert unfit_access(Access(settings=given, secrets=secrets), amazon, {}) == {}
    by_hand = Access(settings=given, secrets={**secrets, "refresh_token": "y"})
    assert unfit_access(by_hand, amazon, {}) == {"seller_id": Unfit.MISSING}
    assert unfit_access(Access(settings=given), amazon, {**secrets, "refresh_token": "y"}) == {
        "seller_id": Unfit.MISSING
    }


def test_a_secret_with_a_line_break_is_refused():
    given = Access(settings={"client_id": "1"}, secrets={"client_secret": "abc\ndef"})
    assert unfit_access(given, MANIFEST, {}) == {"client_secret": Unfit.UNPRINTABLE}


def test_what_is_given_to_reach_an_account_does_not_print_its_secrets():
    assert "hunter2" not in repr(Access(secrets={"client_secret": "hunter2"}))
