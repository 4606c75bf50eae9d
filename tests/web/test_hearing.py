"""The region of a channel's page about the address that its marketplace posts to."""

from __future__ import annotations

import hashlib
import re

import pytest

from cast import PASSWORD
from ponte import connectors
from ponte.connectors.magalu import Magalu
from ponte.connectors.mercadolivre import MercadoLivre
from ponte.db.models import Audit, Ear

PATH = "/canais/mlb"


@pytest.fixture(autouse=True)
def _installed(monkeypatch):
    monkeypatch.setattr(connectors, "_installed", lambda: {"magalu": Magalu(), "mercadolivre": MercadoLivre()})


def region(text):
    return re.search(r'<section class="card" id="notificacoes".*?</section>', text, re.DOTALL)[0]


def seen_on(client):
    return re.search(r'name="seen" value="([^"]+)"', region(client.get(PATH).text))[1]


def make(client, seen="first", password=PASSWORD):
    return client.post(f"{PATH}/notificacoes", {"seen": seen, "password": password})


def test_an_address_is_made_and_shown_once(cast, as_):
    client = as_(cast.ana)
    assert "Gerar endereço" in region(client.get(PATH).text)
    answer = make(client, seen_on(client))
    assert answer.status_code == 200
    key = re.search(r"/marketplaces/notifications/([\w-]+)", region(answer.text))[1]
    assert "data-copy" in region(answer.text)
    assert Ear.objects.get(channel=cast.channel).digest == hashlib.sha256(key.encode()).hexdigest()
    again = client.get(PATH).text
    assert key not in again
    assert "Trocar endereço" in region(again)
    assert key not in str(list(Audit.objects.values()))
    assert Audit.objects.get(verb="notification address").target == "channel:mlb"


def test_f24_a_reload_makes_no_other_address(cast, as_):
    client = as_(cast.ana)
    make(client)
    before = Ear.objects.get(channel=cast.channel).digest
    answer = make(client)
    assert answer.status_code == 409
    assert "já foi trocado" in region(answer.text)
    assert Ear.objects.get(channel=cast.channel).digest == before


def test_a_wrong_password_makes_nothing(cast, as_):
    answer = make(as_(cast.ana), password="errada")
    assert answer.status_code == 422
    assert "A senha não confere" in region(answer.text)
    assert not Ear.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("bruno", 404), ("vera", 404), ("carla", 200)])
def test_only_an_administrator_of_the_store_makes_one(cast, as_, who, status):
    """Carla has a channel of the same code in her own store, and makes hers."""
    assert make(as_(getattr(cast, who))).status_code == status
    assert not Ear.objects.filter(channel=cast.channel).exists()


def test_who_operates_sees_what_was_heard_and_no_form(cast, as_):
    make(as_(cast.ana))
    Ear.objects.update(heard=1_234)
    text = region(as_(cast.bruno).get(PATH).text)
    assert "1.234" in text
    assert "<form" not in text
    assert "Recusados" not in text  # Mercado Livre does not sign


def test_without_the_secret_of_a_marketplace_that_signs_it_is_said(cast, as_):
    channel = cast.channel
    channel.connector = "magalu"
    channel.save()
    assert "todo aviso é recusado" in region(as_(cast.ana).get(PATH).text)
    channel.keep_secrets({"webhook_secret": "whsec_canary"})
    channel.save()
    text = as_(cast.ana).get(PATH).text
    assert "todo aviso é recusado" not in region(text)
    assert "whsec_canary" not in text
