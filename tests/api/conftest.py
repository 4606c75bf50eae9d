"""The cast for the API's tests; `ponte.api.urls` alone is enough for them."""

from __future__ import annotations

import pytest
from api_cast import Shop, shop


@pytest.fixture(autouse=True)
def _only_the_api(settings):
    settings.ROOT_URLCONF = "ponte.api.urls"


@pytest.fixture
def ana(db) -> Shop:
    return shop("loja-ana", ("ana", "bruno", "vera"))


@pytest.fixture
def carla(db) -> Shop:
    return shop("loja-carla", ("carla", "caio", "clara"))
