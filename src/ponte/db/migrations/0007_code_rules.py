import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("db", "0006_windows")]
    operations = [
        migrations.CreateModel(
            name="CodeRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("connector", models.CharField(max_length=40)),
                (
                    "match",
                    models.CharField(
                        choices=[("code", "code"), ("prefix", "prefix"), ("words", "words")], max_length=8
                    ),
                ),
                ("pattern", models.CharField(max_length=300)),
                ("problem_class", models.CharField(max_length=40)),
                ("subject", models.CharField(blank=True, default="", max_length=200)),
                ("titles", models.JSONField(blank=True, default=dict)),
                ("fixes", models.JSONField(blank=True, default=dict)),
                ("note", models.CharField(blank=True, default="", max_length=300)),
                ("active", models.BooleanField(default=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("changed_at", models.DateTimeField()),
                ("sweeping", models.BooleanField(default=False)),
                ("sweep_at", models.BigIntegerField(default=0)),
                ("sweep_until", models.BigIntegerField(default=0)),
                ("swept", models.BigIntegerField(default=0)),
                (
                    "channel",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="db.channel",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="db.store",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["store", "connector"], name="code_rule_of"),
                    models.Index(condition=models.Q(("sweeping", True)), fields=["id"], name="code_rule_sweeps"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("match__in", ["code", "prefix", "words"])), name="code_rule_match"
                    )
                ],
            },
        ),
    ]
