from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("db", "0008_identity")]
    operations = [
        migrations.CreateModel(
            name="Ear",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("digest_before", models.CharField(blank=True, default="", max_length=64)),
                ("made_at", models.DateTimeField()),
                ("heard", models.BigIntegerField(default=0)),
                ("heard_at", models.DateTimeField(blank=True, null=True)),
                ("refused", models.BigIntegerField(default=0)),
                ("refused_at", models.DateTimeField(blank=True, null=True)),
                (
                    "channel",
                    models.OneToOneField(on_delete=models.deletion.CASCADE, related_name="ear", to="db.channel"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("digest_before", ""), _negated=True),
                        fields=("digest_before",),
                        name="ear_digest_before_once",
                    )
                ]
            },
        ),
    ]
