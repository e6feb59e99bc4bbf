"""Why a pause was not granted: the debtor reads it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0009_paid_earlier'),
        ('claims', '0035_twin_decisions'),
        ('parties', '0011_tax_status'),
    ]

    operations = [
        migrations.AddField(
            model_name='hardship',
            name='refusal',
            field=models.TextField(choices=[('not_said', 'What has changed is not clear yet. A sentence or a paper would help.'), ('plan', 'Smaller payments would be better than a pause. A plan may be proposed.'), ('paused', 'There was a pause already, and nothing new was told since.'), ('no_longer', 'The creditor cannot wait longer with this claim.')], db_default='', default=''),
        ),
        migrations.AddConstraint(
            model_name='hardship',
            constraint=models.CheckConstraint(condition=models.Q(('refusal', ''), ('state', 'declined'), _connector='OR'), name='casework_hardship_refusal'),
        ),
    ]
