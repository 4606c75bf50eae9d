"""A store in the real database, and real servers on real sockets."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from ingest_servers import Server, databases

from ponte.db.models import Channel, Lane, Store

KEY = "a-key-of-minhaloja"


@pytest.fixture
def store(transactional_db: None) -> Store:
    digest = hashlib.sha256(KEY.encode()).hexdigest()
    store = Store.objects.create(account="minhaloja", name="Loja", base_url="http://127.0.0.1", hook_digest=digest)
    channel = Channel.objects.create(store=store, code="mlc", name="MLC", connector="fake", affiliate_id="MLC")
    Lane.objects.create(channel=channel)
    return store


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh database of each kind, empty for SQLite (a file in the server's own folder)."""
    with databases(request.param) as url:
        if url is None:
            pytest.skip("PONTE_TEST_POSTGRES_URL names no PostgreSQL")
        yield url


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path) as running:
        yield running
