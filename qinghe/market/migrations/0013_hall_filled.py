"""Orders that were open before come into the hall as if they were listed now."""

from django.db import migrations

FILL = """
CREATE TEMP TABLE qinghe_open ON COMMIT DROP AS
    SELECT id FROM market_listing WHERE state = 'open';
UPDATE market_listing SET state = 'withdrawn' WHERE id IN (SELECT id FROM qinghe_open);
UPDATE market_listing SET state = 'open' WHERE id IN (SELECT id FROM qinghe_open);
"""


class Migration(migrations.Migration):
    dependencies = [("market", "0009_taking_stops")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
