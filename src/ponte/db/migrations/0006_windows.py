from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("db", "0005_screens")]
    operations = [
        migrations.CreateModel(
            name="Window",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("endpoint", models.CharField(max_length=120)),
                ("full_at_ms", models.BigIntegerField(default=0)),
                (
                    "channel",
                    models.ForeignKey(
                        db_index=False, on_delete=models.deletion.CASCADE, related_name="+", to="db.channel"
                    ),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("channel", "endpoint"), name="window_once")]},
        ),
    ]
