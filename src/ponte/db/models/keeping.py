"""What Ponte keeps about itself and its people's work: who did what, views, notes, lists, exports, kept answers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from ponte.db.models.figures import Cause
from ponte.db.models.records import Integration
from ponte.db.models.stores import Store, Token, User


class Audit(models.Model):
    """Who did what, when. Rows are only ever added.

    A row gets its `place` in the store's chain and its `digest` some seconds later (`db/chain.py`).
    """

    store = models.ForeignKey(Store, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    verb = models.CharField(max_length=40)
    target = models.CharField(max_length=120, blank=True, default="")
    detail = models.JSONField(default=dict)
    at = models.DateTimeField()
    place = models.BigIntegerField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["store", "place"], condition=Q(place__isnull=False), name="audit_place_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(place=None), name="audit_unsealed"),
            models.Index(fields=["store", "-at"], name="audit_list"),
            models.Index(fields=["target", "-at"], name="audit_target"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.target}"


class RefusedTry(models.Model):
    """How often somebody tried what they may not do, in an hour (counted since 1970); `audit` is its entry there."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    deed = models.CharField(max_length=120)
    hour = models.BigIntegerField()
    count = models.PositiveIntegerField(default=1)
    audit = models.OneToOneField(Audit, null=True, on_delete=models.CASCADE, related_name="tries")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "store", "deed", "hour"], name="refused_try_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.deed}"


class AuditHead(models.Model):
    """The end of a store's audit chain: where the next row is put. `store_number` is 0 for what is of no store."""

    store_number = models.BigIntegerField(unique=True)
    place = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.store_number}: {self.place}"


class Cached(models.Model):
    """Django's cache in the database, shared by all processes: counts of tries, codes that were used."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "db_cached"

    def __str__(self) -> str:
        return self.cache_key


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


class Installation(models.Model):
    """One row: a sealed known word tells a wrong secret key from a right one."""

    key_check = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return "installation"


class SavedView(models.Model):
    """A list's address kept under a name: a person's own, or `shared` with everybody of the store."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=2_000)
    shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["store", "owner", "name"], name="view_once")]

    def __str__(self) -> str:
        return self.name


class SkuList(models.Model):
    """A pasted list of SKUs (JSON, each once): too long for an address, so the address has its number."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    digest = models.CharField(max_length=32)
    skus = models.JSONField()
    used_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["store", "digest"], name="sku_list_once")]

    def __str__(self) -> str:
        return f"list {self.pk}"


class Note(models.Model):
    """What a person wrote at a record or at a cause."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+")
    integration = models.ForeignKey(Integration, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    cause = models.ForeignKey(Cause, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(integration__isnull=True) ^ Q(cause__isnull=True), name="note_is_about_one_thing"
            )
        ]

    def __str__(self) -> str:
        return self.text[:40]


class Export(models.Model):
    """A list on its way out as a file: written while it is sent, so this row is only its progress.

    `state` is "running", "done", "left" (whoever took it went away) or "failed"; `moved_at` is when it last got on.
    """

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+", db_index=False)
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    what = models.CharField(max_length=12)
    file_type = models.CharField(max_length=4)
    query = models.JSONField(default=dict)
    expected = models.BigIntegerField(null=True, blank=True)
    written = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, default="running")
    started_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["store", "-id"], name="export_list")]

    def __str__(self) -> str:
        return f"{self.what}.{self.file_type} {self.written}"


class Sweep(models.Model):
    """How far a way through a table was gone that deletes what has had its time; empty at its beginning.

    Nobody goes on before `due_at`.
    """

    name = models.CharField(max_length=40, unique=True)
    place = models.CharField(max_length=80, blank=True, default="")
    due_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.place}"
