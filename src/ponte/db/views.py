"""Saved views of the list: a person's own and those shared in the store."""

from __future__ import annotations

from typing import Final

from django.db.models import Q

from ponte.db.models import SavedView

MAX_SHOWN: Final = 100


def saved_views(store_id: int, person_id: int) -> list[SavedView]:
    """Return what a person sees by name: their own and the shared ones."""
    seen = SavedView.objects.filter(Q(owner_id=person_id) | Q(shared=True), store_id=store_id)
    return list(seen.select_related("owner").order_by("name", "pk")[:MAX_SHOWN])


def saved_view(store_id: int, person_id: int, number: int) -> SavedView | None:
    seen = SavedView.objects.filter(Q(owner_id=person_id) | Q(shared=True), store_id=store_id, pk=number)
    return seen.select_related("owner").first()
