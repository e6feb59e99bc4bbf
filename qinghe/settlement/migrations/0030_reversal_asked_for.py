"""What was asked for when a payment is to be undone; a question that kept none of it lapses."""

from django.db import migrations, models

LAPSE = """
    UPDATE settlement_payment SET reversal_asked_by = '', reversal_asked_at = NULL
    WHERE state = 'posted' AND reversal_asked_at IS NOT NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0029_commission_corrections'),
    ]

    operations = [
        migrations.AddField(
            model_name='payment',
            name='reversal_reason',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AddField(
            model_name='payment',
            name='reversal_back',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunSQL(LAPSE, migrations.RunSQL.noop),
    ]
