"""Count refusals by rule and day, so that no page ever has to look through all attempts."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from qinghe.contact.models import RefusalDay
from qinghe.contact.queries.refusals import YEAR, counted_until, refused_between
from qinghe.rules.contact.clock import NATIONAL, day_start, local_day


@transaction.atomic
def count_refusals(*, at: datetime) -> int:
    """
    Count the refusals of every day that is over; return how many rows were written.

    Begins with the last day counted, so that one run makes up for those that were missed; run
    again it writes the same.
    """
    last = counted_until()
    since = day_start(NATIONAL, last) if last else at - YEAR
    rows = [
        RefusalDay(rule=rule_id, day=day, refused=refused)
        for rule_id, day, refused in refused_between(
            since, day_start(NATIONAL, local_day(NATIONAL, at))
        )
    ]
    RefusalDay.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["rule", "day"],
        update_fields=["refused"],
        batch_size=1_000,
    )
    return len(rows)
