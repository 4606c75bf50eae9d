"""Save, change and drop views of the list."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from django.db import transaction

from ponte.db.audit import note_one
from ponte.db.models import Role, SavedView

MAX_NAME: Final = 60
MAX_QUERY: Final = 2_000
MAX_VIEWS: Final = 50
TARGET: Final = "view:{}"


class ViewFlaw(StrEnum):
    """Why a view cannot be saved so."""

    NO_NAME = "no_name"
    LONG_NAME = "long_name"
    NAME_TAKEN = "name_taken"
    LONG_QUERY = "long_query"
    TOO_MANY = "too_many"


def save_view(name: str, query: str, *, store_id: int, person_id: int, shared: bool = False) -> SavedView | ViewFlaw:
    """Save a query of the list under a name; one's own view of that name is given the new query."""
    name = " ".join(name.replace("\x00", "").split())
    own = SavedView.objects.filter(store_id=store_id, owner_id=person_id)
    if flaw := _name_flaw(name):
        return flaw
    if len(query) > MAX_QUERY:
        return ViewFlaw.LONG_QUERY
    if own.exclude(name=name).count() >= MAX_VIEWS:
        return ViewFlaw.TOO_MANY
    with transaction.atomic():
        view, _ = SavedView.objects.update_or_create(
            store_id=store_id, owner_id=person_id, name=name, defaults={"query": query, "shared": shared}
        )
        _note("view saved", view, person_id)
    return view


def change_view(view: SavedView, *, person_id: int, name: str, shared: bool) -> SavedView | ViewFlaw:
    """Give a view another name, share it or take it back."""
    name = " ".join(name.replace("\x00", "").split())
    if flaw := _name_flaw(name):
        return flaw
    others = SavedView.objects.filter(store_id=view.store_id, owner_id=view.owner_id).exclude(pk=view.pk)
    if others.filter(name=name).exists():
        return ViewFlaw.NAME_TAKEN
    with transaction.atomic():
        SavedView.objects.filter(pk=view.pk).update(name=name, shared=shared)
        view.name, view.shared = name, shared
        _note("view changed", view, person_id)
    return view


def drop_view(view: SavedView, *, person_id: int) -> None:
    """Delete a view; deleting it twice changes nothing."""
    with transaction.atomic():
        _note("view deleted", view, person_id)
        SavedView.objects.filter(pk=view.pk).delete()


def may_change(view: SavedView, *, person_id: int, role: Role) -> bool:
    """Say whether somebody may change a view: their own, and as a manager what others share."""
    return view.owner_id == person_id or (view.shared and role.includes(Role.MANAGER))


def _name_flaw(name: str) -> ViewFlaw | None:
    if not name:
        return ViewFlaw.NO_NAME
    return ViewFlaw.LONG_NAME if len(name) > MAX_NAME else None


def _note(verb: str, view: SavedView, person_id: int) -> None:
    detail = {"name": view.name, "shared": view.shared}
    note_one(verb, TARGET.format(view.pk), store_id=view.store_id, actor_id=person_id, detail=detail)
