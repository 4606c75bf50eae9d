from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("db", "0014_refused_tries")]
    operations = [
        migrations.AddField(
            model_name="token",
            name="scope",
            field=models.CharField(
                choices=[("read", "Read"), ("act", "Read and act"), ("all", "All that its person may")],
                db_default="all",
                default="all",
                max_length=8,
            ),
        ),
    ]
