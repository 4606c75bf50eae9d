"""The queue of actions: what came in, what waits, who drains what, and actions on many."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from ponte.db.models.records import Integration
from ponte.db.models.stores import Channel, Store, User
from ponte.domain.lifecycle import Priority, Task, Trigger


class Inbox(models.Model):
    """Hints that were written down before VTEX heard 200, and wait to be folded into the queue: a batch is a row.

    `hints` is JSON text: [[channel, kind, sku, product id], ...]. `refused` says why a row could not be folded (the
    kind of error): such a row is left for a person; emptied, it is tried again.
    """

    received_at = models.DateTimeField()
    hints = models.TextField()
    refused = models.CharField(max_length=40, blank=True, default="")

    def __str__(self) -> str:
        return f"row {self.pk}"


class Quarantine(models.Model):
    """A notification that could not be understood or belongs to nobody: kept raw (redacted, cut), counted."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=40)
    detail = models.CharField(max_length=200, blank=True, default="")
    content_type = models.CharField(max_length=80, blank=True, default="")
    body = models.TextField(blank=True, default="")
    digest = models.CharField(max_length=32)
    seen = models.PositiveBigIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "reason", "digest"], name="quarantine_once")
        ]

    def __str__(self) -> str:
        return f"{self.reason} x{self.seen}"


class LaneState(models.TextChoices):
    OPEN = "open", "Open"
    PAUSED = "paused", "Paused"  # by a person
    DISCONNECTED = "disconnected", "Disconnected"  # the account needs a person


class Lane(models.Model):
    """The queue of one (channel, kind), drained by one runner at a time.

    A runner holds it while `lease_until_ms` is ahead of the database's clock; each taking raises `lease_epoch`, and
    nothing that an older epoch did may stand. `breaker_until_ms` ahead means the circuit is open until then.
    """

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="lanes")
    kind = models.CharField(max_length=12, default="product")
    state = models.CharField(max_length=14, choices=LaneState.choices, default=LaneState.OPEN)
    reason = models.JSONField(null=True, blank=True)
    state_at = models.DateTimeField(null=True, blank=True)
    lease_owner = models.CharField(max_length=80, blank=True, default="")
    lease_epoch = models.BigIntegerField(default=0)
    lease_until_ms = models.BigIntegerField(default=0)
    served_at_ms = models.BigIntegerField(default=0)
    breaker_until_ms = models.BigIntegerField(default=0)
    breaker_trips = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "kind"], name="lane_once"),
            models.CheckConstraint(condition=Q(state__in=LaneState.values), name="lane_state"),
        ]

    def __str__(self) -> str:
        return f"lane {self.pk}"


class Work(models.Model):
    """One waiting or running integration in its lane: at most one row each, whatever happens how often.

    `lease_epoch` 0 means waiting; otherwise it runs under that epoch of its lane. `generation` grows with every
    request; a run that ends under an older generation runs once more. `deaths` counts runners lost while it ran.
    `heard_at_ms` is when VTEX first told of a change that is not live yet; `action_id` the action on many that waits
    for the result.
    """

    integration = models.OneToOneField(Integration, on_delete=models.CASCADE, primary_key=True, related_name="work")
    lane = models.ForeignKey(Lane, on_delete=models.CASCADE, related_name="+", db_index=False)
    task = models.CharField(max_length=6, default=Task.SEND)
    priority = models.SmallIntegerField(default=Priority.LIVE)
    due_at_ms = models.BigIntegerField()
    generation = models.BigIntegerField(default=1)
    tries = models.PositiveIntegerField(default=0)
    deaths = models.PositiveSmallIntegerField(default=0)
    trigger = models.CharField(max_length=12, default=Trigger.NOTIFICATION)
    actor_id = models.BigIntegerField(null=True, blank=True)
    action_id = models.BigIntegerField(null=True, blank=True)
    heard_at_ms = models.BigIntegerField(null=True, blank=True)
    lease_epoch = models.BigIntegerField(default=0)
    queued_at_ms = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["lane", "priority", "due_at_ms"],
                name="work_waiting",
                condition=Q(lease_epoch=0, deaths=0),
            ),
            models.Index(fields=["lane", "due_at_ms"], name="work_due", condition=Q(lease_epoch=0)),
            models.Index(fields=["lane", "deaths"], name="work_suspect", condition=Q(lease_epoch=0, deaths__gt=0)),
            models.Index(fields=["lane", "lease_epoch"], name="work_running", condition=Q(lease_epoch__gt=0)),
            models.Index(fields=["action_id"], name="work_action", condition=Q(action_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"work of {self.integration_id}"


class ActionState(models.TextChoices):
    RUNNING = "running", "Running"
    TRYING = "trying", "Trying"  # the first few run; the rest waits for what becomes of them
    PAUSED = "paused", "Paused"
    CANCELLED = "cancelled", "Cancelled"
    DONE = "done", "Done"


class BulkAction(models.Model):
    """An action on many (ação em massa): one row with a frozen selection, a cursor and counts, never a million jobs.

    `selection` is {"ids": [...]} or {"filter": {...}}; only integrations with `id <= last_id` that changed
    no later than `frozen_at` belong to it. With `trial` the first so many are tried before the rest follows.
    `done` is how many it applied to: `queued` now and `already` in the queue; `skipped` are the rest it came by.
    `planned` is how many were in sight when it began, None when nobody counted. `reason` says why it stands still.
    `request_key` makes a form that is sent twice one action. Paused or cancelled, it takes back what it queued and
    nobody has begun; only then a cancelled one has its `ended_at`.
    """

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+")
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    verb = models.CharField(max_length=12)
    selection = models.JSONField()
    frozen_at = models.DateTimeField()
    last_id = models.BigIntegerField()
    cursor = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=ActionState.choices, default=ActionState.RUNNING)
    per_second = models.PositiveIntegerField(null=True, blank=True)
    done = models.PositiveBigIntegerField(default=0)
    skipped = models.PositiveBigIntegerField(default=0)
    queued = models.PositiveBigIntegerField(default=0)
    already = models.PositiveBigIntegerField(default=0)
    planned = models.PositiveBigIntegerField(null=True, blank=True)
    trial = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=40, blank=True, default="")
    undo_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="undone_by")
    request_key = models.CharField(max_length=40, blank=True, default="")
    lease_until_ms = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id"], name="action_running", condition=Q(ended_at=None)),
            models.Index(fields=["store", "-id"], name="action_list"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["store", "request_key"], name="action_once", condition=~Q(request_key="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.pk}"


class ActionCount(models.Model):
    """How the records that an action queued ended: "success", "alert" or "error", each once.

    Beside the action, not in it: who settles results never waits for who takes the action's next step.
    """

    action = models.ForeignKey(BulkAction, on_delete=models.CASCADE, related_name="outcomes", db_index=False)
    outcome = models.CharField(max_length=8)
    count = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["action", "outcome"], name="action_count_once")]

    def __str__(self) -> str:
        return f"{self.action_id}/{self.outcome}: {self.count}"
