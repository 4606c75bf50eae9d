"""The story of one record: its tries, what people did with it, what they wrote; newest first, by keyset.

Each table is read from its own place on: a record with 10,000 tries takes as many queries as one with two. Of the
actions on many only the last one that touched the record is known to it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import merge
from itertools import islice
from typing import Final, TypeAlias

from django.db.models import Q

from ponte.db.cursor import EPOCH
from ponte.db.models import Attempt, Audit, BulkAction, Integration, Note
from ponte.domain.lifecycle import Task

SIZE: Final = 20
SILENT: Final = ("note",)
"""Verbs that the timeline shows by what they made."""

Event: TypeAlias = Attempt | Audit | Note | BulkAction
AFTER_ALL: Final = 10**17
_WRITTEN = re.compile(r"(\d{1,9})(?:-(\d{1,18})-(\d{1,18})-(\d{1,18}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """How far a story was read: the number of the last try, the moment and id of the last deed, the last note's id.

    None means that nothing of that kind was read yet.
    """

    number: int | None = None
    deed: tuple[datetime, int] | None = None
    note: int | None = None

    def written(self) -> str:
        """Return the place for an address: "9981", or with the other two "9981-micros-id-id" (0 for none)."""
        micros = (self.deed[0] - EPOCH) // timedelta(microseconds=1) if self.deed else 0
        number = 999_999_999 if self.number is None else self.number
        if self.deed is None and self.note is None:
            return str(number)
        return f"{number}-{micros}-{self.deed[1] if self.deed else 0}-{self.note or 0}"


def place(text: str) -> Place | None:
    """Read a place from an address, None for anything else: the story then begins at its newest."""
    found = _WRITTEN.fullmatch(text)
    if found is None:
        return None
    number, micros, deed, note = (int(part or 0) for part in found.groups())
    try:
        at = EPOCH + timedelta(microseconds=micros)
    except OverflowError:
        return None
    return Place(number, (at, deed) if deed else None, note or None)


@dataclass(frozen=True, slots=True)
class Story:
    """A part of a story, newest first; `next` is where the older part begins, None at the record's beginning."""

    events: tuple[Event, ...]
    next: Place | None


def story(told_of: Integration, after: Place | None = None, *, size: int = SIZE) -> Story:
    """Return the events beyond a place. Four queries at most, whatever there is."""
    start = after or Place()
    deeds: list[Event] = [*_deeds(told_of.pk, start, size + 1), *_actions(told_of, start)]
    deeds.sort(key=_order, reverse=True)
    # By their heads, not all sorted: so what is shown is the beginning of each, whatever the clocks of machines say.
    merged = merge(
        _tries(told_of.pk, start, size + 1), deeds, _notes(told_of.pk, start, size + 1), key=_order, reverse=True
    )
    found = list(islice(merged, size + 1))
    return Story(tuple(found[:size]), _beyond(start, found[:size]) if len(found) > size else None)


def moment(event: Event) -> datetime:
    """Return when something came about."""
    match event:
        case Attempt():
            return event.started_at
        case BulkAction():
            return event.created_at
        case Audit() | Note():
            return event.at


def _order(event: Event) -> tuple[datetime, int, int]:
    """Order by time; in one moment a try comes after what asked for it."""
    match event:
        case Attempt():
            return event.started_at, 2, event.number
        case BulkAction():
            return event.created_at, 1, event.pk
        case Audit() | Note():
            return event.at, 0, event.pk


def _beyond(start: Place, shown: Sequence[Event]) -> Place:
    number, deed, note = start.number, start.deed, start.note
    for event in shown:
        match event:
            case Attempt():
                number = event.number
            case Audit():
                deed = (event.at, event.pk)
            case BulkAction():
                deed = (event.created_at, AFTER_ALL)
            case Note():
                note = event.pk
    return Place(number, deed, note)


def _tries(integration_id: int, start: Place, size: int) -> list[Attempt]:
    tries = Attempt.objects.filter(integration_id=integration_id).select_related("actor")
    if start.number is not None:
        tries = tries.filter(number__lt=start.number)
    return list(tries.defer("offer", "provenance").order_by("-number")[:size])


def _deeds(integration_id: int, start: Place, size: int) -> list[Audit]:
    deeds = Audit.objects.filter(target=f"integration:{integration_id}").exclude(verb__in=SILENT)
    if start.deed is not None:
        at, number = start.deed
        deeds = deeds.filter(Q(at__lt=at) | Q(pk__lt=number), at__lte=at)
    return list(deeds.select_related("actor").order_by("-at", "-pk")[:size])


def _actions(told_of: Integration, start: Place) -> list[BulkAction]:
    if told_of.action_id is None:
        return []
    found = BulkAction.objects.filter(pk=told_of.action_id, store_id=told_of.store_id).select_related("actor")
    return list(found if start.deed is None else found.filter(created_at__lt=start.deed[0]))


def _notes(integration_id: int, start: Place, size: int) -> list[Note]:
    notes = Note.objects.filter(integration_id=integration_id).select_related("author")
    if start.note is not None:
        notes = notes.filter(pk__lt=start.note)
    return list(notes.order_by("-pk")[:size])


def came_later(tried: Attempt) -> bool:
    """Say whether a try only looked at what the marketplace made of an earlier one."""
    return tried.task == Task.FOLLOW
