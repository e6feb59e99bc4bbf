"""Invoices: the next number and no other, and no row is ever changed."""

import django.db.models.deletion
import django.db.models.expressions
import qinghe.kernel.ids
from django.db import migrations, models

SQL = """
CREATE FUNCTION qinghe_invoice_numbered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(20567, NEW.year);
    IF NEW.serial <> (
        SELECT coalesce(max(serial), 0) + 1 FROM settlement_invoice WHERE year = NEW.year
    ) OR NEW.year <> extract(year FROM NEW.issued_on) THEN
        RAISE EXCEPTION 'an invoice takes the next number of its year'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER numbered BEFORE INSERT ON settlement_invoice
    FOR EACH ROW EXECUTE FUNCTION qinghe_invoice_numbered();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON settlement_invoice
    FOR EACH ROW EXECUTE FUNCTION qinghe_append_only();
"""
UNDO = """
DROP TRIGGER append_only ON settlement_invoice;
DROP TRIGGER numbered ON settlement_invoice;
DROP FUNCTION qinghe_invoice_numbered();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0010_sanctioned'),
        ('settlement', '0016_closed_months'),
    ]

    operations = [
        migrations.CreateModel(
            name='Invoice',
            fields=[
                ('id', models.UUIDField(default=qinghe.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('year', models.IntegerField()),
                ('serial', models.IntegerField()),
                ('number', models.TextField(unique=True)),
                ('kind', models.TextField(choices=[('fee', 'Platform fee'), ('commission', 'Commission, billed for the collector'), ('credit', 'Credit note')])),
                ('issuer_name', models.TextField(blank=True, default='')),
                ('issuer_code', models.TextField(blank=True, default='')),
                ('recipient_name', models.TextField()),
                ('recipient_code', models.TextField(blank=True, default='')),
                ('currency', models.CharField(max_length=3)),
                ('net', models.BigIntegerField()),
                ('rate', models.DecimalField(decimal_places=4, max_digits=5)),
                ('tax', models.BigIntegerField()),
                ('gross', models.BigIntegerField()),
                ('issued_on', models.DateField()),
                ('issued_by', models.TextField()),
                ('issued_at', models.DateTimeField()),
                ('reason', models.TextField(blank=True, default='')),
                ('cancels', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlement.invoice')),
                ('close', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlement.monthclose')),
                ('issuer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('recipient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('year', 'serial'), name='settlement_invoice_serial'), models.UniqueConstraint(condition=models.Q(('cancels__isnull', True)), fields=('close', 'issuer', 'recipient', 'currency'), name='settlement_invoice_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('gross', django.db.models.expressions.CombinedExpression(models.F('net'), '+', models.F('tax')))), name='settlement_invoice_sums'), models.CheckConstraint(condition=models.Q(models.Q(('gross__lt', 0), ('kind', 'credit')), models.Q(models.Q(('kind', 'credit'), _negated=True), ('cancels__isnull', True), ('gross__gt', 0)), _connector='OR'), name='settlement_invoice_sign'), models.CheckConstraint(condition=models.Q(('cancels__isnull', True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='settlement_invoice_reason')],
            },
        ),
        migrations.RunSQL(SQL, UNDO),
    ]
