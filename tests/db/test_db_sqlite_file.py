"""The file of a SQLite database."""

from __future__ import annotations

import os
import stat

from ponte.db.sqlite.base import DatabaseWrapper


def connected(path):
    database = DatabaseWrapper({"NAME": str(path), "OPTIONS": {}})
    connection = database.get_new_connection(database.get_connection_params())
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE IF NOT EXISTS kept (one integer)")
    return connection


def test_nobody_else_reads_a_new_file_nor_those_beside_it(tmp_path):
    before = os.umask(0o022)
    try:
        connection = connected(tmp_path / "ponte.sqlite3")
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
        connection.close()
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(("ponte.sqlite3", "ponte.sqlite3-shm", "ponte.sqlite3-wal"), 0o600)


def test_a_file_that_is_there_keeps_what_it_holds_and_its_mode(tmp_path):
    path = tmp_path / "ponte.sqlite3"
    connected(path).close()
    path.chmod(0o640)
    size = path.stat().st_size
    connected(path).close()
    assert (path.stat().st_size, stat.S_IMODE(path.stat().st_mode)) == (size, 0o640)
