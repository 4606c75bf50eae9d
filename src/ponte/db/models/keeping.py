"""What Ponte keeps about itself: who did what, answers given before, the check of the secret key."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ponte.db.models.stores import Store, Token, User


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
