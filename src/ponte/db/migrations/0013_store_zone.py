from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("db", "0012_fill")]
    operations = [
        migrations.AddField(
            model_name="store",
            name="time_zone",
            field=models.CharField(db_default="America/Sao_Paulo", default="America/Sao_Paulo", max_length=64),
        ),
    ]
