"""F40: the company's sign-in, against a real server that answers rightly and wrongly."""

from __future__ import annotations

import html
import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from issuer import Issuer

from cast import PASSWORD
from ponte.db.models import User


@pytest.fixture
def issuer(settings):
    made = Issuer()
    settings.SOCIALACCOUNT_PROVIDERS = configured(made)
    yield made
    made.stop()


def configured(issuer, provider_id="company-1"):
    values = {"server_url": issuer.url, "oauth_pkce_enabled": True, "fetch_userinfo": False}
    app = {
        "provider_id": provider_id,
        "name": "Loja SA",
        "client_id": "ponte",
        "secret": "segredo",
        "settings": values,
    }
    return {"company": {"APPS": [app]}}


def asked(client, **form):
    """Begin, and return the address that the browser is led to."""
    answer = client.post("/entrar/empresa", form)
    return html.unescape(re.search(r'<a class="btn primary large" href="([^"]+)"', answer.text).group(1))


def come_back(client, issuer, *, process="", **changed):
    back = issuer.authorized(asked(client, **({"process": process} if process else {})))
    return client.get("/entrar/empresa/volta", {**back, **changed})


@pytest.fixture
def connected(cast, issuer):
    """Ana signed in with her password and connected her account of the company."""
    client = signed_in()
    come_back(client, issuer, process="connect")
    assert SocialAccount.objects.get().user == cast.ana
    return cast


def signed_in(name="ana"):
    client = Client()
    assert client.post("/entrar", {"username": name, "password": PASSWORD}).status_code == 302
    return client


def is_in(client):
    return client.get("/conta").status_code == 200


def test_without_configuration_nothing_of_it_is_there(client, cast):
    assert "Entrar com" not in client.get("/entrar").text.replace("Entrar com chave de acesso", "")
    assert client.post("/entrar/empresa").status_code == 404
    assert client.get("/entrar/empresa/volta").status_code == 404


def test_who_connected_their_account_signs_in_by_the_company(connected, issuer):
    client = Client()
    assert "Loja SA" in client.get("/entrar").text
    answer = come_back(client, issuer)
    assert answer["Location"] == "/produtos"
    assert client.get("/conta").context["person"] == connected.ana


def test_the_second_factor_is_asked_for_after_the_company_too(connected, issuer):
    TOTP.activate(connected.ana, generate_totp_secret())
    client = Client()
    assert come_back(client, issuer)["Location"] == "/entrar/codigo"
    assert not is_in(client)


def test_f40_somebody_the_house_does_not_know_is_told_so_and_no_account_is_made(cast, issuer):
    """F40"""
    User.objects.filter(pk=cast.ana.pk).update(email=issuer.email)
    count = User.objects.count()
    client = Client()
    answer = come_back(client, issuer)
    assert answer["Location"] == "/entrar"
    assert "ainda não está ligada" in client.get("/entrar").text
    assert not is_in(client), "the same e-mail is nobody's proof"
    assert User.objects.count() == count


def test_f40_the_same_subject_and_mail_at_another_issuer_is_somebody_else(connected, settings):
    """F40"""
    other = Issuer()
    settings.SOCIALACCOUNT_PROVIDERS = configured(other, "company-2")
    client = Client()
    assert come_back(client, other)["Location"] == "/entrar"
    assert not is_in(client)
    other.stop()


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1_700_000_000},
        {"exp": None},
        {"aud": "somebody-else"},
        {"iss": "https://evil.example"},
        {"sub": None},
    ],
    ids=["nonce", "no nonce", "expired", "no end", "audience", "issuer", "no subject"],
)
def test_f40_an_answer_that_is_not_for_us_lets_nobody_in(connected, issuer, claims):
    """F40"""
    issuer.claims = claims
    client = Client()
    answer = come_back(client, issuer)
    assert answer.status_code == 401
    assert "não respondeu como devia" in answer.text
    assert not is_in(client)


@pytest.mark.parametrize("signing", ["none", "HS256", "stolen"])
def test_f40_a_token_that_the_company_did_not_sign_lets_nobody_in(connected, issuer, signing):
    """F40"""
    issuer.signing = signing
    client = Client()
    assert come_back(client, issuer).status_code == 401
    assert not is_in(client)


@pytest.mark.parametrize("changed", [{"state": "forged"}, {"state": ""}, {"error": "server_error", "code": ""}])
def test_f40_a_way_back_that_was_not_begun_here_lets_nobody_in(connected, issuer, changed):
    """F40"""
    client = Client()
    answer = come_back(client, issuer, **changed)
    assert answer.status_code == 401
    assert not is_in(client)


def test_f40_an_answer_works_once_and_in_its_own_browser(connected, issuer):
    """F40"""
    client = Client()
    back = issuer.authorized(asked(client))
    assert Client().get("/entrar/empresa/volta", back).status_code == 401
    assert client.get("/entrar/empresa/volta", back).status_code == 302
    client.post("/sair")
    assert client.get("/entrar/empresa/volta", back).status_code == 401


def test_f40_when_the_company_is_down_the_password_still_works(connected, issuer):
    """F40"""
    issuer.answers = False
    client = Client()
    answer = client.post("/entrar/empresa")
    assert answer.status_code == 502
    assert "usuário e senha continuam valendo" in answer.text
    issuer.stop()
    assert client.post("/entrar/empresa").status_code == 502
    assert is_in(signed_in())


def test_f40_down_between_the_question_and_the_answer(connected, issuer):
    """F40"""
    client = Client()
    back = issuer.authorized(asked(client))
    issuer.answers = False
    assert client.get("/entrar/empresa/volta", back).status_code in {401, 502}
    assert not is_in(client)


def test_the_way_there_is_a_form_and_what_the_address_says_counts_for_nothing(cast, issuer):
    client = Client()
    assert client.get("/entrar/empresa").status_code == 405
    answer = client.post(
        "/entrar/empresa?scope=admin&auth_params=prompt%3Dnone%26redirect_uri%3Dhttps://evil.example"
    )
    where = html.unescape(re.search(r'href="(http://127[^"]+)"', answer.text).group(1))
    assert "evil" not in where
    assert "admin" not in where
    assert "redirect_uri=http%3A%2F%2F127.0.0.1%3A8000%2Fentrar%2Fempresa%2Fvolta" in where


def test_an_account_of_the_company_opens_one_account_here(connected, issuer):
    bruno = signed_in("bruno")
    come_back(bruno, issuer, process="connect")
    assert SocialAccount.objects.get().user == connected.ana


def test_the_connection_is_taken_away_and_the_company_opens_nothing_any_more(connected, issuer):
    client = signed_in()
    assert "Ligada" in client.get("/conta/seguranca").text
    client.post("/conta/seguranca/empresa/desligar")
    assert not SocialAccount.objects.exists()
    other = Client()
    assert come_back(other, issuer)["Location"] == "/entrar"
    assert not is_in(other)
