from __future__ import annotations

import pytest

from factories import make_channel, make_store
from ponte.cli import COMMANDS, main, ponte
from ponte.config import config
from ponte.db.models import Channel, Lane, Membership, Store, User
from ponte.flows.people.people import find_token

pytestmark = pytest.mark.django_db

PASSWORD = "correta-cavalo-bateria-9"
SECRETS = ("client_secret", "refresh_token", "access_token")
MAPPING = 'version: 1\ncategories:\n  "1": MLB1676\n'


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(cli, name):
    assert "Usage: " in cli(name, "--help").stdout


def test_the_help_lists_every_command_and_the_version_is_told(cli):
    told = cli("--help").stdout
    assert all(name in told for name in COMMANDS)
    assert cli("--version").stdout.startswith("ponte")
    cli("no-such-command", code=2)


def test_a_wrong_setting_is_one_sentence_and_exit_code_2(monkeypatch, capsys):
    monkeypatch.setenv("PONTE_PORT", "many")
    config.cache_clear()
    with pytest.raises(SystemExit) as ended:
        main(["serve"])
    monkeypatch.undo()
    config.cache_clear()
    assert ended.value.code == 2
    assert capsys.readouterr().err == "ponte: PONTE_PORT must be a number from 1 to 65535.\n"


def test_a_store_is_connected_and_its_address_shown_once(cli, refused):
    told = cli("store", "add", "loja", "--app-key", "key-123456", said="token-123456\n").stdout
    store = Store.objects.get()
    assert "/vtex/notifications/" in told
    assert store.secrets() == {"app_key": "key-123456", "app_token": "token-123456"}
    assert store.base_url == "https://loja.vtexcommercestable.com.br"
    assert "connected already" in refused("store", "add", "loja", "--app-key", "k", "--app-token", "t")
    assert "loja" in cli("store", "list").stdout
    assert "/vtex/notifications/" in cli("store", "rotate-key", "loja").stdout
    assert "no store" in refused("store", "rotate-key", "nada")


@pytest.mark.parametrize("account", ["foo bar", "../x", "a.b", "ç"])
def test_what_is_no_account_is_refused(refused, account):
    assert "no VTEX account" in refused("store", "add", account, "--app-key", "k", "--app-token", "t")


def test_a_person_is_added_once_with_a_password_that_is_good_enough(cli, refused):
    make_store("loja")
    cli("user", "add", "bruno", "--store", "loja", "--role", "admin", "--password", PASSWORD)
    assert Membership.objects.get().role == "admin"
    assert "exists already" in refused("user", "add", "bruno", "--store", "loja", "--password", PASSWORD)
    assert refused("user", "add", "carla", "--store", "loja", "--password", "123")
    assert "no store" in refused("user", "add", "carla", "--store", "nada", "--password", PASSWORD)
    assert User.objects.count() == 1


def test_a_token_is_shown_once_and_works(cli, refused):
    make_store("loja")
    cli("user", "add", "bruno", "--store", "loja", "--password", PASSWORD)
    token = cli("user", "token", "bruno", "--store", "loja").stdout.strip()
    assert find_token(token).user.username == "bruno"
    endless = cli("user", "token", "bruno", "--store", "loja", "--days", 0).stdout.strip()
    assert find_token(endless).expires_at is None
    assert "no user" in refused("user", "token", "nobody", "--store", "loja")


def connect(cli, *more: object, code: str = "mlb"):
    words = ["channel", "add", "loja", code, "--connector", "mercadolivre", "--affiliate", "MLB"]
    words += ["--setting", "client_id=1", *[word for name in SECRETS for word in ("--secret", name)]]
    return cli(*words, *more, said="aaaaaaaa\nbbbbbbbb\ncccccccc\n")


