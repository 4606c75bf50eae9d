"""Coming back from the marketplace's page: the state is this person's, of this session, once, for ten minutes."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from cast import person
from factories import make_channel
from ponte.db.models import Audit, Channel, Lane, Role
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.flows.channels import authorization
from ponte.web.channels import connection

SECRET = "canary-oauth-secret"


@pytest.fixture(autouse=True)
def account(cast):
    cast.channel.settings = {"client_id": "app-1"}
    cast.channel.keep_secrets({"client_secret": SECRET})
    cast.channel.save()
    Lane.objects.filter(channel=cast.channel).update(state="disconnected")


@pytest.fixture
def asked(monkeypatch):
    """What was asked of the marketplace, with an answer that is always yes: the network has tests of its own."""
    calls = []

    def finish(channel_id, code, **given):
        calls.append({"channel": channel_id, "code": code, **given})
        return authorization.Connected("8035443", "")

    monkeypatch.setattr("ponte.web.views.connection.authorization.finish", finish)
    return calls


def begin(client, code="mlb"):
    """Return the marketplace's address that the person is sent to, in parts."""
    answer = client.post(f"/canais/{code}/conectar")
    url = re.search(r'content="0; url=([^"]+)"', answer.text)[1].replace("&amp;", "&")
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()} | {"url": url}


def back(client, code="mlb", **query):
    return client.get(f"/canais/{code}/retorno", query)


def test_the_way_there_has_a_challenge_and_the_configured_address_and_no_secret(cast, as_):
    client = as_(cast.ana)
    sent = begin(client)
    assert sent["url"].startswith("https://auth.mercadolivre.com.br/authorization?")
    assert sent["redirect_uri"] == connection.return_address("mlb")
    assert (sent["code_challenge_method"], len(sent["code_challenge"])) == ("S256", 43)
    assert SECRET not in str(sent)
    assert "verifier" not in sent["url"]


def test_coming_back_exchanges_the_code_with_its_verifier(cast, as_, asked):
    client = as_(cast.ana)
    sent = begin(client)
    answer = client.get("/canais/mlb/retorno", {"code": "TG-1", "state": sent["state"]}, follow=True)
    assert "Conta 8035443 conectada" in answer.text
    [call] = asked
    assert (call["code"], call["redirect_uri"], call["actor_id"]) == ("TG-1", sent["redirect_uri"], cast.ana.pk)
    assert len(call["verifier"]) >= 43


def test_a_state_serves_once(cast, as_, asked):
    client = as_(cast.ana)
    sent = begin(client)
    assert back(client, code="mlb", state=sent["state"]).status_code == 400, (
        "no code: the state is spent all the same"
    )
    answer = client.get("/canais/mlb/retorno", {"code": "TG-1", "state": sent["state"]})
    assert (answer.status_code, asked) == (400, [])
    assert "não vale mais" in answer.text


@pytest.mark.parametrize("state", ["", "forged", "é"])
def test_a_forged_state_asks_nobody(cast, as_, asked, state):
    client = as_(cast.ana)
    begin(client)
    assert client.get("/canais/mlb/retorno", {"code": "TG-1", "state": state}).status_code == 400
    assert asked == []


def test_a_state_is_of_its_session_its_person_and_its_channel(cast, as_, asked, client):
    make_channel(cast.store, "mlp", "ML Premium")
    sent = begin(as_(cast.ana))
    query = {"code": "TG-1", "state": sent["state"]}
    assert client.get("/canais/mlp/retorno", query).status_code == 400
    state = begin(as_(cast.ana))["state"]
    eva = person("eva", cast.store, Role.ADMIN)
    session = dict(client.session)
    as_(eva)
    new = client.session
    new[connection.KEY] = session[connection.KEY]
    new.save()
    assert client.get("/canais/mlb/retorno", {"code": "TG-1", "state": state}).status_code == 400
    assert asked == []


def test_a_state_ends_after_ten_minutes(cast, as_, asked, client):
    sent = begin(as_(cast.ana))
    session = client.session
    kept = session[connection.KEY]
    assert 590 < kept["until"] - __import__("time").time() <= 600
    session[connection.KEY] = {**kept, "until": kept["until"] - 601}
    session.save()
    assert client.get("/canais/mlb/retorno", {"code": "TG-1", "state": sent["state"]}).status_code == 400
    assert asked == []


