"""Signing in and out, language and theme."""

from __future__ import annotations

import pytest
from django.test import Client

from cast import PASSWORD

WRONG = {"username": "ana", "password": "errada"}


def test_signing_in_leads_to_the_list_or_to_where_one_was_going(client, cast):
    answer = client.post("/entrar", {"username": "ana", "password": PASSWORD})
    assert answer["Location"] == "/produtos"
    answer = Client().post("/entrar", {"username": "ana", "password": PASSWORD, "next": "/produtos/7"})
    assert answer["Location"] == "/produtos/7"


def test_the_way_on_after_signing_in_is_never_to_another_site(client, cast):
    answer = client.post("/entrar", {"username": "ana", "password": PASSWORD, "next": "https://evil.example/"})
    assert answer["Location"] == "/produtos"


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(client, cast):
    known = client.post("/entrar", WRONG)
    unknown = client.post("/entrar", {**WRONG, "username": "ninguem"})
    assert "Usuário ou senha incorretos." in known.text
    assert "Usuário ou senha incorretos." in unknown.text
    assert known.status_code == unknown.status_code


def test_ten_wrong_tries_lock_the_door_in_words_and_elsewhere_it_stays_open(client, cast):
    for _ in range(10):
        answer = client.post("/entrar", WRONG)
    assert answer.status_code == 429
    assert "espere 15 minutos" in answer.text
    assert client.post("/entrar", {"username": "ana", "password": PASSWORD}).status_code == 429
    elsewhere = Client(REMOTE_ADDR="203.0.113.9").post("/entrar", {"username": "ana", "password": PASSWORD})
    assert elsewhere.status_code == 302


@pytest.mark.parametrize("password", ["", "\x00", "x" * 200_000, "😀" * 200])
def test_a_password_that_cannot_be_is_refused_without_a_fault(client, cast, password):
    assert client.post("/entrar", {"username": "ana", "password": password}).status_code == 200


def test_the_root_asks_who_it_is(client, db):
    assert client.get("/")["Location"] == "/entrar?next=/"


def test_signing_out_is_a_post_and_ends_the_session(cast, as_):
    client = as_(cast.ana)
    assert client.get("/sair").status_code == 405
    assert client.post("/sair")["Location"] == "/entrar"
    assert client.get("/produtos").status_code == 302


def test_the_language_is_kept_by_cookie_and_with_the_person(cast, as_):
    client = as_(cast.ana)
    client.post("/idioma", {"language": "en", "next": "/produtos"})
    assert '<html lang="en"' in client.get("/produtos").text
    again = Client()
    again.post("/entrar", {"username": "ana", "password": PASSWORD})
    assert '<html lang="en"' in again.get("/produtos").text


def test_the_theme_is_in_the_page_before_any_script(cast, as_):
    client = as_(cast.ana)
    assert "data-theme" not in client.get("/produtos").text
    client.post("/tema", {"theme": "dark"})
    assert 'data-theme="dark"' in client.get("/produtos").text


@pytest.mark.parametrize(
    ("path", "form"), [("/idioma", {"language": "xx"}), ("/tema", {"theme": "x"}), ("/idioma", {})]
)
def test_a_language_or_theme_that_does_not_exist_is_not_found(client, db, path, form):
    assert client.post(path, form).status_code == 404


@pytest.mark.parametrize("accepted", ["xx", "en-GB", "pt", "*", "q=9", "a," * 5_000, "zz-" + "x" * 10_000])
def test_f36_any_language_header_gets_a_language_we_have(client, db, accepted):
    answer = client.get("/entrar", headers={"Accept-Language": accepted})
    assert answer.status_code == 200
    assert any(f'<html lang="{known}"' in answer.text for known in ("pt-BR", "en", "es"))


def test_f36_a_cookie_with_a_language_that_does_not_exist_falls_back(client, db):
    client.cookies["ponte_language"] = "xx"
    client.cookies["ponte_theme"] = '"><script>'
    answer = client.get("/entrar")
    assert '<html lang="pt-BR"' in answer.text
    assert "<script>" not in answer.text
