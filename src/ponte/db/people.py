"""The people of a store, as its administrators see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef
from django.db.models.functions import Lower

from ponte.db.models import Channel, Membership, Role, User

MOST = 500


@dataclass(frozen=True, slots=True)
class Person:
    """A member: `has_second_factor` counts apps and keys, not recovery codes."""

    id: int
    username: str
    name: str
    email: str
    role: Role
    channel_ids: tuple[int, ...]
    is_active: bool
    has_second_factor: bool
    last_login: datetime | None

    @property
    def shown(self) -> str:
        return self.name or self.username


def people(store_id: int) -> list[Person]:
    """Return the people of a store by name, in one query; at most 500."""
    found = _members(store_id).order_by("user__first_name", "user__username")[:MOST]
    return [_person(one) for one in found]


def person(store_id: int, user_id: int) -> Person | None:
    """Return one of a store's people."""
    found = _members(store_id).filter(user_id=user_id).first()
    return _person(found) if found else None


def names_of_channels(store_id: int) -> dict[int, str]:
    """Return the names of a store's channels by number."""
    return dict(Channel.objects.filter(store_id=store_id).order_by(Lower("name"), "pk").values_list("pk", "name"))


def _members(store_id: int):  # type: ignore[no-untyped-def]  # noqa: ANN202 -- an annotated query set has no name
    factors = Authenticator.objects.filter(user=OuterRef("user")).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return Membership.objects.filter(store_id=store_id).select_related("user").annotate(secured=Exists(factors))


def _person(found: Membership) -> Person:
    user: User = found.user
    return Person(
        id=user.pk,
        username=user.username,
        name=user.get_full_name(),
        email=user.email,
        role=Role(found.role),
        channel_ids=tuple(found.channel_ids),
        is_active=user.is_active,
        has_second_factor=found.secured,  # type: ignore[attr-defined]  # annotated above
        last_login=user.last_login,
    )
