"""Gaps are noted as seen; twins take two persons; a booking explains one entry; where money goes."""

import django.db.models.deletion
import qinghe.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('claims', '0035_twin_decisions'),
        ('parties', '0011_tax_status'),
        ('settlement', '0031_payouts_come_back_by_two'),
    ]

    operations = [
        migrations.CreateModel(
            name='GapNote',
            fields=[
                ('id', models.UUIDField(default=qinghe.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('after', models.DateField()),
                ('missing', models.BigIntegerField()),
                ('note', models.TextField()),
                ('noted_by', models.TextField()),
                ('noted_at', models.DateTimeField()),
                ('withdrawn_by', models.TextField(blank=True, default='')),
                ('withdrawn_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name='payout',
            name='dropped_why',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AddField(
            model_name='sendback',
            name='account',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.vaultitem'),
        ),
        migrations.AddField(
            model_name='suspense',
            name='booking',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AddField(
            model_name='twin',
            name='asked_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='twin',
            name='asked_by',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AddField(
            model_name='twin',
            name='wish',
            field=models.TextField(blank=True, choices=[('open', 'Perhaps the same'), ('same', 'The same money'), ('other', 'Another payment')], db_default='', default=''),
        ),
        migrations.AddConstraint(
            model_name='suspense',
            constraint=models.UniqueConstraint(condition=models.Q(('booking', ''), _negated=True), fields=('booking',), name='settlement_suspense_booking_once'),
        ),
        migrations.AddConstraint(
            model_name='twin',
            constraint=models.CheckConstraint(condition=models.Q(('told_by', ''), ('asked_by', ''), models.Q(('told_by', models.F('asked_by')), _negated=True), _connector='OR'), name='settlement_twin_two'),
        ),
        migrations.AddField(
            model_name='gapnote',
            name='statement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlement.statement'),
        ),
        migrations.AddConstraint(
            model_name='gapnote',
            constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('statement', 'after', 'missing'), name='settlement_gap_noted_once'),
        ),
        migrations.AddConstraint(
            model_name='gapnote',
            constraint=models.CheckConstraint(condition=models.Q(('note', ''), _negated=True), name='settlement_gap_words'),
        ),
    ]
