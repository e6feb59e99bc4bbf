"""What the bank says against a payout that came back stays on it until persons settled it."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("settlement", "0034_payouts_come_back_from_the_bank_by_two")]

    operations = [
        migrations.AddField(
            model_name="payout",
            name="contradicted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="payout",
            name="contradicted_by",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=Q(contradicted_at__isnull=True)
                | Q(state="failed") & ~Q(contradicted_by=""),
                name="settlement_payout_contradicted",
            ),
        ),
    ]
