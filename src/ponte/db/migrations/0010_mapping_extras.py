from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("db", "0009_hears")]
    operations = []
