"""How much a visit costs, and what every answer says to the browser."""

from __future__ import annotations

import gzip
import re

import pytest
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client
from django.urls import get_resolver

from factories import make_integration
from ponte.web import assets

ACCEPT = {"Accept-Encoding": "gzip"}
FIRST_BYTES, FIRST_REQUESTS, LATER_BYTES = 100_000, 6, 30_000


@pytest.fixture
def full_page(cast, as_):
    for number in range(60):
        make_integration(cast.channel, str(118_000 + number), ("error", "success", "alert", "queued")[number % 4])
    return as_(cast.ana)


def parts(page):
    return set(re.findall(r'"(/ativos/[^"#]+)', page))


def wire(client, address):
    answer = client.get(address, headers=ACCEPT)
    assert answer.status_code == 200
    return len(answer.content) + len(str(answer.headers))


def test_a_first_visit_is_small_and_takes_few_requests(full_page):
    answer = full_page.get("/produtos", headers=ACCEPT)
    files = parts(gzip.decompress(answer.content).decode())
    assert len(files) + 1 <= FIRST_REQUESTS
    assert wire(full_page, "/produtos") + sum(wire(full_page, file) for file in files) <= FIRST_BYTES


@pytest.mark.parametrize(
    "address", ["/produtos?status=error", "/produtos?q=corrida", "/produtos/{id}", "/produtos/{id}/origem"]
)
def test_a_later_click_is_small(cast, full_page, address):
    number = cast.channel.store.pk and make_integration(cast.channel, "9").pk
    assert wire(full_page, address.format(id=number)) <= LATER_BYTES


def test_files_are_kept_for_ever_under_a_name_of_their_content(client):
    answer = client.get(assets.address("ponte.css"))
    assert "immutable" in answer["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    assert client.get("/ativos/other.css").status_code == 404


def test_no_file_reaches_for_another_site():
    for asset in assets.assets().values():
        text = asset.content.decode().replace("http://www.w3.org", "")
        assert not re.search(r"url\(\s*['\"]?(https?:)?//", text)
        assert "@import" not in text


def every_path(entries=None, before="/"):
    for entry in entries or get_resolver().url_patterns:
        text = before + re.sub(r"<\w+:\w+>", "1", re.sub(r"<str:\w+>|<\w+>", "x", str(entry.pattern)))
        if hasattr(entry, "url_patterns"):
            yield from every_path(entry.url_patterns, text)
        elif "^" not in text:
            yield text


def fault(visitor, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("ponte.web.views.products.listing", lambda *_: 1 / 0)
        return visitor.get("/produtos")


def test_every_address_sends_the_headers_that_protect_it(cast, as_, error, monkeypatch):
    paths = [*every_path(), f"/produtos/{error.pk}", "/not/here", "/exportar/produtos?tipo=csv", "/logs/", "/broken"]
    assert len(paths) > 130
    seen = set()
    for visitor in (Client(), as_(cast.ana)):
        visitor.raise_request_exception = False
        for path in [
            *paths,
            f"/produtos/{error.pk}",
            "/not/here",
            "/exportar/produtos?tipo=csv",
            "/logs/",
            "/broken",
        ]:
            answer = visitor.get(path) if path != "/broken" else fault(visitor, monkeypatch)
            seen.add(answer.status_code)
            policy = answer["Content-Security-Policy"]
            assert "default-src 'none'" in policy, path
            assert "unsafe" not in policy, path
            assert "frame-ancestors 'none'" in policy, path
            assert answer["X-Content-Type-Options"] == "nosniff", path
            assert answer["X-Frame-Options"] == "DENY", path
            assert answer["Referrer-Policy"] == "same-origin", path
            assert "report-uri /relatos/csp" in policy, path
            assert answer["Reporting-Endpoints"] == 'csp="/relatos/csp"', path
            assert "camera=()" in answer["Permissions-Policy"], path
            assert "clipboard-write=(self)" in answer["Permissions-Policy"], path
            assert not answer.streaming or list(answer.streaming_content)
    assert seen >= {200, 302, 401, 404, 405, 500}


def test_no_page_has_a_script_or_a_style_of_its_own(full_page):
    for path in ("/produtos", "/entrar", "/not/here"):
        page = full_page.get(path, follow=True).text
        assert not re.findall(r"<script(?! src=)", page), path
        assert "<style" not in page, path
        assert not re.search(r"\sstyle=|\son\w+=", page), path


def test_htmx_may_neither_evaluate_nor_leave_the_site(full_page):
    config = re.search(r"name=\"htmx-config\" content='([^']*)'", full_page.get("/produtos").text)[1]
    for setting in (
        '"allowEval":false',
        '"allowScriptTags":false',
        '"selfRequestsOnly":true',
        '"includeIndicatorStyles":false',
    ):
        assert setting in config


def test_a_fault_is_answered_in_words_with_a_number_and_no_details(cast, as_, error, monkeypatch, settings):
    client = as_(cast.ana)
    client.raise_request_exception = False
    monkeypatch.setattr("ponte.web.views.products.listing", lambda *_: 1 / 0)
    answer = client.get("/produtos")
    assert answer.status_code == 500
    assert "Número para o suporte" in answer.text
    assert "ZeroDivisionError" not in answer.text


def test_a_database_that_does_not_answer_is_a_503_with_a_time_to_come_again(cast, as_, error, monkeypatch):
    def fails(*_: object) -> None:
        raise OperationalError("host=secret")

    client = as_(cast.ana)
    client.raise_request_exception = False
    monkeypatch.setattr("ponte.web.views.products.listing", fails)
    answer = client.get("/produtos")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "O banco de dados não responde" in answer.text
    assert "secret" not in answer.text


def test_the_page_of_an_outage_asks_the_database_for_nothing(cast, as_, error, monkeypatch):
    def fails(_self: object) -> None:
        raise OperationalError("down")

    client = as_(cast.ana)
    client.raise_request_exception = False
    with monkeypatch.context() as patch:
        patch.setattr(BaseDatabaseWrapper, "cursor", fails)
        answer = client.get("/produtos")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "O banco de dados não responde" in answer.text
