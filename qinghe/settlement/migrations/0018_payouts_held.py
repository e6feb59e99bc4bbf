"""
What is with the bank is set aside in the ledger until the bank answers.

Runs that were handed in before this get theirs here. If the bank's account cannot bear them, the
books were behind already: gather cash by preparing payouts, or book what came, then migrate.
"""

import django.db.models.deletion
from django.db import migrations, models

SET_ASIDE = """
INSERT INTO ledger_pending
    (id, debit_id, credit_id, amount, currency, kind, subject, at, expires_at, state, posted)
SELECT gen_random_uuid(), d.id, c.id, o.amount, o.currency, 'payout.paid', 'payout:' || o.id, r.sent_at,
    r.sent_at + interval '36525 days', 'pending', 0
FROM settlement_payout o
JOIN settlement_payoutrun r ON r.id = o.run_id
JOIN ledger_account d ON d.path = 'platform:payout:' || o.id AND d.currency = o.currency
JOIN ledger_account c ON c.path = 'platform:cash:bank' AND c.currency = o.currency
WHERE o.state = 'sent';
UPDATE settlement_payout o SET held_id = p.id FROM ledger_pending p
WHERE o.state = 'sent' AND p.state = 'pending' AND p.subject = 'payout:' || o.id;
SET CONSTRAINTS ALL IMMEDIATE;
"""
LET_GO = """
UPDATE ledger_pending SET state = 'voided', settled_at = greatest(at, now())
WHERE state = 'pending' AND subject LIKE 'payout:%';
UPDATE settlement_payout SET held_id = NULL;
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0011_closed_months"), ("settlement", "0017_invoices")]

    operations = [
        migrations.AddField(
            model_name="payout",
            name="held",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ledger.pending",
            ),
        ),
        migrations.RunSQL(SET_ASIDE, LET_GO),
        migrations.RemoveConstraint(model_name="payout", name="settlement_payout_sent_in_run"),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=~models.Q(state="sent")
                | models.Q(run__isnull=False, account__isnull=False, held__isnull=False),
                name="settlement_payout_sent_in_run",
            ),
        ),
    ]
