"""What somebody may see of a store: all of it, or some of its channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet

from ponte.db.models import Channel, Integration
from ponte.db.sql import among

CHANNELS: Final = "SELECT id FROM db_channel WHERE store_id = %s AND archived_at IS NULL"

HEAVY_OF_CHANNEL: Final = ("channel__mapping_text", "channel__secrets_sealed")
"""What no list shows of its rows' channels; a mapping would be read once for every row."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A store, and the channels a person is limited to there; None means every channel, the later ones too."""

    store_id: int
    channel_ids: tuple[int, ...] | None = None

    def integrations(self) -> QuerySet[Integration]:
        """Return every record in sight, removed ones too, in no order; not those of channels that were taken out."""
        # Never by "in the channels that are there": that would tempt the planner away from the list's order.
        gone = Channel.objects.filter(store_id=self.store_id, archived_at__isnull=False).values("pk")
        own = Integration.objects.filter(store_id=self.store_id).exclude(channel_id__in=gone)
        return own if self.channel_ids is None else own.filter(channel_id__in=self.channel_ids)

    def channels(self) -> QuerySet[Channel]:
        """Return the channels in sight."""
        own = Channel.objects.filter(store_id=self.store_id, archived_at=None)
        return own if self.channel_ids is None else own.filter(pk__in=self.channel_ids)

    def channels_in_sql(self) -> tuple[str, list[Any]]:
        """Return the statement that gives the same channels' ids, and its parameters."""
        statement, values = CHANNELS, [self.store_id]
        if self.channel_ids is None:
            return statement, values
        limited, ids = among("id", self.channel_ids)
        return f"{statement} AND {limited}", [*values, *ids]

    def sees(self, channel_id: int) -> bool:
        """Say whether a channel of the store is in sight."""
        return self.channel_ids is None or channel_id in self.channel_ids
