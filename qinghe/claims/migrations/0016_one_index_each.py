"""
What is found by one index needs no second one that begins with the same column.

Each delivered claim writes into all of them. Lists of the newest are read from the end of an index
in rising order: there a new claim is added, while one in falling order is split at its beginning.
"""

import django.db.models.deletion
from django.db import migrations, models


def _key(to: str) -> models.ForeignKey:
    return models.ForeignKey(
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=to,
    )


class Migration(migrations.Migration):
    dependencies = [("claims", "0015_corrections"), ("parties", "0001_initial")]
    operations = [
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(fields=["created_at", "id"], name="claims_by_age"),
        ),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(
                fields=["creditor", "created_at", "id"], name="claims_creditor_by_age"
            ),
        ),
        migrations.RemoveIndex(model_name="claim", name="claims_newest"),
        migrations.RemoveIndex(model_name="claim", name="claims_creditor_newest"),
        # No search asks for the beginning of a number.
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.UniqueConstraint(fields=("number",), name="claims_number_once"),
        ),
        migrations.AlterField(model_name="claim", name="number", field=models.TextField()),
        migrations.AlterField(
            model_name="claim", name="creditor", field=_key("parties.organisation")
        ),
        migrations.AlterField(model_name="claim", name="debtor", field=_key("parties.person")),
        migrations.AlterField(
            model_name="debtorreference", name="creditor", field=_key("parties.organisation")
        ),
        migrations.AlterField(model_name="line", name="claim", field=_key("claims.claim")),
    ]
