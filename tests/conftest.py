"""People and sessions for all tests."""

from __future__ import annotations

import pytest


@pytest.fixture
def cast(db):
    """Return the people and stores of `cast.py`."""
    from cast import make_cast

    return make_cast()


@pytest.fixture
def as_(client):
    """Sign somebody in: `as_(cast.bruno).get("/produtos")`."""

    def sign_in(user):
        from cast import proved

        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        proved(client)
        return client

    return sign_in


@pytest.fixture(autouse=True)
def _nothing_seen_before():
    """Forget what pages share for a second: the next test's store may have the same number."""
    from ponte.web.fresh import forget

    forget()
