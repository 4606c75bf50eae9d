"""Which listing is whose, a person's wish about it, and versions of what was learnt from marketplaces; `0012_fill` fills."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def column(
    model: str, name: str, field: models.Field[Any, Any], definition: str
) -> migrations.SeparateDatabaseAndState:
    """Add a column without rewriting the table, with a default that the code before this migration can live with."""
    return migrations.SeparateDatabaseAndState(
        [
            migrations.RunSQL(
                f"ALTER TABLE db_{model} ADD COLUMN {name} {definition}", f"ALTER TABLE db_{model} DROP COLUMN {name}"
            )
        ],
        [migrations.AddField(model, name, field)],
    )


class Migration(migrations.Migration):
    dependencies = [
        ("db", "0007_code_rules"),
    ]

    operations = [
        migrations.CreateModel(
            name="ListingLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(default="product", max_length=12)),
                ("listing_id", models.CharField(max_length=80)),
                (
                    "how",
                    models.CharField(
                        choices=[("sent", "Sent"), ("adopted", "Adopted"), ("chosen", "Chosen")], max_length=8
                    ),
                ),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(blank=True, null=True)),
                ("why", models.CharField(blank=True, default="", max_length=10)),
            ],
        ),
        migrations.CreateModel(
            name="ListingSearch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cursor", models.CharField(blank=True, default="", max_length=40)),
                ("planned", models.PositiveBigIntegerField(blank=True, null=True)),
                ("looked", models.PositiveBigIntegerField(default=0)),
                ("trouble", models.JSONField(null=True)),
                ("stopped", models.BooleanField(default=False)),
                ("lease_until_ms", models.BigIntegerField(default=0)),
                ("started_at", models.DateTimeField()),
                ("moved_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("adopted", models.PositiveBigIntegerField(default=0)),
                ("several", models.PositiveBigIntegerField(default=0)),
                ("taken", models.PositiveBigIntegerField(default=0)),
                ("failed", models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="SheetCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cursor", models.CharField(blank=True, default="", max_length=40)),
                ("planned", models.PositiveBigIntegerField(blank=True, null=True)),
                ("looked", models.PositiveBigIntegerField(default=0)),
                ("trouble", models.JSONField(null=True)),
                ("stopped", models.BooleanField(default=False)),
                ("lease_until_ms", models.BigIntegerField(default=0)),
                ("started_at", models.DateTimeField()),
                ("moved_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("sheet", models.CharField(max_length=160)),
                ("fine", models.PositiveBigIntegerField(default=0)),
                ("worse", models.PositiveBigIntegerField(default=0)),
                ("better", models.PositiveBigIntegerField(default=0)),
                ("failed", models.PositiveBigIntegerField(default=0)),
                ("examples", models.JSONField(default=list)),
            ],
        ),
        column("channel", "adopts", models.BooleanField(default=False), "bool NOT NULL DEFAULT FALSE"),
        migrations.AddField(
            model_name="fact",
            name="changed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        column(
            "fact",
            "digest",
            models.CharField(blank=True, default="", max_length=32),
            "varchar(32) NOT NULL DEFAULT ''",
        ),
        migrations.AddField(
            model_name="fact",
            name="failed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="fact",
            name="previous",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="fact",
            name="trouble",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="fact",
            name="used_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        column("fact", "stale", models.BooleanField(default=False), "bool NOT NULL DEFAULT FALSE"),
        column("fact", "version", models.PositiveIntegerField(default=1), "integer NOT NULL DEFAULT 1"),
        column(
            "integration",
            "hold",
            models.CharField(blank=True, default="", max_length=8),
            "varchar(8) NOT NULL DEFAULT ''",
        ),
        column(
            "integration",
            "linked",
            models.CharField(blank=True, default="", max_length=8),
            "varchar(8) NOT NULL DEFAULT ''",
        ),
        column(
            "integration",
            "sheet",
            models.CharField(blank=True, default="", max_length=160),
            "varchar(160) NOT NULL DEFAULT ''",
        ),
        migrations.AddIndex(
            model_name="fact",
            index=models.Index(fields=["learnt_at"], name="fact_age"),
        ),
        migrations.AddIndex(
            model_name="integration",
            index=models.Index(
                condition=models.Q(("listing_id", "")), fields=["channel", "sku"], name="integration_unlisted"
            ),
        ),
        migrations.AddIndex(
            model_name="integration",
            index=models.Index(
                condition=models.Q(("hold", ""), _negated=True),
                fields=["channel", "hold", "sku"],
                name="integration_hold",
            ),
        ),
        migrations.AddIndex(
            model_name="integration",
            index=models.Index(
                condition=models.Q(("linked__in", ["adopted", "chosen"])),
                fields=["channel", "linked", "sku"],
                name="integration_linked",
            ),
        ),
        migrations.AddIndex(
            model_name="integration",
            index=models.Index(
                condition=models.Q(("sheet", ""), _negated=True),
                fields=["channel", "sheet", "sku"],
                name="integration_sheet",
            ),
        ),
        migrations.AddField(
            model_name="listinglink",
            name="actor",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="listinglink",
            name="channel",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="db.channel"
            ),
        ),
        migrations.AddField(
            model_name="listinglink",
            name="integration",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="links", to="db.integration"
            ),
        ),
        migrations.AddField(
            model_name="listingsearch",
            name="actor",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="listingsearch",
            name="channel",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="db.channel"
            ),
        ),
        migrations.AddField(
            model_name="sheetcheck",
            name="actor",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="sheetcheck",
            name="channel",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="db.channel"
            ),
        ),
        migrations.AddIndex(
            model_name="listinglink",
            index=models.Index(fields=["integration", "-id"], name="link_history"),
        ),
        migrations.AddConstraint(
            model_name="listinglink",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until", None)),
                fields=("channel", "kind", "listing_id"),
                name="listing_linked_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="listinglink",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until", None)), fields=("integration",), name="record_linked_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="listingsearch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)), fields=("channel",), name="listing_search_once"
            ),
        ),
        migrations.AddIndex(
            model_name="sheetcheck",
            index=models.Index(fields=["channel", "sheet", "-id"], name="sheet_check_list"),
        ),
        migrations.AddConstraint(
            model_name="sheetcheck",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)), fields=("channel", "sheet"), name="sheet_check_once"
            ),
        ),
    ]
