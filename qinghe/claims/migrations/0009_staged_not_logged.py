"""
Staged rows stay out of the write-ahead log: they can be made again from the sealed file.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("claims", "0008_working_batches")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE claims_staged SET UNLOGGED", "ALTER TABLE claims_staged SET LOGGED"
        )
    ]
