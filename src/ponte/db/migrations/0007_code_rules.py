from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("db", "0006_windows")]
    operations = []
