"""The addresses that marketplaces post to, one per channel."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from ponte.db.models.stores import Channel


class Ear(models.Model):
    """A channel that listens. Of the key in its address only the SHA-256 is kept; two are valid while it rotates.

    `heard` counts the posts that were believed, `refused` those whose signature did not fit.
    """

    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, related_name="ear")
    digest = models.CharField(max_length=64, unique=True)
    digest_before = models.CharField(max_length=64, blank=True, default="")
    made_at = models.DateTimeField()
    heard = models.BigIntegerField(default=0)
    heard_at = models.DateTimeField(null=True, blank=True)
    refused = models.BigIntegerField(default=0)
    refused_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["digest_before"], name="ear_digest_before_once", condition=~Q(digest_before="")
            )
        ]

    def __str__(self) -> str:
        return f"ear of channel {self.channel_id}"
