"""What people are in a store: change roles and channels, take people out. A store keeps an administrator, always."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from ponte.db.audit import note_one
from ponte.db.models import Channel, Membership, Role, Token
from ponte.flows.people.people import NotAllowedHereError


class LastAdminError(NotAllowedHereError):
    """A store would be left without anybody who can administer it."""


def change(
    store_id: int, user_id: int, *, role: str, channel_ids: Sequence[int] = (), actor_id: int | None
) -> Membership:
    """Give a person another role or other channels; it counts at their next request.

    Raises:
        NotAllowedHereError: no such member, role or channel.
        LastAdminError: nobody would be left to administer the store.
    """
    if role not in Role.values:
        raise NotAllowedHereError(f"A role is one of {', '.join(Role.values)}.")
    with transaction.atomic():
        found = _held(store_id, user_id)
        wanted = fitting_channels(store_id, role, channel_ids)
        if (found.role, sorted(found.channel_ids)) == (role, wanted):
            return found
        if role != Role.ADMIN:
            _keep_an_admin(found)
        detail = {"before": found.role, "role": role, "channels": wanted}
        found.role, found.channel_ids = role, wanted
        found.save(update_fields=["role", "channel_ids"])
        note_one("role changed", f"user:{user_id}", store_id=store_id, actor_id=actor_id, detail=detail)
    return found


def take_out(store_id: int, user_id: int, *, actor_id: int | None) -> None:
    """Take a person out of a store; pages stop at the next request, tokens for good. Raises like `change`."""
    with transaction.atomic():
        found = _held(store_id, user_id)
        _keep_an_admin(found)
        found.delete()
        # Else one that leaked would be worth something again once its person comes back.
        Token.objects.filter(user_id=user_id, store_id=store_id, revoked_at=None).update(revoked_at=timezone.now())
        note_one("taken out", f"user:{user_id}", store_id=store_id, actor_id=actor_id, detail={"role": found.role})


def fitting_channels(store_id: int, role: str, channel_ids: Sequence[int]) -> list[int]:
    """Return the channels somebody is to be limited to, in order. Raises `NotAllowedHereError`."""
    wanted = sorted(set(channel_ids))
    if not wanted:
        return []
    if role == Role.ADMIN:
        raise NotAllowedHereError("Who administers a store sees all of it.")
    if Channel.objects.filter(store_id=store_id, pk__in=wanted).count() != len(wanted):
        raise NotAllowedHereError("There is no such channel in this store.")
    return wanted


def keep_admins_without(user_id: int) -> None:
    """Refuse to lose a person who is the only administrator somewhere. Raises `LastAdminError`."""
    for found in Membership.objects.select_for_update().filter(user_id=user_id, role=Role.ADMIN):
        _keep_an_admin(found)


def _held(store_id: int, user_id: int) -> Membership:
    """Return a membership; those of the store are held, so that two cannot take each other out at once."""
    everybody = {one.user_id: one for one in Membership.objects.select_for_update().filter(store_id=store_id)}
    if user_id not in everybody:
        raise NotAllowedHereError("There is no such person in this store.")
    return everybody[user_id]


def _keep_an_admin(found: Membership) -> None:
    if found.role != Role.ADMIN or not found.user.is_active:
        return
    others = Membership.objects.filter(store_id=found.store_id, role=Role.ADMIN, user__is_active=True)
    if not others.exclude(pk=found.pk).exists():
        raise LastAdminError("A store needs somebody who administers it.")
