import django.db.models.deletion
import qinghe.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('claims', '0020_raised_and_settled'),
        ('risk', '0003_doubts_and_releases'),
    ]

    operations = [
        migrations.CreateModel(
            name='Draw',
            fields=[
                ('id', models.UUIDField(default=qinghe.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('key', models.TextField()),
                ('number', models.PositiveSmallIntegerField()),
                ('percent', models.PositiveSmallIntegerField()),
                ('sampled', models.BooleanField()),
                ('claim', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='claims.claim')),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='risk.autorelease')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('number__lt', models.F('percent')), ('sampled', True)), models.Q(('number__gte', models.F('percent')), ('sampled', False)), _connector='OR'), name='risk_draw_decides')],
            },
        ),
    ]
