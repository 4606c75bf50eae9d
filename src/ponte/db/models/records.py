"""Integrations: the rows on the screen, every try behind them, and how many there are of each kind."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from ponte.db.models.stores import Channel, Store, User
from ponte.domain.lifecycle import AttemptResult, Phase, Status, Task, Trigger


class Integration(models.Model):
    """One (channel, kind, SKU): the row on the screen, with its last result.

    `problems` is the list that the screen shows (`ponte.db.records` gives its shape); `headline_*` repeat the first
    for filters. `offer_digest` is that of the offer last accepted; empty forces the next send, and so does a doubt
    (`domain/doubt.py`), which says until when an older write may still arrive.
    `creating_since` is set while a create may have been applied without our knowing, beside `listing` too.
    `linked` says how the listing came to be this record's (`ListingLink` has who and when); `hold` is a person's wish
    about it (`domain.lifecycle.Hold`). `sheet` is the key of the category's sheet that the last check was made by.
    `stock_value` is price times stock in cents, as last read. `action_id` is the last action on many that touched it.
    """

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+", db_index=False)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=12, default="product")
    sku = models.CharField(max_length=40)
    product_id = models.CharField(max_length=40, blank=True, default="")
    name = models.CharField(max_length=300, blank=True, default="")
    ean = models.CharField(max_length=40, blank=True, default="")
    reference = models.CharField(max_length=100, blank=True, default="")
    category = models.CharField(max_length=300, blank=True, default="")
    brand = models.CharField(max_length=120, blank=True, default="")
    stock_value = models.BigIntegerField(default=0)
    image_url = models.CharField(max_length=500, blank=True, default="")
    status = models.CharField(max_length=8, choices=[(s, s) for s in Status], default=Status.PENDING)
    phase = models.CharField(max_length=10, choices=[(p, p) for p in Phase], default=Phase.QUEUED)
    headline_class = models.CharField(max_length=40, blank=True, default="")
    headline_subject = models.CharField(max_length=200, blank=True, default="")
    headline_code = models.CharField(max_length=120, blank=True, default="")
    headline_stage = models.CharField(max_length=12, blank=True, default="")
    fingerprint = models.CharField(max_length=16, blank=True, default="")
    problems = models.JSONField(default=list)
    attempts = models.PositiveIntegerField(default=0)
    requested_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    listing_id = models.CharField(max_length=80, blank=True, default="")
    listing = models.JSONField(null=True, blank=True)
    offer_digest = models.CharField(max_length=32, blank=True, default="")
    creating_since = models.DateTimeField(null=True, blank=True)
    linked = models.CharField(max_length=8, blank=True, default="")
    hold = models.CharField(max_length=8, blank=True, default="")
    sheet = models.CharField(max_length=160, blank=True, default="")
    action_id = models.BigIntegerField(null=True, blank=True)
    search_text = models.TextField(blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "kind", "sku"], name="integration_once"),
            models.CheckConstraint(condition=Q(status__in=list(Status)), name="integration_status"),
            models.CheckConstraint(condition=Q(phase__in=list(Phase)), name="integration_phase"),
            models.CheckConstraint(
                condition=Q(status="pending") ^ Q(phase="idle"), name="integration_pending_has_a_phase"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["store", "-updated_at", "-id"], name="integration_list", condition=Q(removed_at=None)
            ),
            models.Index(
                fields=["store", "status", "phase", "-updated_at", "-id"],
                name="integration_status_list",
                condition=Q(removed_at=None),
            ),
            models.Index(
                fields=["channel", "status", "phase", "-updated_at", "-id"],
                name="integration_channel_list",
                condition=Q(removed_at=None),
            ),
            models.Index(
                fields=["channel", "fingerprint", "-updated_at", "-id"],
                name="integration_cause",
                condition=Q(removed_at=None) & ~Q(fingerprint=""),
            ),
            models.Index(fields=["store", "sku"], name="integration_sku"),
            models.Index(fields=["store", "ean"], name="integration_ean", condition=~Q(ean="")),
            models.Index(fields=["listing_id"], name="integration_listing", condition=~Q(listing_id="")),
            models.Index(fields=["channel", "sku"], name="integration_unlisted", condition=Q(listing_id="")),
            models.Index(fields=["channel", "hold", "sku"], name="integration_hold", condition=~Q(hold="")),
            models.Index(
                fields=["channel", "linked", "sku"],
                name="integration_linked",
                condition=Q(linked__in=["adopted", "chosen"]),
            ),
            models.Index(fields=["channel", "sheet", "sku"], name="integration_sheet", condition=~Q(sheet="")),
            models.Index(
                fields=["action_id", "-updated_at", "-id"],
                name="integration_action",
                condition=Q(action_id__isnull=False),
            ),
            models.Index(fields=["store", "category"], name="integration_category", condition=Q(removed_at=None)),
            models.Index(
                fields=["store", "brand"], name="integration_brand", condition=Q(removed_at=None) & ~Q(brand="")
            ),
            # Orders other than by time. What is worked on has its own: its rows may lie at the end of the whole list.
            models.Index(
                fields=["store", "-stock_value", "-id"], name="integration_value", condition=Q(removed_at=None)
            ),
            models.Index(
                fields=["store", "status", "-stock_value", "-id"],
                name="integration_trouble_value",
                condition=Q(removed_at=None) & Q(status__in=["error", "alert"]),
            ),
            models.Index(
                fields=["store", "status", "sku", "id"],
                name="integration_trouble_sku",
                condition=Q(removed_at=None) & Q(status__in=["error", "alert"]),
            ),
            models.Index(
                fields=["store", "-removed_at", "-id"],
                name="integration_removed",
                condition=Q(removed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel_id}/{self.kind}/{self.sku}"


class Attempt(models.Model):
    """One try. It is on record before anything is sent, so one that died is there too (result "open").

    `channel` repeats the integration's: a channel's history is read by it, in the order of ids, that of time.
    """

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="tries", db_index=False)
    channel = models.ForeignKey(Channel, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    trigger = models.CharField(max_length=12, choices=[(t, t) for t in Trigger])
    actor = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, db_index=False)
    task = models.CharField(max_length=6, default=Task.SEND)
    result = models.CharField(max_length=12, choices=[(r, r) for r in AttemptResult], default=AttemptResult.OPEN)
    status = models.CharField(max_length=8, blank=True, default="")
    problems = models.JSONField(default=list)
    http_status = models.PositiveSmallIntegerField(null=True, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    epoch = models.BigIntegerField(default=0)
    generation = models.BigIntegerField(default=0)
    runner = models.CharField(max_length=80, blank=True, default="")
    offer = models.JSONField(null=True, blank=True)
    provenance = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["integration", "number"], name="attempt_number_once")
        ]
        indexes: ClassVar = [models.Index(fields=["channel", "-id"], name="attempt_history")]

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.integration_id}"


class Exchange(models.Model):
    """One request and its answer, redacted before it was stored, bodies cut at 64 kB."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="exchanges")
    place = models.PositiveSmallIntegerField()
    side = models.CharField(max_length=12)
    method = models.CharField(max_length=8)
    url = models.TextField()
    endpoint = models.CharField(max_length=120)
    request_headers = models.JSONField(default=dict)
    request_body = models.TextField(blank=True, default="")
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    response_headers = models.JSONField(default=dict)
    response_body = models.TextField(blank=True, default="")
    failure = models.CharField(max_length=20, blank=True, default="")
    started_at = models.DateTimeField()
    took_ms = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.method} {self.endpoint}: {self.status or self.failure}"


class Problem(models.Model):
    """A current problem of an integration: what causes are counted by and messages are searched in."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="+")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+", db_index=False)
    problem_class = models.CharField(max_length=40)
    stage = models.CharField(max_length=12)
    severity = models.CharField(max_length=8)
    subject = models.CharField(max_length=200, blank=True, default="")
    code = models.CharField(max_length=120, blank=True, default="")
    message = models.TextField(blank=True, default="")
    fingerprint = models.CharField(max_length=16)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["channel", "fingerprint"], name="problem_cause")]

    def __str__(self) -> str:
        return f"{self.problem_class} {self.subject}"
