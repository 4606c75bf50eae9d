from __future__ import annotations

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ponte.config import Config, ConfigError, DatabaseUrl, load, parse_database

KEY = "k" * 32


def loaded(tmp_path: Path, **values: str) -> Config:
    return load({"PONTE_DATA": str(tmp_path / "data"), **{f"PONTE_{name}": value for name, value in values.items()}})


def refused(tmp_path: Path, **values: str) -> str:
    with pytest.raises(ConfigError) as told:
        loaded(tmp_path, **values)
    text = str(told.value)
    assert text.endswith(".")
    assert "\n" not in text
    return text


def test_everything_works_with_nothing_set(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = load({})
    assert found.data == tmp_path / ".ponte"
    assert found.database == DatabaseUrl("sqlite", str(tmp_path / ".ponte/ponte.sqlite3"))
    assert (found.host, found.port, found.base_url, found.https) == (
        "127.0.0.1",
        8000,
        "http://127.0.0.1:8000",
        False,
    )
    assert found.private_hosts == frozenset()


def test_the_folder_and_the_key_are_for_nobody_else(tmp_path):
    found = loaded(tmp_path)
    key = found.data / "secret.key"
    assert key.read_text() == found.secret_key
    assert len(found.secret_key) >= 32
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(found.data.stat().st_mode) & 0o077 == 0
    assert loaded(tmp_path).secret_key == found.secret_key


def test_processes_that_start_at_once_agree_on_one_key(tmp_path):
    code = "from ponte.config import load; import os; print(load(os.environ).secret_key)"
    environment = {**os.environ, "PONTE_DATA": str(tmp_path / "data")}
    environment.pop("PONTE_SECRET_KEY", None)

    def start(_: int) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(start, range(4)))) == 1


def test_the_key_that_came_first_is_kept_and_nothing_else_stays(tmp_path, monkeypatch):
    """Another process links its key between our look and our link."""
    link = os.link

    def overtaken(source: str, target: Path) -> None:
        target.write_text(KEY, encoding="ascii")
        link(source, target)

    monkeypatch.setattr(os, "link", overtaken)
    assert loaded(tmp_path).secret_key == KEY
    monkeypatch.undo()
    found = loaded(tmp_path)
    assert found.secret_key == KEY
    assert [entry.name for entry in found.data.iterdir()] == ["secret.key"]


def test_a_setting_may_stand_in_a_file(tmp_path):
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n", encoding="utf-8")
    assert loaded(tmp_path, SECRET_KEY_FILE=str(file)).secret_key == KEY
    assert "PONTE_PORT_FILE cannot be read" in refused(tmp_path, PORT_FILE=str(tmp_path / "nothing"))


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"PORT": "many"}, "PONTE_PORT must be a number"),
        ({"PORT": "0"}, "PONTE_PORT"),
        ({"PORT": "65536"}, "PONTE_PORT"),
        ({"PORT": "-1"}, "PONTE_PORT"),
        ({"PORT": "٨٠"}, "PONTE_PORT"),
        ({"SECRET_KEY": "short"}, "at least 32"),
        ({"LEASE_SECONDS": "soon"}, "PONTE_LEASE_SECONDS must be a number of seconds"),
        ({"LEASE_SECONDS": "0"}, "more than 0"),
        ({"LEASE_SECONDS": "nan"}, "more than 0"),
        ({"LEASE_SECONDS": "inf"}, "less than 3600"),
        ({"HEARTBEAT_SECONDS": "6"}, "at most half"),
        ({"BASE_URL": "ponte.example"}, "PONTE_BASE_URL must begin"),
        ({"DATABASE_URL": "mysql://x/y"}, "sqlite:// or postgresql://"),
        ({"DATABASE_URL": "postgresql://h:port/y"}, "not a URL"),
        ({"DATABASE_URL": "postgresql://[h/y"}, "not a URL"),
    ],
)
def test_a_wrong_value_is_one_sentence(tmp_path, values, told):
    assert told in refused(tmp_path, **values)


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "data").write_text("a file")
    assert "cannot be made" in refused(tmp_path)


def test_a_key_that_cannot_be_written_or_read_is_one_sentence(tmp_path):
    data = tmp_path / "data"
    (data / "secret.key").mkdir(parents=True)
    assert "cannot be read" in refused(tmp_path)


@pytest.mark.parametrize("text", ["", "cut"])
def test_a_cut_key_is_not_replaced_by_a_new_one(tmp_path, text):
    data = tmp_path / "data"
    data.mkdir()
    (data / "secret.key").write_text(text)
    assert "restore it from your backup" in refused(tmp_path)
    assert (data / "secret.key").read_text() == text


def test_a_key_of_bytes_that_are_no_text_is_one_sentence(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "secret.key").write_bytes(b"\xff" * 64)
    assert "restore it" in refused(tmp_path)


def test_a_setting_in_a_file_that_is_no_text_is_one_sentence(tmp_path):
    file = tmp_path / "port"
    file.write_bytes(b"\xff\xfe")
    assert "PONTE_PORT_FILE cannot be read" in refused(tmp_path, PORT_FILE=str(file))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", "/data/ponte.sqlite3"),
        ("sqlite://", "/data/ponte.sqlite3"),
        ("sqlite:////srv/p.db", "/srv/p.db"),
        ("sqlite:///p.db", "/p.db"),
    ],
)
def test_a_sqlite_database_is_a_path(text, name):
    assert parse_database(text, Path("/data")) == DatabaseUrl("sqlite", name)


