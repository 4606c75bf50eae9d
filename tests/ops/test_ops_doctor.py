from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections import namedtuple
from dataclasses import replace

import pytest
from click.testing import CliRunner
from django.db import connection

from factories import make_channel, make_store
from ponte.cli import ponte
from ponte.config import DatabaseUrl, config
from ponte.db.models import Installation, Lane
from ponte.ops import database, doctor
from ponte.ops.doctor import diagnose

pytestmark = pytest.mark.django_db

Usage = namedtuple("Usage", "total used free")  # noqa: PYI024 -- as shutil's own


@pytest.fixture
def environment():
    """Change settings of this process: `environment(PONTE_PORT="1")`."""
    before = dict(os.environ)

    def change(**values: str) -> None:
        os.environ.update(values)
        config.cache_clear()

    yield change
    for name in set(os.environ) - set(before):
        del os.environ[name]
    os.environ.update(before)
    config.cache_clear()


@pytest.fixture
def free_port(environment):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment(PONTE_PORT=str(port))
    return port


def troubles() -> dict[str, str]:
    return {check.name: check.trouble for check in diagnose() if check.trouble}


def test_a_sound_installation_has_no_trouble(free_port):
    database.migrate()
    assert troubles() == {}
    names = [check.name for check in diagnose()]
    assert names[:4] == ["folder", "key file", "disk", "port"]
    assert {"database", "writing", "tables", "secret key", "channels", "connector mercadolivre"} <= set(names)


def test_the_command_says_each_in_a_line_and_ends_with_1_for_trouble(free_port):
    database.migrate()
    fine = CliRunner().invoke(ponte, ["doctor"])
    assert (fine.exit_code, "TROUBLE" in fine.output) == (0, False)
    make_channel(make_store(), state="disconnected")
    wrong = CliRunner().invoke(ponte, ["doctor"])
    assert wrong.exit_code == 1
    assert [line for line in wrong.output.splitlines() if line.startswith("TROUBLE")] == [
        "TROUBLE  channels: lojamodelo/mlb: disconnected; run `ponte channel test` for the reason."
    ]


def test_a_wrong_setting_is_the_only_thing_told(environment):
    environment(PONTE_PORT="many")
    told = CliRunner().invoke(ponte, ["doctor"])
    assert (told.exit_code, told.output) == (
        1,
        "TROUBLE  settings: PONTE_PORT must be a number from 1 to 65535.\n",
    )


def test_a_wrong_key_is_told(free_port, environment):
    database.migrate()
    environment(PONTE_SECRET_KEY="not-the-one-not-the-one-not-the-one")
    assert "restore PONTE_SECRET_KEY" in troubles()["secret key"]


def test_a_first_start_has_no_check_word_yet(free_port):
    Installation.objects.all().delete()
    assert "secret key" not in troubles()
    database.migrate()
    database.migrate()
    assert Installation.objects.count() == 1


def test_a_key_that_others_can_read_is_told(free_port, environment, tmp_path):
    environment(PONTE_DATA=str(tmp_path))
    os.environ.pop("PONTE_SECRET_KEY", None)
    config.cache_clear()
    path = config().data / "secret.key"
    path.chmod(0o644)
    assert f"chmod 600 {path}" in troubles()["key file"]
    path.chmod(0o600)
    assert "key file" not in troubles()


def test_a_folder_without_rights_is_told(tmp_path):
    settings = replace(config(), data=tmp_path / "gone")
    assert "cannot be written" in doctor._folder(settings).trouble


def test_a_port_that_another_program_has_is_told(free_port):
    with socket.socket() as other:
        other.bind(("127.0.0.1", free_port))
        other.listen()
        threading.Thread(target=_answer, args=(other, b"HTTP/1.0 404 Not Found\r\n\r\n"), daemon=True).start()
        assert f"port {free_port} at 127.0.0.1 is taken" in troubles()["port"]


def test_a_port_where_a_silent_program_listens_is_told(free_port):
    with socket.socket() as other:
        other.bind(("127.0.0.1", free_port))
        other.listen()
        threading.Thread(target=_answer, args=(other, b""), daemon=True).start()
        assert "port" in troubles()