def test_a_channel_is_connected_with_its_secrets_and_its_mapping(cli, tmp_path):
    make_store("loja")
    file = tmp_path / "m.yaml"
    file.write_text(MAPPING, encoding="utf-8")
    told = connect(cli, "--mapping", file)
    channel = Channel.objects.get()
    assert channel.secrets() == dict(zip(SECRETS, ("aaaaaaaa", "bbbbbbbb", "cccccccc"), strict=True))
    assert (channel.affiliate_id, channel.settings, channel.mapping_text) == ("MLB", {"client_id": "1"}, MAPPING)
    assert Lane.objects.filter(channel=channel, kind="product").exists()
    assert "aaaaaaaa" not in told.output
    assert cli("channel", "mapping", "loja", "mlb").stdout.strip() == MAPPING.strip()
    assert "mercadolivre" in cli("channel", "list", "loja").stdout


def test_a_channel_that_cannot_be_used_is_one_sentence(cli, refused, tmp_path):
    make_store("loja")
    connect(cli)
    one = ("channel", "add", "loja")
    assert "already" in refused(*one, "mlb", "--connector", "mercadolivre", "--setting", "client_id=1")
    assert "nobody" in refused(*one, "x", "--connector", "nobody")
    assert "client_secret" in refused(*one, "x", "--connector", "mercadolivre", "--setting", "client_id=1")
    assert "NAME=VALUE" in refused(*one, "x", "--connector", "mercadolivre", "--setting", "client_id")
    assert "affiliate" in refused(*one, "x", "--connector", "mercadolivre", "--affiliate", "TOOLONG")
    bad = tmp_path / "bad.yaml"
    bad.write_bytes(b"version: \xff")
    assert "UTF-8" in refused(*one, "x", "--connector", "mercadolivre", "--mapping", bad)
    assert Channel.objects.count() == 1


def test_a_mapping_with_errors_says_where_and_changes_nothing(cli, refused, tmp_path):
    make_store("loja")
    connect(cli)
    file = tmp_path / "m.yaml"
    file.write_text("version: 1\ncategories: 7\n", encoding="utf-8")
    assert refused("channel", "mapping", "loja", "mlb", file) == "Error: Nothing was changed."
    assert cli("channel", "mapping", "loja", "mlb", file, code=1).stderr.startswith("line 2: ")
    file.write_text(MAPPING, encoding="utf-8")
    assert "from the next product on" in cli("channel", "mapping", "loja", "mlb", file).stdout
    assert Channel.objects.get().mapping_version == 2


def test_a_channel_is_paused_and_resumed(cli, refused):
    make_channel(make_store("loja"))
    cli("channel", "pause", "loja", "mlb")
    assert Lane.objects.get().state == "paused"
    cli("channel", "resume", "loja", "mlb")
    assert Lane.objects.get().state == "open"
    assert "no channel nada" in refused("channel", "pause", "loja", "nada")


def test_the_address_of_the_first_connection_is_printed(cli):
    make_channel(make_store("loja"))
    told = cli("channel", "authorize", "loja", "mlb", "--redirect-uri", "https://x.example/volta").stdout
    assert told.startswith("https://auth.mercadolivre.com.br/authorization?")


def test_a_check_needs_one_channel(refused):
    assert "no channel" in refused("check", "1", "--channel", "mlb")
    make_channel(make_store("a"))
    make_channel(make_store("b"))
    assert "--store" in refused("check", "1", "--channel", "mlb")


def test_tables_are_made_by_a_command(cli):
    assert "up to date" in cli("migrate").stdout


def test_the_group_loads_commands_by_name_only():
    assert ponte.get_command(None, "nothing") is None


def test_f33_a_store_whose_address_leads_inward_is_not_connected(refused):
    told = refused("store", "add", "outra", "--base-url", "https://127.0.0.1", "--app-key", "k", "--app-token", "t")
    assert "private network" in told
    assert not Store.objects.filter(account="outra").exists()


def test_a_store_has_its_time_zone(cli, refused):
    make_store("loja")
    assert "midnight of America/Manaus" in cli("store", "time-zone", "loja", "America/Manaus").stdout
    assert Store.objects.get().time_zone == "America/Manaus"
    assert "America/Manaus" in cli("store", "list").stdout
    assert "no time zone" in refused("store", "time-zone", "loja", "Mars/Olympus")