def test_the_verifier_is_sealed_in_the_session(cast, as_, asked, client):
    sent = begin(as_(cast.ana))
    kept = client.session[connection.KEY]["verifier"]
    client.get("/canais/mlb/retorno", {"code": "TG-1", "state": sent["state"]})
    assert kept.startswith("v1:")
    assert asked[0]["verifier"] not in kept


def test_a_refusal_on_the_marketplaces_page_is_told_and_nothing_changes(cast, as_, asked):
    client = as_(cast.ana)
    sent = begin(client)
    answer = client.get("/canais/mlb/retorno", {"error": "access_denied", "state": sent["state"]})
    assert "não foi permitido" in answer.text
    assert asked == []
    assert Channel.objects.get(pk=cast.channel.pk).secrets() == {"client_secret": SECRET}


def test_what_the_marketplace_refuses_is_explained(cast, as_, monkeypatch):
    problem = Problem(ProblemClass.AUTH_CLIENT, Stage.SEND, code="invalid_client", message="<b>nope</b>")
    monkeypatch.setattr("ponte.web.views.connection.authorization.finish", lambda *_, **__: problem)
    client = as_(cast.ana)
    answer = client.get("/canais/mlb/retorno", {"code": "x", "state": begin(client)["state"]})
    assert answer.status_code == 400
    assert "O marketplace não aceitou a conexão" in answer.text
    assert connection.return_address("mlb") in answer.text
    assert "<b>nope" not in answer.text


@pytest.mark.parametrize("who", ["bruno", "vera", "carla"])
def test_only_an_administrator_of_the_store_connects_and_comes_back(cast, as_, asked, who):
    client = as_(getattr(cast, who))
    Channel.objects.filter(pk=cast.other_channel.pk).update(code="outro")
    assert client.post("/canais/mlb/conectar").status_code == 404
    assert client.get("/canais/mlb/retorno", {"code": "x", "state": "y"}).status_code == 404
    assert asked == []


def test_a_connector_without_such_a_page_has_no_button(cast, as_):
    Channel.objects.filter(pk=cast.channel.pk).update(connector="nobody")
    client = as_(cast.ana)
    assert "/conectar" not in client.get("/canais/mlb").text
    assert client.post("/canais/mlb/conectar").status_code == 404
    assert not Audit.objects.exists()


def test_a_marketplace_that_names_the_code_otherwise_is_understood_and_tells_whose_account_it_is(cast, as_, asked):
    Channel.objects.filter(pk=cast.channel.pk).update(connector="amazon")
    client = as_(cast.ana)
    told = {"spapi_oauth_code": "RH-1", "selling_partner_id": "A1SELLER", "state": begin(client)["state"]}
    assert client.get("/canais/mlb/retorno", told, follow=True).status_code == 200
    assert [(call["code"], call["told"]) for call in asked] == [("RH-1", {"seller_id": "A1SELLER"})]


@pytest.mark.parametrize("code", ["", "x" * 513, "a\nb"])
def test_an_odd_code_is_none(cast, as_, asked, code):
    client = as_(cast.ana)
    answer = client.get("/canais/mlb/retorno", {"code": code, "state": begin(client)["state"]})
    assert (answer.status_code, asked) == (400, [])
    assert "sem o código" in answer.text


@pytest.mark.parametrize(("entered", "stands"), [("", "A1SELLER"), ("A1TYPED", "A1TYPED")])
def test_what_comes_back_fills_only_what_nobody_entered(cast, monkeypatch, entered, stands):
    async def exchanged(*_: object) -> None:
        return None

    monkeypatch.setattr(authorization, "exchange", exchanged)
    cast.channel.settings = {"client_id": "app-1", "seller_id": entered}
    cast.channel.save()
    back = {"seller_id": "A1SELLER"}
    authorization.finish(cast.channel.pk, "RH-1", redirect_uri="", verifier="", actor_id=cast.ana.pk, told=back)
    assert Channel.objects.get(pk=cast.channel.pk).settings == {"client_id": "app-1", "seller_id": stands}
    assert ("seller_id" in Audit.objects.get(verb="account connected").detail) is (not entered)


def test_an_account_that_is_told_on_the_way_back_need_not_be_typed(cast, as_):
    page = as_(cast.ana).get("/canais/novo?conector=amazon").text
    field = page[page.index('id="f-s_seller_id"') : page.index('id="f-s_client_id"')]
    field = field[: field.index("</div>")]
    assert "preenche sozinho" in field
    assert "required" not in field
