"""What lets a person in: links for a new password, second factors, sessions; and the switch that turns it all off."""

from __future__ import annotations

from importlib import import_module

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from ponte.config import config
from ponte.db.models import Invitation, Membership, Role, Token, User
from ponte.flows.people.membership import keep_admins_without
from ponte.flows.people.people import NotAllowedHereError, note_person


def governs(actor_id: int, user_id: int) -> bool:
    """Say whether somebody administers every store that a person works in.

    What is done to a person counts in all their stores; an administrator of one must not reach into another.
    """
    stores = set(Membership.objects.filter(user_id=user_id).values_list("store_id", flat=True))
    own = Membership.objects.filter(user_id=actor_id, role=Role.ADMIN).values_list("store_id", flat=True)
    return bool(stores) and stores <= set(own)


def password_link(user: User, *, actor_id: int | None) -> str:
    """Return a link, good once and for a day, by which a person sets a new password. The second factor stays."""
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    note_person("password link made", user.pk, actor_id=actor_id)
    return f"{config().base_url}/entrar/nova-senha/{key}"


def forget_second_factor(user_id: int, *, actor_id: int | None) -> bool:
    """Take away apps, keys and recovery codes of who lost them; their sessions end. False if there were none."""
    with transaction.atomic():
        gone, _rows = Authenticator.objects.filter(user_id=user_id).delete()
        if gone:
            note_person("second factor reset", user_id, actor_id=actor_id)
            end_sessions(user_id)
    return bool(gone)


def end_sessions(user_id: int, *, besides: str | None = None) -> int:
    """End the sessions of a person, except the one with the key `besides`; returns how many there were."""
    keys = list(
        UserSession.objects.filter(user_id=user_id)
        .exclude(session_key=besides or "")
        .values_list("pk", "session_key")
    )
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    for _, key in keys:
        store.delete(key)
    UserSession.objects.filter(pk__in=[pk for pk, _ in keys]).delete()
    return len(keys)


def disable(user_id: int, *, actor_id: int | None) -> None:
    """Shut a person out of everything from their next request on. Raises `LastAdminError`."""
    with transaction.atomic():
        keep_admins_without(user_id)
        if User.objects.filter(pk=user_id, is_active=True).update(is_active=False):
            note_person("disabled", user_id, actor_id=actor_id)
            end_sessions(user_id)


def enable(user_id: int, *, actor_id: int | None) -> None:
    """Let a person in again."""
    with transaction.atomic():
        if User.objects.filter(pk=user_id, is_active=False).update(is_active=True):
            note_person("enabled", user_id, actor_id=actor_id)


def erase(user_id: int, *, actor_id: int | None) -> None:
    """Forget who a person was (LGPD): name, address and credentials go, a number stays in what they did.

    Raises:
        NotAllowedHereError: there is no such person, or (`LastAdminError`) a store would be without an administrator.
    """
    with transaction.atomic():
        keep_admins_without(user_id)
        user = User.objects.filter(pk=user_id).first()
        if user is None:
            raise NotAllowedHereError("There is no such person.")
        note_person("erased", user_id, actor_id=actor_id)
        end_sessions(user_id)
        _forget_belongings(user)
        user.username, user.first_name, user.last_name, user.email = f"pessoa-{user.pk}", "", "", ""
        user.is_active, user.last_login = False, None
        user.set_unusable_password()
        user.save()


def _forget_belongings(user: User) -> None:
    for model in (Authenticator, SocialAccount, Membership):
        model.objects.filter(user=user).delete()
    Token.objects.filter(user=user, revoked_at=None).update(revoked_at=timezone.now())
    Invitation.objects.filter(accepted_by=user).update(email="")
