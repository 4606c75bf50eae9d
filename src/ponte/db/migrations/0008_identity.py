from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("db", "0007_code_rules")]
    operations = []