def _answer(listener: socket.socket, words: bytes) -> None:
    line, _ = listener.accept()
    line.recv(1000)
    line.sendall(words)
    line.close()


def test_our_own_port_is_no_trouble(free_port):
    with socket.socket() as ours:
        ours.bind(("127.0.0.1", free_port))
        ours.listen()
        threading.Thread(target=_answer, args=(ours, b"HTTP/1.0 200 OK\r\n\r\nok"), daemon=True).start()
        assert "port" not in troubles()


def test_a_port_for_root_only_is_told_to_others():
    if os.geteuid() == 0:
        settings = replace(config(), host="203.0.113.1")
        assert "is no address of this machine" in doctor._port(settings).trouble
    else:
        assert "1024 or above" in doctor._port(replace(config(), port=1)).trouble


def test_a_full_disk_is_told(monkeypatch):
    # The operating system's answer, not ours.
    monkeypatch.setattr("shutil.disk_usage", lambda _path: Usage(10**12, 10**12, 5_000_000))
    assert "only 4 MB are free" in doctor._disk(config()).trouble


def test_missing_changes_of_the_tables_are_told_and_nothing_after_them(free_port):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'db' AND name <> '0001_initial'")
    found = troubles()
    assert "run `ponte migrate`" in found["tables"]
    assert "channels" not in {check.name for check in diagnose()}
    assert database.missing_migrations()[0].startswith("db.0002")


def test_tables_of_a_newer_ponte_are_told(free_port):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('db', '9999_future', CURRENT_TIMESTAMP)"
        )
    assert database.unknown_migrations() == ["db.9999_future"]
    assert "of a newer Ponte (db.9999_future)" in troubles()["tables"]


def test_a_database_that_takes_no_writes_is_told():
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = ON")
        try:
            assert "refuses to write" in doctor._writable().trouble
        finally:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA query_only = OFF")
    assert doctor._writable().trouble is None


def test_more_than_five_disconnected_channels_are_named_in_part():
    store = make_store()
    for number in range(7):
        make_channel(store, f"c{number}", state="disconnected")
    told = doctor._channels().trouble
    assert "lojamodelo/c4" in told
    assert "c5" not in told
    Lane.objects.update(state="open")
    assert doctor._channels().detail == "7 connected"


def test_it_says_why_postgresql_cannot_be_reached(environment):
    """The pool alone would say that it waited for five seconds."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
    told = _in_a_process("doctor", PONTE_DATABASE_URL=f"postgresql://ponte:geheim@127.0.0.1:{port}/ponte")
    (line,) = [line for line in told.stdout.splitlines() if line.startswith("TROUBLE  database")]
    assert "Connection refused" in line
    assert "geheim" not in told.stdout + told.stderr


@pytest.mark.parametrize("command", ["migrate", "serve"])
def test_a_file_that_is_no_database_is_one_sentence(command, tmp_path):
    (tmp_path / "ponte.sqlite3").write_bytes(b"no database" * 500)
    told = _in_a_process(command, PONTE_DATA=str(tmp_path))
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr == "Error: The database cannot be used: file is not a database. Run `ponte doctor`.\n"


def test_a_key_that_is_lost_is_replaced_on_request(free_port, environment):
    database.migrate()
    environment(PONTE_SECRET_KEY="not-the-one-not-the-one-not-the-one")
    told = CliRunner().invoke(ponte, ["migrate", "--key-lost"])
    assert (told.exit_code, Installation.objects.count()) == (0, 1)
    assert "secret key" not in troubles()


def test_the_disk_of_a_database_elsewhere_is_looked_at(monkeypatch, tmp_path):
    settings = replace(config(), database=DatabaseUrl("sqlite", str(tmp_path / "ponte.sqlite3")))
    free = {str(tmp_path): 5_000_000}
    monkeypatch.setattr("shutil.disk_usage", lambda path: Usage(10**12, 0, free.get(str(path), 10**12)))
    assert f"only 4 MB are free at {tmp_path}" in doctor._disk(settings).trouble


def _in_a_process(command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("PONTE_")}
    with tempfile.TemporaryDirectory() as folder:
        return subprocess.run(
            [sys.executable, "-m", "ponte", command],
            env={**own, "PONTE_DATA": folder, **settings},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
