"""What the calendar decides: promises and instalments whose day has passed. Set-based."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Exists, F, Q, QuerySet

from qinghe.casework.models import EarlyOffer, Instalment, Plan
from qinghe.casework.respite import held_since
from qinghe.casework.services.early import OPEN
from qinghe.casework.services.plans import end_plan
from qinghe.casework.terms import GRACE_DAYS, EarlyState, PlanState
from qinghe.claims.models import Claim
from qinghe.journal.services import record
from qinghe.kernel.actor import system
from qinghe.parties.models import Person

JUDGE: Final = system("casework.sweep")
# Finds the due rows by their partial index; work is proportional to what fell due.
PROMISES: Final = """
    UPDATE casework_promise AS promise
       SET state = CASE WHEN claim.state = 'closed'
                          OR claim.paid - promise.paid_before - promise.paid_earlier
                             >= promise.amount
                        THEN 'kept' ELSE 'broken' END,
           decided_at = %(at)s
      FROM claims_claim AS claim
     WHERE claim.id = promise.claim_id AND promise.state = 'open' AND promise.due_on < %(last)s
   AND (promise.expected_on IS NULL OR promise.expected_on < %(last)s)
 RETURNING promise.state
"""


@transaction.atomic
def judge_promises(*, day: date, at: datetime) -> dict[str, int]:
    """
    Decide every open promise whose day and grace have passed by `day`. Returns counts by state.

    One statement; one journal row for the whole run.
    """
    with connection.cursor() as cursor:
        cursor.execute(PROMISES, {"at": at, "last": day - timedelta(days=GRACE_DAYS)})
        states = [state for (state,) in cursor.fetchall()]
    counts = {"kept": states.count("kept"), "broken": states.count("broken")}
    if states:
        _note("casework.promises-judged", day, at, counts)
    return counts


@transaction.atomic
def judge_instalments(*, day: date, at: datetime) -> dict[str, int]:
    """
    Mark instalments missed whose day and grace have passed by `day`, and stop their plans.

    A stopped plan lets go of its hold: the claim may be worked again. Whose contact is on hold, for
    whatever reason but the plan, misses nothing, and has the whole grace when that is over.
    """
    due = _late(day).values("plan__claim")
    claims = Claim.objects.select_for_update(of=("self",), no_key=True)
    locked = {claim.pk: claim.debtor_id for claim in claims.filter(pk__in=due).order_by("pk")}
    # Whoever places a hold locks the person: it is seen here, or finds the plan stopped.
    people = Person.objects.select_for_update(no_key=True).filter(pk__in=set(locked.values()))
    list(people.order_by("pk").values_list("pk"))
    late = _late(day).filter(plan__claim__in=list(locked))
    plans = list(Plan.objects.filter(pk__in=late.values("plan")))
    missed = late.update(missed_at=at)
    for plan in plans:
        end_plan(plan, PlanState.BROKEN, JUDGE, at)
    counts = {"missed": missed, "stopped": len(plans)}
    if plans:
        _note("casework.instalments-judged", day, at, counts)
    return counts


@transaction.atomic
def lapse_early_offers(*, day: date, at: datetime) -> int:
    """Let offers run out whose day and grace have passed by `day`; nothing else changes."""
    due = EarlyOffer.objects.filter(state__in=OPEN, last_day__lt=day - timedelta(days=GRACE_DAYS))
    claims = Claim.objects.select_for_update(of=("self",), no_key=True)
    locked = [claim.pk for claim in claims.filter(pk__in=due.values("claim")).order_by("pk")]
    count = due.filter(claim__in=locked).update(state=EarlyState.LAPSED, ended_at=at)
    if count:
        _note("casework.early-offers-lapsed", day, at, {"lapsed": count})
    return count


def _late(day: date) -> QuerySet[Instalment]:
    """
    Return what is due, not expected any more, not paid in full, not judged, of running plans.

    A hold that stood within the grace keeps it from being late.
    """
    last = day - timedelta(days=GRACE_DAYS)
    unpaid = Instalment.objects.filter(missed_at__isnull=True).exclude(paid=F("amount"))
    over = Q(expected_on__isnull=True) | Q(expected_on__lt=last)
    held = Exists(held_since(last, claim="plan__claim", person="plan__claim__debtor"))
    return unpaid.filter(over, ~held, plan__state=PlanState.ACTIVE, due_on__lt=last)


def _note(kind: str, day: date, at: datetime, counts: dict[str, Any]) -> None:
    record(kind=kind, subject=f"day:{day}", actor=JUDGE, at=at, **counts)
