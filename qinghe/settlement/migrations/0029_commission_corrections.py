"""A difference in the commission of a payment is booked by two persons."""

import django.db.models.deletion
import django.db.models.expressions
import qinghe.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0028_two_name_a_correction'),
    ]

    operations = [
        migrations.CreateModel(
            name='CommissionCorrection',
            fields=[
                ('id', models.UUIDField(default=qinghe.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('way', models.TextField(choices=[('back', 'too much: back to the creditor'), ('more', 'too little: more to the collector')])),
                ('amount', models.BigIntegerField()),
                ('commission', models.BigIntegerField()),
                ('fee', models.BigIntegerField()),
                ('fee_tax', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('state', models.TextField(choices=[('asked', 'A second person must agree'), ('booked', 'Booked'), ('dropped', 'Not booked')], default='asked')),
                ('asked_by', models.TextField()),
                ('asked_at', models.DateTimeField()),
                ('agreed_by', models.TextField(blank=True, default='')),
                ('agreed_at', models.DateTimeField(null=True)),
                ('objection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlement.objection')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlement.payment')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'booked')), fields=['payment'], name='settlement_correction_of')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount', django.db.models.expressions.CombinedExpression(models.F('commission'), '+', models.F('fee'))), ('amount__gt', 0), ('commission__gte', 0), ('fee__gte', 0), ('fee_tax__gte', 0), ('fee_tax__lte', models.F('fee'))), name='settlement_correction_sums'), models.CheckConstraint(condition=models.Q(models.Q(('agreed_at__isnull', False), ('state', 'booked'), models.Q(('agreed_by', ''), _negated=True), models.Q(('agreed_by', models.F('asked_by')), _negated=True)), models.Q(models.Q(('state', 'booked'), _negated=True), ('agreed_at__isnull', True), ('agreed_by', '')), _connector='OR'), name='settlement_correction_by_two'), models.UniqueConstraint(condition=models.Q(('state', 'dropped'), _negated=True), fields=('objection',), name='settlement_correction_once')],
            },
        ),
    ]
