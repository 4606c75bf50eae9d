"""Save a channel's mapping file: checked, with every version kept, and never over somebody else's change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from ponte.db.audit import note_one
from ponte.db.models import Channel, MappingSource, MappingVersion
from ponte.domain.mapping_errors import MappingError
from ponte.domain.mapping_file import parse_mapping


@dataclass(frozen=True, slots=True)
class Origin:
    """How a text came about: typed, from a spreadsheet, from suggestions, or an earlier version again."""

    source: MappingSource = MappingSource.EDITED
    note: str = ""


BY_HAND: Final = Origin()
MAX_NOTE: Final = 200


@dataclass(frozen=True, slots=True)
class Saved:
    """The version that is in use now; `changed` is False when the text is the one that was there."""

    version: int
    changed: bool = True


@dataclass(frozen=True, slots=True)
class Refused:
    """The file has errors; nothing was kept."""

    errors: tuple[MappingError, ...]


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Somebody saved another version meanwhile; nothing was kept."""

    version: int
    text: str
    author: str
    at: datetime | None


def save_mapping(
    channel_id: int, text: str, *, actor_id: int | None, based_on: int | None = None, origin: Origin = BY_HAND
) -> Saved | Refused | Overtaken:
    """Keep a mapping file, used from the next product on. `based_on` is the version that the person has changed."""
    parsed = parse_mapping(text)
    if parsed.mapping is None:
        return Refused(parsed.errors)
    with transaction.atomic():
        channel = Channel.objects.select_for_update(no_key=True).get(pk=channel_id)
        if channel.mapping_text == text:
            return Saved(channel.mapping_version, changed=False)
        if based_on is not None and based_on != channel.mapping_version:
            return _overtaken(channel)
        _keep_first(channel)
        return _keep(channel, text, actor_id, origin)


def _keep(channel: Channel, text: str, actor_id: int | None, origin: Origin) -> Saved:
    now, number = timezone.now(), channel.mapping_version + 1
    Channel.objects.filter(pk=channel.pk).update(mapping_text=text, mapping_version=number, mapping_at=now)
    MappingVersion.objects.create(
        channel=channel,
        number=number,
        text=text,
        author_id=actor_id,
        at=now,
        source=origin.source,
        note=origin.note[:MAX_NOTE],
    )
    note_one(
        "mapping changed",
        f"channel:{channel.code}",
        store_id=channel.store_id,
        actor_id=actor_id,
        detail={"version": number, "source": origin.source.value},
    )
    return Saved(number)


def _keep_first(channel: Channel) -> None:
    """Keep what was there before versions were kept."""
    MappingVersion.objects.get_or_create(
        channel=channel,
        number=channel.mapping_version,
        defaults={"text": channel.mapping_text, "at": channel.mapping_at or channel.created_at},
    )


def _overtaken(channel: Channel) -> Overtaken:
    last = MappingVersion.objects.filter(channel=channel, number=channel.mapping_version).select_related("author")
    row = last.first()
    author = row.author.username if row and row.author else ""
    return Overtaken(channel.mapping_version, channel.mapping_text, author, row.at if row else channel.mapping_at)
