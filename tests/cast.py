"""The people of the tests: Ana owns the store, Bruno operates it, Vera only looks, Carla belongs to another store."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache

from django.contrib.auth.hashers import make_password

from factories import make_channel, make_store
from ponte.db.models import Channel, Membership, Role, Store, User

PASSWORD = "correta-cavalo-bateria-9"


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody, and where they work."""

    store: Store
    channel: Channel
    other_store: Store
    other_channel: Channel
    ana: User
    bruno: User
    vera: User
    carla: User


def make_cast() -> Cast:
    """Make the two stores, a channel in each, and the people."""
    store, other = make_store(), make_store("outraloja")
    return Cast(
        store=store,
        channel=make_channel(store),
        other_store=other,
        other_channel=make_channel(other),
        ana=person("ana", store, Role.ADMIN),
        bruno=person("bruno", store, Role.OPERATOR),
        vera=person("vera", store, Role.VIEWER),
        carla=person("carla", other, Role.ADMIN),
    )


@cache
def _hashed() -> str:
    """Return the password's hash, made once: it is slow on purpose."""
    return make_password(PASSWORD)


def person(name: str, store: Store | None, role: Role = Role.OPERATOR) -> User:
    """Make somebody who can sign in with `PASSWORD`; without a store they work nowhere."""
    user = User.objects.create(username=name, first_name=name.capitalize(), password=_hashed())
    if store:
        Membership.objects.create(user=user, store=store, role=role)
    return user


def proved(client, seconds_ago: float = 0) -> None:
    """Let a signed-in client's session be of somebody who has shown the password, as at the real sign-in."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time() - seconds_ago}]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session["since"] = session["seen"] = time.time()
    session.save()
