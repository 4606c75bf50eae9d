from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("db", "0009_hears")]
    operations = [
        migrations.AddField(
            model_name="mappingversion",
            name="source",
            field=models.CharField(blank=True, db_default="", default="", max_length=12),
        ),
        migrations.AddField(
            model_name="mappingversion",
            name="note",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
    ]
