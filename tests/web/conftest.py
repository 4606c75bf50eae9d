"""What the tests of the screens share."""

from __future__ import annotations

import pytest

from factories import make_attempt, make_exchange, make_integration


@pytest.fixture
def error(cast):
    """An error of Ana's store, with one try and its exchange."""
    found = make_integration(cast.channel)
    make_exchange(make_attempt(found))
    return found


@pytest.fixture
def success(cast):
    return make_integration(cast.channel, "222", "success")


@pytest.fixture
def foreign(cast):
    """An error of Carla's store."""
    return make_integration(cast.other_channel, "999777")
