"""Invite people into a store by a link that works once, for seven days."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from ponte.config import config
from ponte.db.audit import note_one
from ponte.db.models import Invitation, Membership, Role, Store, User
from ponte.flows.people.membership import fitting_channels
from ponte.flows.people.people import NotAllowedHereError, add_user, digest, join, role_in

VALID_FOR = timedelta(days=7)
TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Invited:
    """A new invitation and its link, which is shown this once."""

    invitation: Invitation
    link: str


def invite(
    store: Store, *, role: str, email: str = "", channel_ids: Sequence[int] = (), actor_id: int | None
) -> Invited:
    """Make an invitation. Raises `NotAllowedHereError`."""
    if role not in Role.values:
        raise NotAllowedHereError(f"A role is one of {', '.join(Role.values)}.")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with transaction.atomic():
        made = Invitation.objects.create(
            store=store,
            email=email,
            role=role,
            channel_ids=fitting_channels(store.pk, role, channel_ids),
            digest=digest(token),
            invited_by_id=actor_id,
            expires_at=timezone.now() + VALID_FOR,
        )
        note_one("invited", f"invitation:{made.pk}", store_id=store.pk, actor_id=actor_id, detail={"role": role})
    return Invited(made, link_of(token))


def first_link() -> str | None:
    """Return the link that makes the first administrator, new at each start; None once there is somebody."""
    with transaction.atomic():
        if User.objects.exists():
            return None
        Invitation.objects.filter(store=None, accepted_at=None).delete()
        token = secrets.token_urlsafe(TOKEN_BYTES)
        Invitation.objects.create(role=Role.ADMIN, digest=digest(token), expires_at=timezone.now() + VALID_FOR)
    return link_of(token)


def link_of(token: str) -> str:
    return f"{config().base_url}/convite/{token}"


def valid(token: str) -> Invitation | None:
    """Return the invitation of a link, if it can be accepted now."""
    return _open().filter(digest=digest(token)).select_related("store", "invited_by").first()


def pending(store_id: int) -> list[Invitation]:
    """Return a store's invitations that nobody accepted yet, the newest first."""
    return list(_open().filter(store_id=store_id).select_related("invited_by").order_by("-pk")[:100])


def revoke(store_id: int, invitation_id: int, *, actor_id: int | None) -> bool:
    """Make a link worthless; False when there is no open invitation of that number."""
    with transaction.atomic():
        gone = _open().filter(pk=invitation_id, store_id=store_id).update(revoked_at=timezone.now())
        if gone:
            note_one("invitation revoked", f"invitation:{invitation_id}", store_id=store_id, actor_id=actor_id)
    return bool(gone)


def accept_as_new(token: str, *, username: str, password: str, name: str = "", language: str = "") -> User:
    """Make the person and their membership. Raises `NotAllowedHereError`."""
    with transaction.atomic():
        invitation = _taken(token)
        user = add_user(username, password, language=language)
        User.objects.filter(pk=user.pk).update(first_name=name[:150], email=invitation.email)
        _join(invitation, user)
    user.refresh_from_db()
    return user


def accept_as(token: str, user: User) -> None:
    """Make somebody who is here already a member of the store too. Raises `NotAllowedHereError`."""
    with transaction.atomic():
        _join(_taken(token), user)


def _open() -> QuerySet[Invitation]:
    """Return what may be accepted now: not the links of somebody who does not administer the store any more.

    Else somebody who is to go could leave a door open for themselves.
    """
    governs = Membership.objects.filter(
        user=OuterRef("invited_by"), store=OuterRef("store"), role=Role.ADMIN, user__is_active=True
    )
    return Invitation.objects.filter(accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()).filter(
        Q(invited_by=None) | Exists(governs)
    )


def _taken(token: str) -> Invitation:
    """Return the invitation, held so that it is accepted once only."""
    found = _open().select_for_update().filter(digest=digest(token)).first()
    if found is None:
        raise NotAllowedHereError("This invitation was used, revoked, or is too old.")
    return found


def _join(invitation: Invitation, user: User) -> None:
    Invitation.objects.filter(pk=invitation.pk).update(accepted_at=timezone.now(), accepted_by=user)
    stores = [invitation.store] if invitation.store else list(Store.objects.all())
    for store in stores:
        if role_in(user.pk, store.pk):
            raise NotAllowedHereError("This person works in the store already.")
        join(user, store, invitation.role, channel_ids=invitation.channel_ids)
        note_one("joined", f"user:{user.pk}", store_id=store.pk, actor_id=user.pk, detail={"role": invitation.role})
