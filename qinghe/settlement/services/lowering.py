"""
Find placed claims that their creditors lowered: by waiving, correcting, or withdrawing them, or
by telling of money that was paid before the order and so earns nobody a commission.

A creditor that got money on the side could write the claim down instead of telling of it, or give
it an older day, and owe no commission. Lowering is its right and stands at once; the collector is
told and may object. Every door writes the same rows of the journal, so these are read, by their
moment and kind.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Max, Q, QuerySet, Sum

from qinghe.casework.models import Plan, Promise
from qinghe.casework.terms import PlanState
from qinghe.claims.days import day_of
from qinghe.claims.models import Line
from qinghe.claims.terms import ClaimState, LineKind
from qinghe.contact.models import Attempt
from qinghe.contact.terms import AttemptState
from qinghe.journal.models import Entry
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, Role
from qinghe.market.models import Mandate
from qinghe.market.terms import LIVE, MandateState
from qinghe.settlement.models import Lowering, LoweringMark, Payment
from qinghe.settlement.terms import (
    LOWERED_AFTER_DAYS,
    LOWERING_LOOKS_BACK_DAYS,
    LOWERING_OBJECTION_DAYS,
    SMALL_LOWERING_PERCENT,
    PaymentSource,
    PaymentState,
)

MARK: Final = "lowerings"
LOWERED: Final = ("claims.restated", "claims.written-off", "claims.lawful-accepted")
MOVED: Final = "claims.moved"
KINDS: Final = (LineKind.RESTATED, LineKind.WAIVED, LineKind.WITHDRAWN)
# Money a creditor told of that no commission is due on.
UNEARNED: Final = Q(
    kind="payment.posted", facts__source=PaymentSource.CREDITOR, facts__commission=0
)
# Entries are read a little later, so that a transaction still open is not missed.
SETTLES: Final = timedelta(minutes=5)
FIRST_LOOK: Final = timedelta(days=30)


@verb("settlement.find-lowerings")
def find_lowerings(*, actor: Actor, at: datetime) -> int:
    """
    Keep what was lowered since the last look, and tell its collectors; return how many are new.

    Work grows with what was lowered. What is small alone adds up: everything under a mandate counts
    that was not told of before.
    """
    until = at - SETTLES
    LoweringMark.objects.get_or_create(name=MARK, defaults={"at": until - FIRST_LOOK})
    mark = LoweringMark.objects.select_for_update().get(name=MARK)
    if until <= mark.at:
        return 0
    claims = sorted(_lowered(mark.at, until))
    made = [each for claim_id in claims if (each := _told(claim_id, until, actor, at))]
    mark.at = until
    mark.save(update_fields=["at"])
    return len(made)


def _lowered(since: datetime, until: datetime) -> set[UUID]:
    """Return the claims that their creditors lowered or withdrew in a span."""
    rows = Entry.objects.filter(at__gt=since, at__lte=until)
    own = Q(kind__in=LOWERED) | Q(
        kind=MOVED, facts__to=ClaimState.WITHDRAWN, actor__startswith=f"{Role.CREDITOR.value}:"
    )
    return _claims(rows.filter(own)) | _with_orders(_claims(rows.filter(UNEARNED)))


def _claims(rows: QuerySet[Entry]) -> set[UUID]:
    return {UUID(each.partition(":")[2]) for each in rows.values_list("subject", flat=True)}


def _with_orders(claims: set[UUID]) -> set[UUID]:
    """Return which of many claims were ever placed: a creditor tells of money for all of them."""
    return set(Mandate.objects.filter(claim__in=claims).values_list("claim_id", flat=True))


def _told(claim_id: UUID, until: datetime, actor: Actor, at: datetime) -> Lowering | None:
    mandate = _mandate(claim_id, until)
    if mandate is None:
        return None
    amount, earlier, last = _amount(mandate, until)
    owed = mandate.owed or mandate.claim.claimed
    if not amount or amount * 100 <= owed * SMALL_LOWERING_PERCENT:
        return None
    made = Lowering.objects.create(
        claim_id=claim_id,
        mandate=mandate,
        creditor_id=mandate.creditor_id,
        collector_id=mandate.collector_id,
        amount=amount,
        currency=mandate.claim.currency,
        seen={**_seen(mandate, last), "paid_earlier": earlier},
        lowered_at=last,
        told_at=at,
        object_until=at + timedelta(days=LOWERING_OBJECTION_DAYS),
    )
    note("told", made, actor, at, amount=amount, seen=made.seen)
    return made


def _mandate(claim_id: UUID, until: datetime) -> Mandate | None:
    """Return the last mandate that was live, or taken back by the creditor shortly before."""
    lately = until - timedelta(days=LOWERED_AFTER_DAYS)
    over = Q(closed_at__gte=lately, state__in=(MandateState.RECALLED, MandateState.COMPLETED))
    # A claim that was assigned since is lowered by somebody who owes this collector nothing.
    same = Q(claim=claim_id, creditor=F("claim__creditor"))
    found = Mandate.objects.filter(same, Q(state__in=LIVE) | over)
    # A suspended mandate earns nothing: that is what suspension costs.
    found = found.exclude(state=MandateState.SUSPENDED).filter(starts_at__lte=until)
    return found.select_related("claim").order_by("-starts_at", "-pk").first()


def _amount(mandate: Mandate, until: datetime) -> tuple[int, int, datetime]:
    """
    Return by how much a claim was lowered under a mandate and not told yet, how much of it is money
    from before the order, and when last.
    """
    told = Lowering.objects.filter(mandate=mandate).aggregate(at=Max("lowered_at"))["at"]
    lines = Line.objects.filter(
        claim=mandate.claim_id,
        kind__in=KINDS,
        amount__lt=0,
        booked_at__gte=mandate.starts_at,
        booked_at__lte=until,
    )
    paid = Payment.objects.filter(
        claim=mandate.claim_id,
        source=PaymentSource.CREDITOR,
        state=PaymentState.POSTED,
        paid_on__lt=day_of(mandate.starts_at),
        received_at__gte=mandate.starts_at,
        received_at__lte=until,
    )
    if told is not None:
        lines, paid = lines.filter(booked_at__gt=told), paid.filter(received_at__gt=told)
    lowered = lines.aggregate(sum=Sum("amount"), last=Max("booked_at"))
    earlier = paid.aggregate(sum=Sum(F("amount") - F("excess")), last=Max("received_at"))
    last = max(filter(None, (lowered["last"], earlier["last"])), default=until)
    return (earlier["sum"] or 0) - (lowered["sum"] or 0), earlier["sum"] or 0, last


def _seen(mandate: Mandate, lowered_at: datetime) -> dict[str, Any]:
    """Return what the collector had done shortly before: days and counts, nobody's words."""
    since = lowered_at - timedelta(days=LOWERING_LOOKS_BACK_DAYS)
    promised = Promise.objects.filter(
        mandate=mandate, made_at__gte=since, made_at__lte=lowered_at
    ).aggregate(last=Max("made_at"))["last"]
    plans = Plan.objects.filter(
        claim=mandate.claim_id, state__in=(PlanState.PROPOSED, PlanState.ACTIVE)
    )
    done = Attempt.objects.filter(
        claim=mandate.claim_id,
        collector=mandate.collector_id,
        state=AttemptState.DONE,
        at__gte=since,
        at__lte=lowered_at,
    )
    last = done.aggregate(at=Max("at"))["at"]
    return {
        "owed": mandate.owed or mandate.claim.claimed,
        "contacts": done.count(),
        "contacted_on": day_of(last).isoformat() if last else "",
        "promised_on": day_of(promised).isoformat() if promised else "",
        "plan": plans.exists(),
        "recalled_on": day_of(mandate.closed_at).isoformat()
        if mandate.closed_at and mandate.closed_at < lowered_at
        else "",
    }


def note(what: str, lowering: Lowering, actor: Actor, at: datetime, **facts: Any) -> None:
    """Put on record what became of a lowering."""
    record(
        kind=f"settlement.lowering-{what}",
        subject=f"claim:{lowering.claim_id}",
        actor=actor,
        at=at,
        lowering=lowering.pk,
        creditor=lowering.creditor_id,
        collector=lowering.collector_id,
        **facts,
    )
