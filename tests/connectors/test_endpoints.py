"""An endpoint is known however it is written: with a number, another placeholder, the host before, a query behind."""

from __future__ import annotations

import pytest

from ponte.connectors.endpoints import Endpoints, path_of

IMPORT, REPORT, LIST = "GET /api/imports/{import}", "GET /api/imports/{import}/report", "GET /api/imports/last"
KNOWN = Endpoints((IMPORT, REPORT, LIST), {"GET /imports/{import}": IMPORT})


@pytest.mark.parametrize(
    ("told", "name"),
    [
        (IMPORT, IMPORT),
        ("GET /api/imports/2044", IMPORT),
        ("get /api/imports/{id}?shop_id=7", IMPORT),
        ("GET https://shop.example/api/imports/2044/report", REPORT),
        ("GET /api/imports/last", LIST),
        ("GET /imports/9", IMPORT),
        ("POST /api/imports/2044", "POST /api/imports/2044"),
        ("GET /api/imports/2044/other", "GET /api/imports/2044/other"),
        ("any", "any"),
        ("", ""),
    ],
)
def test_an_endpoint_is_named_as_the_connector_names_it(told, name):
    assert KNOWN.named(told) == name


def test_a_path_that_is_fixed_goes_before_one_that_is_open():
    assert Endpoints(("GET /{a}/{b}", "GET /x/{b}", "GET /x/y")).named("GET /x/y/") == "GET /x/y"
    assert Endpoints(("GET /{a}/{b}", "GET /x/{b}")).named("GET /x/z") == "GET /x/{b}"


@pytest.mark.parametrize("told", ["GET", "GET ", "://", "GET ://x", "GET /" + "a/" * 5_000, "\0 /é"])
def test_no_text_is_too_strange(told):
    assert isinstance(path_of(told), str)
    assert isinstance(KNOWN.named(told), str)
