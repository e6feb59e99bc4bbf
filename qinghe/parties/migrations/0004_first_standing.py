"""Who was at work before levels existed keeps working: vouched for, and given time for the exam."""

from datetime import timedelta

from django.db import migrations

from qinghe.parties.days import legal_day

LEVEL = 3
DAYS = 90


def vouch(apps, schema_editor):
    from django.utils import timezone

    Organisation = apps.get_model("parties", "Organisation")
    Proof = apps.get_model("parties", "Proof")
    now = timezone.now()
    known = list(Organisation.objects.exclude(state="pending").values_list("pk", flat=True))
    Proof.objects.bulk_create(
        [
            Proof(
                organisation_id=pk,
                kind="vouched",
                source="operator",
                decided_by="system:parties.migration",
                decided_at=now,
            )
            for pk in known
        ],
        batch_size=1000,
    )
    Organisation.objects.filter(pk__in=known).update(level=LEVEL)


def give_time(apps, schema_editor):
    from django.utils import timezone

    Membership = apps.get_model("parties", "Membership")
    Certificate = apps.get_model("parties", "Certificate")
    today = legal_day(timezone.now())
    users = Membership.objects.filter(role="collector", ends_at__isnull=True).order_by("user_id")
    Certificate.objects.bulk_create(
        [
            Certificate(
                user_id=user_id,
                number=f"QHT-{today:%Y}-{number:06}",
                issued_on=today,
                ends_on=today + timedelta(days=DAYS),
                reason="at work before the exam existed",
            )
            for number, user_id in enumerate(
                users.values_list("user_id", flat=True).distinct(), start=1
            )
        ],
        batch_size=1000,
    )


class Migration(migrations.Migration):
    dependencies = [("parties", "0003_standing")]

    operations = [
        migrations.RunPython(vouch, migrations.RunPython.noop),
        migrations.RunPython(give_time, migrations.RunPython.noop),
    ]
