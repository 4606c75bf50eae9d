"""Rules that administrators write for codes without a rule."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from ponte.db.models.stores import Channel, Store, User
from ponte.domain.code_rules import Match


class CodeRule(models.Model):
    """One rule of a store for a connector, or for one channel of it; the audit keeps its versions.

    `titles` and `fixes` are a person's own texts by language. While `sweeping`, problems that stand are classed anew:
    `sweep_at` is the last problem that was looked at, `sweep_until` where it ends: 0 as long as a run that began
    under the rules before may write more of them.
    """

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+", db_index=False)
    connector = models.CharField(max_length=40)
    channel = models.ForeignKey(Channel, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    match = models.CharField(max_length=8, choices=[(one.value, one.value) for one in Match])
    pattern = models.CharField(max_length=300)
    problem_class = models.CharField(max_length=40)
    subject = models.CharField(max_length=200, blank=True, default="")
    titles = models.JSONField(default=dict, blank=True)
    fixes = models.JSONField(default=dict, blank=True)
    note = models.CharField(max_length=300, blank=True, default="")
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    changed_at = models.DateTimeField()
    sweeping = models.BooleanField(default=False)
    sweep_at = models.BigIntegerField(default=0)
    sweep_until = models.BigIntegerField(default=0)
    swept = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(match__in=[one.value for one in Match]), name="code_rule_match"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["store", "connector"], name="code_rule_of"),
            models.Index(fields=["id"], name="code_rule_sweeps", condition=Q(sweeping=True)),
        ]

    def __str__(self) -> str:
        return f"{self.connector}: {self.match} {self.pattern} -> {self.problem_class}"
