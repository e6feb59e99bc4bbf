"""What the gate refused, over all persons: for those who watch over the rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import Max, Q, Sum

from qinghe.contact.models import Attempt, RefusalDay
from qinghe.contact.queries.attempts import FIELDS, AttemptRow, row_of
from qinghe.contact.terms import AttemptState
from qinghe.kernel.actor import Actor
from qinghe.parties.roles import OVERSIGHT
from qinghe.rules.contact.clock import DAY, NATIONAL, day_after, local_day

LATEST = 100
PERIOD = timedelta(days=30)
YEAR = timedelta(days=365)
# A refusal is counted under every rule that denied; one older than findings under all its rules.
REFUSED: Final = """
SELECT named.rule, (a.at AT TIME ZONE %(zone)s)::date AS day, count(*) AS refused
FROM contact_attempt a CROSS JOIN LATERAL (
    SELECT f->>'rule' AS rule FROM jsonb_array_elements(a.findings) f WHERE f->>'level' = 'deny'
    UNION SELECT r FROM unnest(a.rules) r WHERE a.findings = '[]'
) named
WHERE a.state = 'refused' AND a.at >= %(since)s AND a.at < %(until)s
GROUP BY 1, 2
"""


@dataclass(frozen=True)
class RefusalCount:
    """How often one rule refused in the last 30 and 365 days, up to the last whole day counted."""

    month: int
    year: int
    until: date | None


def refused_attempts(*, actor: Actor, rule: str = "", limit: int = LATEST) -> list[AttemptRow]:
    """Return the latest refused contacts, of one rule where given; empty without oversight."""
    if actor.role not in OVERSIGHT:
        return []
    rows = Attempt.objects.filter(state=AttemptState.REFUSED)
    if rule:
        rows = rows.filter(rules__contains=[rule])
    found: Iterable[dict[str, Any]] = rows.order_by("-at", "-id").values(*FIELDS)[:limit]
    return [row_of(values, {}) for values in found]


def refused_by_rule(*, actor: Actor, at: datetime) -> list[tuple[str, int]]:
    """
    Return (rule, refusals) of the last thirty days, the most frequent first.

    Days that are over come from the tally, only what came since is counted now.
    """
    if actor.role not in OVERSIGHT:
        return []
    first = local_day(NATIONAL, at - PERIOD)
    last = counted_until()
    days = RefusalDay.objects.filter(day__gte=first)
    counts = Counter(dict(days.values_list("rule").annotate(n=Sum("refused"))))
    since = max(at - PERIOD, day_after(NATIONAL, last)) if last else at - PERIOD
    for rule_id, _day, refused in refused_between(since, at + DAY):
        counts[rule_id] += refused
    return sorted(counts.items(), key=lambda row: (-row[1], row[0]))


def refusals_of(*, rule: str, at: datetime) -> RefusalCount:
    """Return how often a rule refused, over the market, from the tally alone. Two queries."""
    today = local_day(NATIONAL, at)
    days = RefusalDay.objects.filter(rule=rule, day__lt=today)
    sums = days.aggregate(
        month=Sum("refused", filter=Q(day__gte=today - PERIOD)),
        year=Sum("refused", filter=Q(day__gte=today - YEAR)),
    )
    return RefusalCount(sums["month"] or 0, sums["year"] or 0, counted_until())


def counted_until() -> date | None:
    """Return the last day the tally holds, or nothing when it is empty."""
    last: date | None = RefusalDay.objects.aggregate(last=Max("day"))["last"]
    return last


def refused_between(since: datetime, until: datetime) -> list[tuple[str, date, int]]:
    """Return (rule, day of the market, refusals); reads refused attempts of that time alone."""
    with connection.cursor() as cursor:
        cursor.execute(REFUSED, {"zone": NATIONAL, "since": since, "until": until})
        return list(cursor.fetchall())
