from __future__ import annotations

import os

import pytest
from django.db import connection

from ponte.config import config
from ponte.db import sealed
from ponte.db.models import Channel, Store
from ponte.db.sealed import WrongKeyError, seal, seal_all, unseal, unseal_all
from ponte.db.sql import fetch
from ponte.flows.channels.stores import add_store, rotate_key

CANARY = "canary-7f3a9c-do-not-store"


@pytest.fixture
def other_key():
    """Make `config()` read another secret key."""
    kept = os.environ.get("PONTE_SECRET_KEY")

    def change():
        os.environ["PONTE_SECRET_KEY"] = "another-key-another-key-another-key-1"
        config.cache_clear()

    yield change
    os.environ.pop("PONTE_SECRET_KEY")
    os.environ |= {} if kept is None else {"PONTE_SECRET_KEY": kept}
    config.cache_clear()


def test_what_is_sealed_opens_for_its_row_and_field_only():
    stored = seal(CANARY, row="store:1", field="app_key")
    assert unseal(stored, row="store:1", field="app_key") == CANARY
    for row, field in (("store:2", "app_key"), ("store:1", "app_token")):
        with pytest.raises(WrongKeyError):
            unseal(stored, row=row, field=field)


def test_equal_secrets_look_different_and_show_nothing():
    one, two = (seal(CANARY, row="r", field="f") for _ in range(2))
    assert one != two
    assert CANARY not in one
    assert one.startswith("v1:")


def test_a_row_and_field_cannot_be_shifted_into_each_other():
    stored = seal(CANARY, row="a", field="b:c")
    with pytest.raises(WrongKeyError):
        unseal(stored, row="a:b", field="c")


def test_another_key_opens_nothing(other_key):
    stored = seal(CANARY, row="r", field="f")
    other_key()
    with pytest.raises(WrongKeyError, match="PONTE_SECRET_KEY"):
        unseal(stored, row="r", field="f")


@pytest.mark.parametrize("stored", ["v1:", "v1:AAAA", "nonsense", "v1:ç", "v1:" + "A" * 40])
def test_an_altered_value_is_a_wrong_key_and_no_crash(stored):
    with pytest.raises(WrongKeyError):
        unseal(stored, row="r", field="f")


def test_nothing_is_sealed_as_nothing():
    assert seal("", row="r", field="f") == unseal("", row="r", field="f") == ""
    assert seal_all({}, row="r", field="f") == ""
    assert unseal_all("", row="r", field="f") == {}


def test_several_secrets_are_one_value():
    given = {"access_token": "a", "refresh_token": "ç\n"}
    assert unseal_all(seal_all(given, row="r", field="f"), row="r", field="f") == given


@pytest.mark.django_db
def test_a_dump_of_the_database_has_no_secret():
    store, key = add_store("loja", name="", base_url="https://x.example", app_key=CANARY, app_token=CANARY + "2")
    channel = Channel(store=store, code="c", connector="mercadolivre")
    channel.keep_secrets({"refresh_token": CANARY + "3"})
    channel.save()
    second = rotate_key(store)
    tables = [name for name in connection.introspection.table_names() if name.startswith("db_")]
    dump = "\n".join(str(row) for name in tables for row in fetch(f"SELECT * FROM {name}"))
    assert "loja" in dump
    for secret in (CANARY, key, second):
        assert secret not in dump


@pytest.mark.django_db
def test_the_secrets_of_two_rows_cannot_be_swapped():
    one, _ = add_store("a", name="", base_url="https://x.example", app_key="key-a", app_token="token-a")
    two, _ = add_store("b", name="", base_url="https://x.example", app_key="key-b", app_token="token-b")
    assert one.secrets() == {"app_key": "key-a", "app_token": "token-a"}
    Store.objects.filter(pk=one.pk).update(app_key_sealed=two.app_key_sealed)
    with pytest.raises(WrongKeyError):
        Store.objects.get(pk=one.pk).secrets()
    Store.objects.filter(pk=two.pk).update(app_key_sealed=two.app_token_sealed)
    with pytest.raises(WrongKeyError):
        Store.objects.get(pk=two.pk).secrets()


def test_a_key_is_derived_once_per_key():
    assert sealed._cipher("a" * 32) is sealed._cipher("a" * 32)
    assert sealed._cipher("a" * 32) is not sealed._cipher("b" * 32)
