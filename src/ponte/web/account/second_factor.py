"""Who must have a second factor, and who has one."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import QuerySet

from ponte.db.models import Role, User
from ponte.flows.people.people import highest_role


def second_factors(user: User) -> QuerySet[Authenticator]:
    """Return a person's second factors; recovery codes are none."""
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user=user)
    return found.exclude(type=Authenticator.Type.RECOVERY_CODES)


def must_have_second_factor(user: User) -> bool:
    """Say whether a second factor is a must for the person's highest role."""
    if not settings.REQUIRE_MFA:
        return False
    role = highest_role(user.pk)
    return role is not None and role.includes(Role(settings.REQUIRE_MFA))


def lacks_second_factor(user: User) -> bool:
    """Say whether a person must have a second factor and has none. Without the setting it costs nothing."""
    return must_have_second_factor(user) and not second_factors(user).exists()
