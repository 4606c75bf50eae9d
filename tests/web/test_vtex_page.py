"""`/canais/vtex`: the store's keys and the address of its notifications."""

from __future__ import annotations

import hashlib
import re

import pytest

from cast import PASSWORD
from ponte.db.models import Audit, Store

PATH = "/canais/vtex"
BASE = "https://lojamodelo.vtexcommercestable.com.br"


@pytest.fixture
def store(cast):
    cast.store.keep_secrets(app_key="canary-key-1", app_token="canary-token-1")
    cast.store.save()
    return cast.store


def test_new_keys_are_kept_and_never_shown(cast, as_, store):
    form = {"base_url": BASE, "app_key": "", "app_token": "canary-token-2", "password": PASSWORD}
    answer = as_(cast.ana).post(PATH, form, follow=True)
    store.refresh_from_db()
    assert store.secrets() == {"app_key": "canary-key-1", "app_token": "canary-token-2"}
    assert "canary" not in answer.text
    assert "Definido em" in answer.text
    assert Audit.objects.get(verb="vtex access changed").detail == {"replaced": ["app_token"]}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"base_url": "https://10.0.0.1"}, "rede interna"), ({"password": "errada"}, "A senha não confere")],
)
def test_what_cannot_be_kept_is_told_and_nothing_changes(cast, as_, store, wrong, words):
    form = {"base_url": BASE, "app_key": "k", "app_token": "t", "password": PASSWORD, **wrong}
    answer = as_(cast.ana).post(PATH, form)
    assert answer.status_code == 422
    assert words in answer.text
    store.refresh_from_db()
    assert store.secrets()["app_key"] == "canary-key-1"


def rotate(client, seen, password=PASSWORD):
    return client.post(f"{PATH}/webhook", {"seen": seen, "password": password})


def seen_on(client):
    return re.search(r'name="seen" value="([^"]+)"', client.get(PATH).text)[1]


def test_a_new_webhook_address_is_shown_once_and_the_one_before_stays_valid(cast, as_, store):
    client = as_(cast.ana)
    before = store.hook_digest
    answer = rotate(client, seen_on(client))
    key = re.search(r"/vtex/notifications/([\w-]+)", answer.text)[1]
    store.refresh_from_db()
    assert store.hook_digest == hashlib.sha256(key.encode()).hexdigest()
    assert store.hook_digest_before == before
    assert key not in client.get(PATH).text
    assert key not in str(list(Audit.objects.values()))


def test_f24_a_reload_of_the_answer_does_not_make_another_address(cast, as_, store):
    client = as_(cast.ana)
    seen = seen_on(client)
    rotate(client, seen)
    made = Store.objects.get(pk=store.pk).hook_digest
    again = rotate(client, seen)
    assert again.status_code == 409
    assert "já foi trocado" in again.text
    assert Store.objects.get(pk=store.pk).hook_digest == made


def test_a_new_address_asks_for_the_password(cast, as_, store):
    client = as_(cast.ana)
    assert rotate(client, seen_on(client), "errada").status_code == 422
    assert Store.objects.get(pk=store.pk).hook_digest == store.hook_digest


def test_who_does_not_administer_sees_neither_keys_nor_forms(cast, as_, store):
    text = as_(cast.vera).get(PATH).text
    assert "canary" not in text
    assert "<input" not in text.split("<main")[1]
