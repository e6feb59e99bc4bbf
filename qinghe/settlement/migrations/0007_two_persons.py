"""A bank receipt counts when a second person confirms it; who undid a payment is kept."""

from django.db import migrations, models
from django.db.models import F, Q

# What was booked before took effect at once; nothing is asked about it again.
CONFIRMED = """
UPDATE settlement_receipt SET confirmed_at = at, confirmed_by = 'system:before-two-persons'
"""


class Migration(migrations.Migration):
    dependencies = [("settlement", "0006_stays")]

    operations = [
        migrations.AddField(
            model_name="receipt",
            name="confirmed_by",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            model_name="receipt",
            name="confirmed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="payment",
            name="reversal_asked_by",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            model_name="payment",
            name="reversal_asked_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="payment",
            name="reversal_agreed_by",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.RunSQL(CONFIRMED, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by="")
                | Q(confirmed_at__isnull=False)
                & ~Q(confirmed_by="")
                & ~Q(confirmed_by=F("recorded_by")),
                name="settlement_receipt_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=Q(reversal_agreed_by="")
                | ~Q(reversal_agreed_by=F("reversal_asked_by")) & ~Q(reversal_asked_by=""),
                name="settlement_payment_reversal_two",
            ),
        ),
    ]
