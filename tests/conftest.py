"""Settings and people for all tests. The data folder is a new one for every run."""

from __future__ import annotations

import os
import tempfile

import pytest

os.environ.setdefault("PONTE_DATA", tempfile.mkdtemp(prefix="ponte-tests-"))
os.environ.setdefault("PONTE_SECRET_KEY", "only-for-tests-only-for-tests-only-for-tests")


@pytest.fixture
def cast(db):
    from cast import make_cast

    return make_cast()


@pytest.fixture
def as_(client):
    """Sign somebody in: `as_(cast.bruno).get("/produtos")`."""

    def sign_in(user):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in
