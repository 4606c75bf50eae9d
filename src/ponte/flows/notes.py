"""Notes: what a person writes at a record, for those who look at it next."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from django.db import transaction
from django.utils import timezone

from ponte.db import audit
from ponte.db.models import Note
from ponte.db.scope import Scope

MAX_TEXT: Final = 4_000


class NoteFlaw(StrEnum):
    """Why a text is no note."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    NOWHERE = "nowhere"  # the record is not in sight


def tidy(text: str) -> str:
    """Return a text as it is kept: lines end in one character, nothing that no database stores."""
    whole = text.encode("utf-8", errors="replace").decode()
    return whole.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip()


def add_note(integration_id: int, text: str, *, scope: Scope, actor_id: int) -> Note | NoteFlaw:
    """Write a note at a record."""
    kept = tidy(text)
    if not kept:
        return NoteFlaw.EMPTY
    if len(kept) > MAX_TEXT:
        return NoteFlaw.TOO_LONG
    with transaction.atomic():
        if not scope.integrations().filter(pk=integration_id).exists():
            return NoteFlaw.NOWHERE
        note = Note.objects.create(
            store_id=scope.store_id,
            integration_id=integration_id,
            author_id=actor_id,
            text=kept,
            at=timezone.now(),
        )
        _write_down("note", note, scope, actor_id)
    return note


def delete_note(note_id: int, *, integration_id: int, scope: Scope, actor_id: int) -> bool:
    """Delete a note of one's own; False when there is none. That there was one stays in the audit, its text not."""
    with transaction.atomic():
        own = Note.objects.select_for_update().filter(
            pk=note_id, integration_id=integration_id, store_id=scope.store_id, author_id=actor_id
        )
        note = own.filter(integration__in=scope.integrations()).first()
        if note is None:
            return False
        _write_down("note deleted", note, scope, actor_id)
        note.delete()
    return True


def _write_down(verb: str, note: Note, scope: Scope, actor_id: int) -> None:
    ids = [note.integration_id] if note.integration_id else []
    audit.note(verb, ids, store_id=scope.store_id, actor_id=actor_id, detail={"note": note.pk})
