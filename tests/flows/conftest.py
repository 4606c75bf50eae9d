from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from ponte.config import config


@pytest.fixture
def reachable() -> Iterator[Callable[..., None]]:
    """Let this process call addresses of this machine: `reachable("127.0.0.1:8000")`."""
    before = os.environ.get("PONTE_PRIVATE_HOSTS")

    def allow(*hosts: str) -> None:
        os.environ["PONTE_PRIVATE_HOSTS"] = " ".join(hosts)
        config.cache_clear()

    yield allow
    if before is None:
        os.environ.pop("PONTE_PRIVATE_HOSTS", None)
    else:
        os.environ["PONTE_PRIVATE_HOSTS"] = before
    config.cache_clear()
