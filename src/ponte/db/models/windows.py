"""Endpoints of a marketplace that may be asked only now and then."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ponte.db.models.stores import Channel


class Window(models.Model):
    """One endpoint's limit in one channel; see `ponte.flows.pipeline.windows`."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+", db_index=False)
    endpoint = models.CharField(max_length=120)
    full_at_ms = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["channel", "endpoint"], name="window_once")]

    def __str__(self) -> str:
        return f"{self.channel_id}: {self.endpoint}"
