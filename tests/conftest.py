"""People and sessions for all tests."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session", autouse=True)
def _static_folder():
    """WhiteNoise warns about a folder that is not there, and warnings are errors."""
    from django.conf import settings

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


@pytest.fixture
def cast(db):
    """Return the people and stores of `cast.py`."""
    from cast import make_cast

    return make_cast()


@pytest.fixture
def as_(client):
    """Sign somebody in: `as_(cast.bruno).get("/produtos")`."""

    def sign_in(user):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in
