"""Announce debits: one for each instalment that falls due, and the debtor is told in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, F, OuterRef

from qinghe.casework.models import Instalment
from qinghe.casework.terms import PlanState
from qinghe.claims.days import day_of
from qinghe.contact.models import Attempt
from qinghe.contact.terms import AttemptState
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.kernel.ids import digits
from qinghe.settlement.debit_terms import (
    NOTICE,
    PLANNED_AHEAD,
    TOLD_AHEAD_DAYS,
    DebitState,
    MandateState,
    WhyNot,
)
from qinghe.settlement.models import Debit, DebitMandate
from qinghe.settlement.queries.debits import told_on, why_not
from qinghe.settlement.services.debit_telling import (
    MACHINE,
    tell_replaced,
    tell_returns,
    through_gate,
)
from qinghe.settlement.services.debit_waits import let_wait
from qinghe.settlement.services.debiting import end_mandate

TO_TELL: Final = (WhyNot.UNTOLD, WhyNot.NOT_YET, WhyNot.PAST)
ON_ITS_WAY: Final = (AttemptState.PERMITTED, AttemptState.SENDING, AttemptState.DONE)


def plan_debits(*, at: datetime) -> int:
    """
    End mandates whose plan is over, plan what falls due, and tell who was not told, also of what
    came back or ended with a plan that was replaced; return how many debits were announced. Each in
    a transaction of its own; run again it does what is still missing.
    """
    tell_returns(at=at)
    for mandate_id in _over():
        end_debits(mandate_id=mandate_id, actor=MACHINE, at=at)
    tell_replaced(at=at)
    for mandate_id, instalment_id in list(_due(at)):
        plan_debit(mandate_id=mandate_id, instalment_id=instalment_id, actor=MACHINE, at=at)
    planned = Debit.objects.filter(state=DebitState.PLANNED).order_by("pk")
    return sum(_tell(pk, at) for pk in list(planned.values_list("pk", flat=True)))


@verb("settlement.end-debits")
def end_debits(*, mandate_id: UUID, actor: Actor, at: datetime) -> DebitMandate:
    """End a mandate whose plan does not run any more."""
    return end_mandate(mandate_id, MandateState.OVER, actor, at)


@verb("settlement.plan-debit")
def plan_debit(
    *, mandate_id: UUID, instalment_id: UUID, actor: Actor, at: datetime
) -> Debit | None:
    """Plan the debit of one instalment; None where it is not due any more."""
    mandate = DebitMandate.objects.select_for_update().get(pk=mandate_id)
    part = Instalment.objects.select_for_update().get(pk=instalment_id)
    open_ = part.amount - part.paid
    known = Debit.objects.filter(instalment=part).exclude(state=DebitState.DROPPED)
    if mandate.state != MandateState.ACTIVE or not 0 < open_ <= mandate.most or known.exists():
        return None
    debit = Debit.objects.create(
        number=f"DD-{day_of(at):%Y%m%d}-{digits(8)}",
        mandate=mandate,
        instalment=part,
        amount=open_,
        currency=mandate.claim.currency,
        collects_on=_day(part.due_on + timedelta(days=mandate.days_after), at),
        planned_at=at,
    )
    let_wait([debit], actor, at)
    _note("planned", debit, actor, at)
    return debit


@verb("settlement.tell-debit")
def tell_debit(*, debit_id: UUID, actor: Actor, at: datetime) -> bool:
    """
    Tell the debtor of a planned debit, through the gate as anything else; tell whether it let it
    through. What it refuses is tried again another day, and the day of the debit moves with it.
    """
    related = ("mandate__plan", "mandate__claim", "instalment")
    rows = Debit.objects.select_related(*related).select_for_update(of=("self",))
    debit = rows.filter(pk=debit_id, state=DebitState.PLANNED).first()
    if debit is None or _waits(debit, actor, at):
        return False
    if why_not([debit], at).get(debit.pk, WhyNot.UNTOLD) not in TO_TELL:
        # Nobody is told of money that would not be taken.
        return False
    debit.collects_on = _day(max(debit.collects_on, _wanted(debit)), at)
    let_wait([debit], actor, at)
    told = through_gate(debit.mandate.claim_id, NOTICE, actor, at)
    debit.notice = told or debit.notice
    debit.save(update_fields=["notice", "collects_on"])
    return told is not None


def _tell(debit_id: UUID, at: datetime) -> bool:
    try:
        return tell_debit(debit_id=debit_id, actor=MACHINE, at=at)
    except DomainError:
        # Nobody may be told of it now; the day of the debit moves until somebody may.
        return False


def _waits(debit: Debit, actor: Actor, at: datetime) -> bool:
    """
    Tell whether a notice is under way or arrived; a letter that is posted late moves the day.

    A day that passed, behind a hold or a run given up, or that a pause moved, is told anew.
    """
    if debit.notice_id is None:
        return False
    told = told_on([debit]).get(debit.pk)
    if told is not None and debit.collects_on < max(day_of(at), debit.instalment.due_on):
        # Nobody expects it any more on a day of which nothing was said.
        debit.notice = None
        debit.save(update_fields=["notice"])
        return False
    if told is not None:
        earliest = told + timedelta(days=TOLD_AHEAD_DAYS)
        if debit.collects_on < earliest:
            debit.collects_on = earliest
            debit.save(update_fields=["collects_on"])
            let_wait([debit], actor, at)
        return True
    return Attempt.objects.filter(pk=debit.notice_id, state__in=ON_ITS_WAY).exists()


def _wanted(debit: Debit) -> date:
    """Return the day of a debit as its instalment and its debtor want it; a pause moves it."""
    return debit.instalment.due_on + timedelta(days=debit.mandate.days_after)


def _day(wanted: date, at: datetime) -> date:
    """Return the day of a debit: the wanted one, but never sooner than the debtor can be told."""
    return max(wanted, day_of(at) + timedelta(days=TOLD_AHEAD_DAYS))


def _over() -> list[UUID]:
    over = DebitMandate.objects.filter(state=MandateState.ACTIVE)
    over = over.exclude(plan__state=PlanState.ACTIVE)
    return list(over.order_by("pk").values_list("pk", flat=True))


def _due(at: datetime) -> Iterator[tuple[UUID, UUID]]:
    mandates = DebitMandate.objects.filter(state=MandateState.ACTIVE)
    known = Debit.objects.filter(instalment=OuterRef("pk")).exclude(state=DebitState.DROPPED)
    for mandate_id, plan_id in mandates.order_by("pk").values_list("pk", "plan"):
        parts = Instalment.objects.filter(
            ~Exists(known),
            plan=plan_id,
            paid__lt=F("amount"),
            missed_at__isnull=True,
            due_on__gte=day_of(at),
            due_on__lte=day_of(at) + PLANNED_AHEAD,
        )
        for part_id in parts.order_by("seq").values_list("pk", flat=True):
            yield mandate_id, part_id


def _note(what: str, debit: Debit, actor: Actor, at: datetime) -> None:
    record(
        kind=f"debit.{what}",
        subject=f"claim:{debit.mandate.claim_id}",
        actor=actor,
        at=at,
        person_id=debit.mandate.person_id,
        number=debit.number,
        amount=debit.amount,
        currency=debit.currency,
        collects_on=debit.collects_on,
    )
