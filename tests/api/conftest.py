"""The cast for the API's tests; `ponte.api.urls` alone is enough for them."""

from __future__ import annotations

import pytest
from api_cast import Shop, shop


@pytest.fixture(autouse=True)
def _only_the_api(settings, tmp_path):
    settings.ROOT_URLCONF = "ponte.api.urls"
    settings.STATIC_ROOT = tmp_path  # WhiteNoise warns of a folder that is not there


@pytest.fixture
def ana(db) -> Shop:
    return shop("loja-ana", ("ana", "bruno", "vera"))


@pytest.fixture
def carla(db) -> Shop:
    return shop("loja-carla", ("carla", "caio", "clara"))
