"""What the gate refused, over all persons: for those who watch over the rules."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Func, TextField

from qinghe.contact.models import Attempt
from qinghe.contact.queries.attempts import FIELDS, AttemptRow, row_of
from qinghe.contact.terms import AttemptState
from qinghe.kernel.actor import Actor
from qinghe.parties.roles import OVERSIGHT

LATEST = 100
PERIOD = timedelta(days=30)


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
    """Return (rule, refusals) of the last thirty days, the most frequent first."""
    if actor.role not in OVERSIGHT:
        return []
    rows = Attempt.objects.filter(state=AttemptState.REFUSED, at__gte=at - PERIOD)
    named = rows.annotate(rule=Func(F("rules"), function="unnest", output_field=TextField()))
    counted = named.values("rule").annotate(n=Count("pk")).order_by("-n", "rule")
    return list(counted.values_list("rule", "n"))
