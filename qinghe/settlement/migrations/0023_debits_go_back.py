"""What a debit brought too much goes back by bank, with two persons; who relied on one is told."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0008_expected"),
        ("contact", "0013_came_back"),
        ("settlement", "0022_objections_and_reports"),
    ]

    operations = [
        migrations.AddField(
            model_name="debit",
            name="return_notice",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="contact.attempt",
            ),
        ),
        migrations.AlterField(
            model_name="sendback",
            name="suspense",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="settlement.suspense",
            ),
        ),
        migrations.AddField(
            model_name="sendback",
            name="debit",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="settlement.debit",
            ),
        ),
        migrations.AddField(
            model_name="sendback", name="file_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddConstraint(
            model_name="sendback",
            constraint=models.CheckConstraint(
                condition=Q(suspense__isnull=True) ^ Q(debit__isnull=True),
                name="settlement_back_of_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="sendback",
            constraint=models.UniqueConstraint(
                fields=["debit"],
                condition=Q(state__in=["waiting", "ready"]),
                name="settlement_back_one_a_debit",
            ),
        ),
    ]
