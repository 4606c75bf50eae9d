"""Our tables. Rows that the queue touches for every product are written by `ponte.queue` and `ponte.db.hot`.

Moments are UTC. Columns that end in `_ms` are milliseconds since 1970 by the database's clock: leases compare them,
and both databases give the same type.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q

from ponte.db import sealed
from ponte.domain.lifecycle import AttemptResult, Phase, Priority, Status, Task, Trigger


class Role(models.TextChoices):
    """What a person may do in a store; each includes the ones before."""

    VIEWER = "viewer", "Viewer"
    OPERATOR = "operator", "Operator"
    ADMIN = "admin", "Admin"


class User(AbstractUser):
    """A person who signs in."""

    language = models.CharField(max_length=8, blank=True, default="")
    theme = models.CharField(max_length=8, blank=True, default="")


class Store(models.Model):
    """A VTEX account with its keys. `hook_digest` is SHA-256 of the webhook's key; two are valid while it rotates."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    base_url = models.CharField(max_length=300)
    app_key_sealed = models.TextField(blank=True, default="")
    app_token_sealed = models.TextField(blank=True, default="")
    hook_digest = models.CharField(max_length=64, unique=True)
    hook_digest_before = models.CharField(max_length=64, blank=True, default="")
    paused = models.BooleanField(default=False)
    requests_per_second = models.FloatField(default=200)
    created_at = models.DateTimeField(auto_now_add=True)

    members = models.ManyToManyField(User, through="Membership", related_name="stores")

    def __str__(self) -> str:
        return self.account

    def secrets(self) -> dict[str, str]:
        """Return the VTEX key pair, opened. Raises `WrongKeyError`."""
        row = f"store:{self.uid}"
        return {
            "app_key": sealed.unseal(self.app_key_sealed, row=row, field="app_key"),
            "app_token": sealed.unseal(self.app_token_sealed, row=row, field="app_token"),
        }

    def keep_secrets(self, *, app_key: str, app_token: str) -> None:
        """Seal the VTEX key pair into this row (not saved)."""
        row = f"store:{self.uid}"
        self.app_key_sealed = sealed.seal(app_key, row=row, field="app_key")
        self.app_token_sealed = sealed.seal(app_token, row=row, field="app_token")


class Membership(models.Model):
    """A person's role in a store; without one the store does not exist for them."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    store = models.ForeignKey(Store, on_delete=models.CASCADE)
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.OPERATOR)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "store"], name="membership_once"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}@{self.store_id}: {self.role}"


class Channel(models.Model):
    """A store's connection to one marketplace account. `secrets_sealed` holds what the connector calls secret."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="channels")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=80)
    connector = models.CharField(max_length=40)
    affiliate_id = models.CharField(max_length=3, blank=True, default="")
    trade_policy = models.CharField(max_length=12, default="1")
    base_url = models.CharField(max_length=300, blank=True, default="")
    settings = models.JSONField(default=dict, blank=True)
    secrets_sealed = models.TextField(blank=True, default="")
    token_version = models.PositiveBigIntegerField(default=0)
    token_until_ms = models.BigIntegerField(default=0)
    refresh_until_ms = models.BigIntegerField(default=0)
    mapping_text = models.TextField(blank=True, default="")
    mapping_version = models.PositiveIntegerField(default=0)
    requests_per_second = models.FloatField(null=True, blank=True)
    concurrency = models.PositiveSmallIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["store", "code"], name="channel_code_once")]

    def __str__(self) -> str:
        return f"{self.store_id}/{self.code}"

    def secrets(self) -> dict[str, str]:
        """Return the marketplace's secrets, opened. Raises `WrongKeyError`."""
        return sealed.unseal_all(self.secrets_sealed, row=f"channel:{self.uid}", field="secrets")

    def keep_secrets(self, secrets: dict[str, str]) -> None:
        """Seal the marketplace's secrets into this row (not saved)."""
        self.secrets_sealed = sealed.seal_all(secrets, row=f"channel:{self.uid}", field="secrets")


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


class Integration(models.Model):
    """One (channel, kind, SKU): the row on the screen, with its last result.

    `problems` is the list that the screen shows (`ponte.db.records` gives its shape); `headline_*` repeat the first
    for filters. `offer_digest` is that of the offer last accepted; empty forces the next send.
    `creating_since` is set while a create may have been applied without our knowing.
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
            models.Index(
                fields=["store", "-removed_at", "-id"],
                name="integration_removed",
                condition=Q(removed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel_id}/{self.kind}/{self.sku}"


class Attempt(models.Model):
    """One try. It is on record before anything is sent, so one that died is there too (result "open")."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="tries", db_index=False)
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


class Work(models.Model):
    """One waiting or running integration in its lane: at most one row each, whatever happens how often.

    `lease_epoch` 0 means waiting; otherwise it runs under that epoch of its lane. `generation` grows with every
    request; a run that ends under an older generation runs once more. `deaths` counts runners lost while it ran.
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
        ]

    def __str__(self) -> str:
        return f"work of {self.integration_id}"


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


class Fact(models.Model):
    """What a connector learnt from the marketplace (a category's rules, the account's model), kept for a day."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=160)
    value = models.JSONField(null=True)
    learnt_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["channel", "key"], name="fact_once")]

    def __str__(self) -> str:
        return f"{self.channel_id}: {self.key}"


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


class Token(models.Model):
    """An API token; only its SHA-256 is kept. It acts as its user, in one store."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class IdempotencyKey(models.Model):
    """An answer given to a POST with an Idempotency-Key: the same key and body get it again for 24 hours."""

    token = models.ForeignKey(Token, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["token", "key"], name="idempotency_once")]

    def __str__(self) -> str:
        return self.key


class ActionState(models.TextChoices):
    RUNNING = "running", "Running"
    PAUSED = "paused", "Paused"
    CANCELLED = "cancelled", "Cancelled"
    DONE = "done", "Done"


class BulkAction(models.Model):
    """An action on many (ação em massa): one row with a frozen selection, a cursor and counts, never a million jobs.

    `selection` is {"ids": [...]} or {"filter": {...}}; only integrations with `id <= last_id` that changed
    no later than `frozen_at` belong to it.
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
    lease_until_ms = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id"], name="action_running", condition=Q(state="running")),
            models.Index(fields=["store", "-id"], name="action_list"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.pk}"


class Audit(models.Model):
    """Who did what, when. Rows are only ever added."""

    store = models.ForeignKey(Store, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    verb = models.CharField(max_length=40)
    target = models.CharField(max_length=120, blank=True, default="")
    detail = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["store", "-at"], name="audit_list"),
            models.Index(fields=["target", "-at"], name="audit_target"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.target}"


class Installation(models.Model):
    """One row: a sealed known word tells a wrong secret key from a right one."""

    key_check = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return "installation"
