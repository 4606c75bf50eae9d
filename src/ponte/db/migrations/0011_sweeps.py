from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("db", "0010_mapping_extras")]
    operations = [
        migrations.CreateModel(
            name="Sweep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, unique=True)),
                ("place", models.CharField(blank=True, default="", max_length=80)),
                ("due_at", models.DateTimeField()),
            ],
        ),
    ]
