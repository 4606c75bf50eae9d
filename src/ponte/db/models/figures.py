"""What is counted while it happens, so that no page counts rows: records per bucket, causes, results per hour."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from ponte.db.models.stores import Channel, User


class Counter(models.Model):
    """How many integrations of a channel are in each bucket: kept in the transaction that moves them."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=12)
    bucket = models.CharField(max_length=12)
    count = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["channel", "kind", "bucket"], name="counter_once")]

    def __str__(self) -> str:
        return f"{self.channel_id}/{self.kind}/{self.bucket}: {self.count}"


class CauseState(models.TextChoices):
    OPEN = "open", "Open"
    ACKNOWLEDGED = "known", "Acknowledged"  # somebody is at it
    IGNORED = "ignored", "Ignored"  # until a moment, or until more records than `ignored_above` have it
    RESOLVED = "resolved", "Resolved"  # by a person, or because no record has it any more


class Cause(models.Model):
    """Problems of many integrations of a channel with one fingerprint: what operators work through.

    An integration on the screen belongs to the cause of its headline. `count` and `value` (stock value in cents) are
    kept in the transactions that change them. A cause without records is resolved; one that comes back opens itself.
    """

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+", db_index=False)
    fingerprint = models.CharField(max_length=16)
    problem_class = models.CharField(max_length=40)
    stage = models.CharField(max_length=12)
    severity = models.CharField(max_length=8)
    subject = models.CharField(max_length=200, blank=True, default="")
    code = models.CharField(max_length=120, blank=True, default="")
    message = models.TextField(blank=True, default="")
    count = models.BigIntegerField(default=0)
    value = models.BigIntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=CauseState.choices, default=CauseState.OPEN)
    state_at = models.DateTimeField()
    state_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    ignored_until = models.DateTimeField(null=True, blank=True)
    ignored_above = models.BigIntegerField(null=True, blank=True)
    returns = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "fingerprint"], name="cause_once"),
            models.CheckConstraint(condition=Q(state__in=CauseState.values), name="cause_state"),
        ]
        indexes: ClassVar = [models.Index(fields=["channel", "state", "-count"], name="cause_list")]

    def __str__(self) -> str:
        return f"{self.problem_class} {self.subject} x{self.count}"


class Tally(models.Model):
    """How often something came about in a channel in one hour (`hour`: hours since 1970, UTC). Outlives the records.

    `measure` is "success", "alert", "error" or "again" (a try that will be repeated); "live:N" for the time from a
    notification to its acceptance (`ponte.domain.latency` gives the N); "cause:FINGERPRINT" for a cause met.
    """

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=12)
    hour = models.PositiveIntegerField()
    measure = models.CharField(max_length=24)
    count = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "kind", "measure", "hour"], name="tally_once")
        ]
        indexes: ClassVar = [models.Index(fields=["channel", "hour"], name="tally_hours")]

    def __str__(self) -> str:
        return f"{self.channel_id}/{self.measure}@{self.hour}: {self.count}"
