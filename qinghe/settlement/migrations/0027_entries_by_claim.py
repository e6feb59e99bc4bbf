"""Entries of the bank are found by the claim whose reference they name."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0011_tax_status'),
        ('settlement', '0026_notes_are_taken_back'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='statemententry',
            index=models.Index(fields=['claim_number'], name='settlement_entry_claim'),
        ),
    ]
