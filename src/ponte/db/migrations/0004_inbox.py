"""The inbox of the webhook."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("db", "0003_store_pace")]
    operations = [
        migrations.CreateModel(
            name="Inbox",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("received_at", models.DateTimeField()),
                ("hints", models.TextField()),
                ("refused", models.CharField(blank=True, default="", max_length=40)),
            ],
        ),
    ]
