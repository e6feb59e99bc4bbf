"""
Terms that came with a file wait for the check of their amount; the clock finds them by an index.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("claims", "0018_staged_terms")]
    operations = [
        migrations.AddField(
            "contractterms", "check_wanted", models.BooleanField(db_default=False, default=False)
        ),
        migrations.AddIndex(
            "contractterms",
            models.Index(
                condition=models.Q(("check_wanted", True)),
                fields=["id"],
                name="claims_terms_unchecked",
            ),
        ),
    ]