def test_a_postgresql_database_is_read_part_by_part():
    found = parse_database("postgres://ana:p%40ss%2Fw@db.example:6543/pon%20te?sslmode=require&x=1", Path("/data"))
    assert found == DatabaseUrl(
        "postgresql",
        "pon te",
        "db.example",
        "6543",
        "ana",
        "p@ss/w",
        (("sslmode", "require"), ("x", "1")),
    )


def test_lists_take_commas_and_spaces(tmp_path):
    found = loaded(tmp_path, ALLOWED_HOSTS="a.example, b.example  c", PRIVATE_HOSTS="127.0.0.1:9101")
    assert found.allowed_hosts == ("a.example", "b.example", "c")
    assert found.private_hosts == {"127.0.0.1:9101"}


def test_an_address_behind_https_is_told_and_its_last_slash_is_cut(tmp_path):
    found = loaded(tmp_path, BASE_URL="https://ponte.example/")
    assert (found.https, found.base_url) == (True, "https://ponte.example")


def test_no_setting_shows_its_secret(tmp_path):
    found = loaded(tmp_path, SECRET_KEY=KEY, DATABASE_URL="postgresql://u:hush-hush@h/db")
    assert "hush" not in repr(found)
    assert KEY not in repr(found)


MAIL = {"PONTE_EMAIL_HOST": "mail.test", "PONTE_EMAIL_FROM": "ponte@loja.test"}
OIDC = {"PONTE_OIDC_ISSUER": "https://id.test/", "PONTE_OIDC_CLIENT_ID": "a", "PONTE_OIDC_CLIENT_SECRET": "b"}


def test_mail_and_the_companys_sign_in_are_off_until_they_are_set(tmp_path):
    found = load({"PONTE_DATA": str(tmp_path)})
    assert (found.email, found.oidc, found.require_mfa, found.trusted_proxies) == (None, None, "", 0)


def test_mail_and_the_companys_sign_in_are_read_with_their_secrets_from_files(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("from-a-file\n")
    given = {**MAIL, **OIDC, "PONTE_DATA": str(tmp_path), "PONTE_EMAIL_SECURITY": "tls"}
    del given["PONTE_OIDC_CLIENT_SECRET"]
    found = load({**given, "PONTE_OIDC_CLIENT_SECRET_FILE": str(secret), "PONTE_EMAIL_PASSWORD_FILE": str(secret)})
    assert (found.email.port, found.email.password, found.email.security) == (465, "from-a-file", "tls")
    assert (found.oidc.issuer, found.oidc.client_secret) == ("https://id.test", "from-a-file")
    assert "from-a-file" not in repr(found.email) + repr(found.oidc) + repr(found)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"PONTE_EMAIL_FROM": "nobody"}, "PONTE_EMAIL_FROM"),
        ({"PONTE_EMAIL_PORT": "0"}, "PONTE_EMAIL_PORT"),
        ({"PONTE_EMAIL_SECURITY": "some"}, "PONTE_EMAIL_SECURITY"),
        ({"PONTE_OIDC_ISSUER": "http://id.test"}, "PONTE_OIDC_ISSUER"),
        ({"PONTE_OIDC_CLIENT_ID": ""}, "PONTE_OIDC_CLIENT_ID"),
        ({"PONTE_REQUIRE_MFA": "king"}, "PONTE_REQUIRE_MFA"),
        ({"PONTE_TRUSTED_PROXIES": "many"}, "PONTE_TRUSTED_PROXIES"),
        ({"PONTE_METRICS_TOKEN": "short"}, "PONTE_METRICS_TOKEN"),
        ({"PONTE_METRICS_TOKEN": "ü" * 40}, "PONTE_METRICS_TOKEN"),
        ({"PONTE_METRICS_LOOPBACK": "maybe"}, "PONTE_METRICS_LOOPBACK"),
        ({"PONTE_API_PER_MINUTE": "-1"}, "PONTE_API_PER_MINUTE"),
        ({"PONTE_HSTS_SUBDOMAINS": "maybe"}, "PONTE_HSTS_SUBDOMAINS"),
    ],
)
def test_a_setting_of_people_that_cannot_be_is_named(tmp_path, changed, named):
    with pytest.raises(ConfigError, match=named):
        load({**MAIL, **OIDC, "PONTE_DATA": str(tmp_path), **changed})


def test_the_metrics_are_closed_unless_somebody_opens_them(tmp_path):
    plain = load({"PONTE_DATA": str(tmp_path)})
    assert (plain.metrics_token, plain.metrics_loopback) == ("", False)
    token = tmp_path / "token"
    token.write_text("m" * 40 + "\n")
    told = {"PONTE_METRICS_TOKEN_FILE": str(token), "PONTE_METRICS_LOOPBACK": "yes"}
    opened = load({"PONTE_DATA": str(tmp_path), **told})
    assert (opened.metrics_token, opened.metrics_loopback) == ("m" * 40, True)
    assert "mmm" not in repr(opened)
