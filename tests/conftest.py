"""People and sessions for all tests."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """End what threads of the tests left connected: PostgreSQL drops no database that somebody is in."""
    from django.db import connection

    yield
    if connection.vendor != "postgresql":
        return
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


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
