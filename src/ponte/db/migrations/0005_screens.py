"""What the operators' interface needs: causes, results by the hour, actions that try first, views, notes, exports."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def column(
    model: str, name: str, field: models.Field[Any, Any], definition: str
) -> migrations.SeparateDatabaseAndState:
    """Add a column without rewriting the table: Django would copy it on SQLite, and lose the triggers of the search."""
    return migrations.SeparateDatabaseAndState(
        [
            migrations.RunSQL(
                f"ALTER TABLE db_{model} ADD COLUMN {name} {definition}", f"ALTER TABLE db_{model} DROP COLUMN {name}"
            )
        ],
        [migrations.AddField(model, name.removesuffix("_id"), field)],
    )


class Migration(migrations.Migration):
    dependencies = [
        ("db", "0004_inbox"),
    ]

    operations = [
        migrations.CreateModel(
            name="ActionCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("outcome", models.CharField(max_length=8)),
                ("count", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Cause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fingerprint", models.CharField(max_length=16)),
                ("problem_class", models.CharField(max_length=40)),
                ("stage", models.CharField(max_length=12)),
                ("severity", models.CharField(max_length=8)),
                ("subject", models.CharField(blank=True, default="", max_length=200)),
                ("code", models.CharField(blank=True, default="", max_length=120)),
                ("message", models.TextField(blank=True, default="")),
                ("count", models.BigIntegerField(default=0)),
                ("value", models.BigIntegerField(default=0)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("known", "Acknowledged"),
                            ("ignored", "Ignored"),
                            ("resolved", "Resolved"),
                        ],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("state_at", models.DateTimeField()),
                ("ignored_until", models.DateTimeField(blank=True, null=True)),
                ("ignored_above", models.BigIntegerField(blank=True, null=True)),
                ("returns", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(max_length=12)),
                ("file_type", models.CharField(max_length=4)),
                ("query", models.JSONField(default=dict)),
                ("expected", models.BigIntegerField(blank=True, null=True)),
                ("written", models.BigIntegerField(default=0)),
                ("state", models.CharField(default="running", max_length=8)),
                ("started_at", models.DateTimeField()),
                ("moved_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("query", models.CharField(max_length=2000)),
                ("shared", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="SkuList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=32)),
                ("skus", models.JSONField()),
                ("used_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=12)),
                ("hour", models.PositiveIntegerField()),
                ("measure", models.CharField(max_length=24)),
                ("count", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="membership",
            name="membership_role",
        ),
        migrations.RemoveIndex(
            model_name="bulkaction",
            name="action_running",
        ),
        migrations.AddField(
            model_name="bulkaction",
            name="already",
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="bulkaction",
            name="planned",
            field=models.PositiveBigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="bulkaction",
            name="queued",
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="bulkaction",
            name="reason",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
        migrations.AddField(
            model_name="bulkaction",
            name="request_key",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
        migrations.AddField(
            model_name="bulkaction",
            name="trial",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="bulkaction",
            name="undo_of",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="undone_by",
                to="db.bulkaction",
            ),
        ),
        migrations.AddField(
            model_name="channel",
            name="mapping_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="integration",
            name="action_id",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        column(
            "integration",
            "brand",
            models.CharField(blank=True, default="", max_length=120),
            "varchar(120) NOT NULL DEFAULT ''",
        ),
        column("integration", "stock_value", models.BigIntegerField(default=0), "bigint NOT NULL DEFAULT 0"),
        migrations.AddField(
            model_name="membership",
            name="channel_ids",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="work",
            name="action_id",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="work",
            name="heard_at_ms",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="bulkaction",
            name="state",
            field=models.CharField(
                choices=[
                    ("running", "Running"),
                    ("trying", "Trying"),
                    ("paused", "Paused"),
                    ("cancelled", "Cancelled"),
                    ("done", "Done"),
                ],
                default="running",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="membership",
            name="role",
            field=models.CharField(
                choices=[("viewer", "Viewer"), ("operator", "Operator"), ("manager", "Manager"), ("admin", "Admin")],
                default="operator",
                max_length=12,
            ),
        ),
        migrations.AddIndex(
            model_name="bulkaction",
            index=models.Index(condition=models.Q(("ended_at", None)), fields=["id"], name="action_running"),
        ),
        migrations.AddIndex(
            model_name="integration",
            index=models.Index(
                condition=models.Q(("action_id__isnull", False)),
                fields=["action_id", "-updated_at", "-id"],
                name="integration_action",
            ),
        ),
        migrations.AddIndex(
            model_name="integration",
            index=models.Index(
                condition=models.Q(("removed_at", None)), fields=["store", "category"], name="integration_category"
            ),
        ),
        migrations.AddIndex(
            model_name="integration",
            index=models.Index(
                condition=models.Q(("removed_at", None), models.Q(("brand", ""), _negated=True)),
                fields=["store", "brand"],
                name="integration_brand",
            ),
        ),
        migrations.AddIndex(
            model_name="integration",
            index=models.Index(
                condition=models.Q(("removed_at", None)),
                fields=["store", "-stock_value", "-id"],
                name="integration_value",
            ),
        ),
        migrations.AddIndex(
            model_name="integration",
            index=models.Index(
                condition=models.Q(("removed_at", None), ("status__in", ["error", "alert"])),
                fields=["store", "status", "-stock_value", "-id"],
                name="integration_trouble_value",
            ),
        ),
        migrations.AddIndex(
            model_name="integration",
            index=models.Index(
                condition=models.Q(("removed_at", None), ("status__in", ["error", "alert"])),
                fields=["store", "status", "sku", "id"],
                name="integration_trouble_sku",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["viewer", "operator", "manager", "admin"])), name="membership_role"
            ),
        ),
        migrations.AddField(
            model_name="actioncount",
            name="action",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="outcomes",
                to="db.bulkaction",
            ),
        ),
        migrations.AddField(
            model_name="cause",
            name="channel",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="db.channel"
            ),
        ),
        migrations.AddField(
            model_name="cause",
            name="state_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="export",
            name="actor",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="export",
            name="store",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="db.store"
            ),
        ),
        migrations.AddIndex(
            model_name="export",
            index=models.Index(fields=["store", "-id"], name="export_list"),
        ),
        column(
            "attempt",
            "channel_id",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="db.channel",
            ),
            "bigint NULL REFERENCES db_channel (id) DEFERRABLE INITIALLY DEFERRED",
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(fields=["channel", "-id"], name="attempt_history"),
        ),
        migrations.AddField(
            model_name="note",
            name="author",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="note",
            name="cause",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="db.cause"
            ),
        ),
        migrations.AddField(
            model_name="note",
            name="integration",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="db.integration",
            ),
        ),
        migrations.AddField(
            model_name="note",
            name="store",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="db.store"),
        ),
        migrations.AddField(
            model_name="savedview",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="savedview",
            name="store",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="db.store"),
        ),
        migrations.AddField(
            model_name="skulist",
            name="owner",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="skulist",
            name="store",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="db.store"),
        ),
        migrations.AddField(
            model_name="tally",
            name="channel",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="db.channel"
            ),
        ),
        migrations.AddConstraint(
            model_name="actioncount",
            constraint=models.UniqueConstraint(fields=("action", "outcome"), name="action_count_once"),
        ),
        migrations.AddIndex(
            model_name="cause",
            index=models.Index(fields=["channel", "state", "-count"], name="cause_list"),
        ),
        migrations.AddConstraint(
            model_name="cause",
            constraint=models.UniqueConstraint(fields=("channel", "fingerprint"), name="cause_once"),
        ),
        migrations.AddConstraint(
            model_name="cause",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "known", "ignored", "resolved"])), name="cause_state"
            ),
        ),
        migrations.AddConstraint(
            model_name="note",
            constraint=models.CheckConstraint(
                condition=models.Q(("integration__isnull", True), ("cause__isnull", True), _connector="XOR"),
                name="note_is_about_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(fields=("store", "owner", "name"), name="view_once"),
        ),
        migrations.AddConstraint(
            model_name="skulist",
            constraint=models.UniqueConstraint(fields=("store", "digest"), name="sku_list_once"),
        ),
        migrations.AddIndex(
            model_name="tally",
            index=models.Index(fields=["channel", "hour"], name="tally_hours"),
        ),
        migrations.AddConstraint(
            model_name="tally",
            constraint=models.UniqueConstraint(fields=("channel", "kind", "measure", "hour"), name="tally_once"),
        ),
        migrations.CreateModel(
            name="MappingVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("text", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mappings",
                        to="db.channel",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="mappingversion",
            constraint=models.UniqueConstraint(fields=("channel", "number"), name="mapping_version_once"),
        ),
        migrations.RemoveConstraint(model_name="channel", name="channel_code_once"),
        migrations.AddField(
            model_name="channel", name="archived_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(model_name="channel", name="secrets_at", field=models.JSONField(blank=True, null=True)),
        migrations.AddField(model_name="store", name="hook_at", field=models.DateTimeField(blank=True, null=True)),
        migrations.AddField(model_name="store", name="keys_at", field=models.DateTimeField(blank=True, null=True)),
        migrations.AddConstraint(
            model_name="channel",
            constraint=models.UniqueConstraint(
                condition=models.Q(("archived_at__isnull", True)), fields=("store", "code"), name="channel_code_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkaction",
            constraint=models.UniqueConstraint(
                condition=models.Q(("request_key", ""), _negated=True),
                fields=("store", "request_key"),
                name="action_once",
            ),
        ),
        migrations.AddIndex(
            model_name="work",
            index=models.Index(
                condition=models.Q(("action_id__isnull", False)), fields=["action_id"], name="work_action"
            ),
        ),
        migrations.CreateModel(
            name="Cached",
            fields=[
                ("cache_key", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("value", models.TextField()),
                ("expires", models.DateTimeField(db_index=True)),
            ],
            options={"db_table": "db_cached"},
        ),
        migrations.CreateModel(
            name="AuditHead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.BigIntegerField(default=0)),
                ("digest", models.CharField(blank=True, default="", max_length=64)),
                ("store_number", models.BigIntegerField(unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.CharField(blank=True, default="", max_length=254)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("viewer", "Viewer"),
                            ("operator", "Operator"),
                            ("manager", "Manager"),
                            ("admin", "Admin"),
                        ],
                        max_length=12,
                    ),
                ),
                ("channel_ids", models.JSONField(blank=True, default=list)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "invited_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="db.store",
                    ),
                ),
            ],
        ),
        migrations.AddField("audit", "place", models.BigIntegerField(blank=True, null=True)),
        column(
            "audit",
            "digest",
            models.CharField(blank=True, default="", max_length=64),
            "varchar(64) NOT NULL DEFAULT ''",
        ),
        migrations.AddIndex(
            model_name="audit",
            index=models.Index(condition=models.Q(("place", None)), fields=["id"], name="audit_unsealed"),
        ),
        migrations.AddConstraint(
            model_name="audit",
            constraint=models.UniqueConstraint(
                condition=models.Q(("place__isnull", False)), fields=("store", "place"), name="audit_place_once"
            ),
        ),
    ]
