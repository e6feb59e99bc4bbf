"""Claim numbers count up across all creditors; a sequence gives them without a lock."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("claims", "0003_plan_holds")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE claims_number_seq", "DROP SEQUENCE claims_number_seq"
        )
    ]
