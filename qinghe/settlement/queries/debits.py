"""Direct debits: whether one may be collected, and what pages show of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from qinghe.casework.models import Instalment
from qinghe.casework.respite import respite_of
from qinghe.casework.terms import PlanState
from qinghe.claims.days import day_of
from qinghe.claims.models import Hold
from qinghe.claims.terms import OPEN_STATES, HoldKind
from qinghe.contact.models import Attempt, Delivery
from qinghe.contact.terms import AttemptState
from qinghe.kernel.actor import Actor
from qinghe.parties.roles import Permission, require
from qinghe.parties.services import unseal
from qinghe.parties.terms import Channel
from qinghe.settlement.debit_refusals import NoDebitMandate, NoDebitRun
from qinghe.settlement.debit_terms import (
    LIVE,
    RETURN_WORDS,
    TAKEN_AHEAD,
    TOLD_AHEAD_DAYS,
    DebitState,
    MandateState,
    WhyNot,
)
from qinghe.settlement.models import Debit, DebitMandate, DebitRun
from qinghe.settlement.queries.debit_backs import NONE_BACK, Went, gone_of, went
from qinghe.settlement.return_codes import CODES

LATEST = 50


@dataclass(frozen=True)
class DebitRow:
    """One debit as a page shows it; amount in minor units, whose account it is nowhere."""

    id: UUID
    number: str
    claim_number: str
    amount: int
    currency: str
    collects_on: date
    state: str
    return_code: str
    why: WhyNot | None = None
    # Of one that came back: until when the debtor can pay it and keep the plan.
    pay_by: date | None = None
    # Of what it brought too much or in vain: what goes back, and what went.
    back: Went = NONE_BACK

    @property
    def state_label(self) -> str:
        return str(DebitState(self.state).label)

    @property
    def return_words(self) -> str:
        own = RETURN_WORDS.get(self.return_code)
        known = CODES.get(self.return_code)
        return str(own or (known.words if known else ""))


@dataclass(frozen=True)
class MyDebit:
    """What a debtor allowed, masked, and what comes next; amounts in minor units."""

    id: UUID
    number: str
    claim_number: str
    currency: str
    account: str
    # To its owner, while it stands.
    holder: str
    bank: str
    most: int
    days_after: int
    state: str
    given_at: datetime
    rows: tuple[DebitRow, ...]
    # It ended because the plan stopped, and nobody took it back.
    stopped: bool = False
    # The plan it was given for runs no more, and nobody has ended it yet.
    idle: bool = False
    # That plan was not kept: what the bank has already still pays the claim.
    pays: bool = False
    # It ended because another plan came in the place of its own, for which it was not allowed.
    replaced: bool = False

    @property
    def with_bank(self) -> bool:
        """Tell whether the bank has a debit of it and has not answered."""
        return any(row.state == DebitState.SENT for row in self.rows)

    @property
    def running(self) -> bool:
        return self.state == MandateState.ACTIVE

    @property
    def state_label(self) -> str:
        return str(MandateState(self.state).label)


def told_on(debits: Collection[Debit]) -> dict[UUID, date]:
    """Return on which day debtors were told of debits; absent: not yet. A letter, when posted."""
    notices = [debit.notice_id for debit in debits if debit.notice_id]
    done = Attempt.objects.filter(pk__in=notices, state=AttemptState.DONE)
    days = {
        pk: day_of(sent_at)
        for pk, channel, sent_at in done.values_list("pk", "channel", "sent_at")
        if channel != Channel.LETTER and sent_at
    }
    posted = Delivery.objects.filter(attempt__in=notices, posted_at__isnull=False)
    days |= {pk: day_of(at) for pk, at in posted.values_list("attempt", "posted_at") if at}
    return {debit.pk: days[debit.notice_id] for debit in debits if debit.notice_id in days}


def why_not(debits: Sequence[Debit], at: datetime) -> dict[UUID, WhyNot]:
    """
    Return why debits may not be collected; absent are those that may. Five queries.

    Debits come with mandate, plan, claim and instalment.
    """
    told, held, today = told_on(debits), _held(debits, at), day_of(at)

    def reason(debit: Debit) -> WhyNot | None:
        mandate, part = debit.mandate, debit.instalment
        day = told.get(debit.pk)
        broke = debit.state == DebitState.SENT and mandate.plan.state == PlanState.BROKEN
        runs = broke or mandate.plan.state == PlanState.ACTIVE
        runs = runs and mandate.claim.state in OPEN_STATES
        # Nobody took back what is with the bank: what it collects pays the claim, plan or no plan.
        stands = mandate.state == MandateState.ACTIVE or (
            broke and mandate.state == MandateState.OVER
        )
        checks = (
            (not stands, WhyNot.MANDATE),
            (not runs, WhyNot.PLAN),
            (debit.pk in held, WhyNot.HOLD),
            (part.amount - part.paid < debit.amount, WhyNot.PAID),
            (debit.amount > mandate.most, WhyNot.ABOVE),
            (day is None or debit.collects_on < _ahead(day), WhyNot.UNTOLD),
            (debit.collects_on > today + TAKEN_AHEAD, WhyNot.NOT_YET),
            # What the bank has keeps the day it was told for.
            # What a pause moved is not taken on the day that was told before.
            (
                debit.state != DebitState.SENT and debit.collects_on < max(today, part.due_on),
                WhyNot.PAST,
            ),
        )
        return next((why for holds, why in checks if holds), None)

    return {debit.pk: why for debit in debits if (why := reason(debit)) is not None}


def _ahead(day: date) -> date:
    return day + timedelta(days=TOLD_AHEAD_DAYS)


def _held(debits: Sequence[Debit], at: datetime) -> set[UUID]:
    """Return debits whose person or claim is on hold, but for the hold of a plan that is kept."""
    people = {debit.mandate.person_id for debit in debits}
    live = Hold.objects.filter(person__in=people, lifted_at__isnull=True)
    live = live.exclude(kind=HoldKind.PLAN).filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
    found = set(live.values_list("person", "claim"))
    return {
        debit.pk
        for debit in debits
        if {(debit.mandate.person_id, None), (debit.mandate.person_id, debit.mandate.claim_id)}
        & found
    }


def my_debit(*, claim_id: UUID, actor: Actor) -> MyDebit | None:
    """Return the debtor's own direct debit on a claim, the newest; None without any."""
    mandate = _given_by(actor).filter(claim=claim_id).last()
    return _mine(mandate) if mandate else None


def failed_days(*, claim_id: UUID, actor: Actor) -> dict[date, date]:
    """Return by due day until when instalments can be paid whose debit came back."""
    debits = Debit.objects.filter(
        mandate__person=actor.person_id or UUID(int=0), mandate__claim=claim_id
    )
    rows = debits.select_related("mandate__plan", "instalment")
    return {each.instalment.due_on: day for each in rows if (day := _pay_by(each))}


def debited_days(*, claim_id: UUID, actor: Actor) -> set[date]:
    """Return the due days of instalments whose debit is announced or with the bank."""
    mine = _given_by(actor).filter(claim=claim_id)
    debits = Debit.objects.filter(mandate__in=mine.values("pk"), state__in=LIVE)
    return set(debits.values_list("instalment__due_on", flat=True))


def _pay_by(debit: Debit) -> date | None:
    part = debit.instalment
    open_now = part.paid < part.amount and part.missed_at is None
    if not open_now or (debit.state, debit.mandate.plan.state) != (
        DebitState.RETURNED,
        PlanState.ACTIVE,
    ):
        return None
    mandate = debit.mandate
    respite = respite_of(claim_id=mandate.claim_id, person_id=mandate.person_id)
    return respite.last_day(part.due_on, part.expected_on)


def my_debits(*, actor: Actor) -> list[MyDebit]:
    """Return every direct debit that a debtor ever allowed, those that ended too."""
    return [_mine(each) for each in _given_by(actor)]


def _given_by(actor: Actor) -> QuerySet[DebitMandate]:
    rows = DebitMandate.objects.filter(person=actor.person_id or UUID(int=0))
    return rows.select_related("account", "holder", "claim", "plan").order_by("given_at", "pk")


def _mine(mandate: DebitMandate) -> MyDebit:
    debits = Debit.objects.filter(mandate=mandate).exclude(state=DebitState.DROPPED)
    related = ("mandate__claim", "mandate__plan", "instalment", "payment")
    found = list(debits.select_related(*related).order_by("collects_on"))
    back = went(found)
    return MyDebit(
        id=mandate.pk,
        number=mandate.number,
        claim_number=mandate.claim.number,
        currency=mandate.claim.currency,
        account=mandate.account.masked,
        holder=unseal(mandate.holder) if _stands(mandate) == MandateState.ACTIVE else "",
        bank=mandate.bank,
        most=mandate.most,
        days_after=mandate.days_after,
        state=_stands(mandate),
        given_at=mandate.given_at,
        idle=mandate.state == MandateState.ACTIVE and mandate.plan.state != PlanState.ACTIVE,
        pays=mandate.plan.state == PlanState.BROKEN,
        stopped=(mandate.state, mandate.plan.state) == (MandateState.OVER, PlanState.BROKEN),
        replaced=_stands(mandate) == MandateState.OVER and mandate.plan.state == PlanState.REPLACED,
        rows=tuple(_row(each, pay_by=_pay_by(each), back=back[each.pk]) for each in found),
    )


def _stands(mandate: DebitMandate) -> str:
    """Return how a mandate stands: replaced with its plan it is over before the night says so."""
    ends = mandate.plan.state == PlanState.REPLACED and mandate.state == MandateState.ACTIVE
    return MandateState.OVER if ends else mandate.state


def largest_open(plan_id: UUID) -> int:
    """Return the largest instalment of a plan that is still open, in minor units."""
    parts = Instalment.objects.filter(plan=plan_id)
    return max((part.amount - part.paid for part in parts), default=0)


@dataclass(frozen=True)
class RunPage:
    """A run and its debits, each with why it may not be collected now."""

    run: DebitRun
    rows: tuple[DebitRow, ...]


def debit_runs(*, actor: Actor) -> list[DebitRun]:
    """
    Return the latest runs, newest first.

    :raises NotPermitted: the role may not prepare payouts
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    return list(DebitRun.objects.order_by("-opened_at", "-pk")[:LATEST])


def debit_run(*, run_id: UUID, actor: Actor, at: datetime) -> RunPage:
    """
    Return one run with its debits.

    :raises NotPermitted: the role may not prepare payouts
    :raises NoDebitRun: unknown
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    run = DebitRun.objects.filter(pk=run_id).first()
    if run is None:
        raise NoDebitRun
    return RunPage(run, _rows(Q(run=run), at))


def debit_run_named(*, number: str, actor: Actor, at: datetime) -> RunPage:
    """
    Return the run of a number with its debits.

    :raises NotPermitted: the role may not prepare payouts
    :raises NoDebitRun: unknown
    """
    pk = DebitRun.objects.filter(number=number).values_list("pk", flat=True).first()
    return debit_run(run_id=pk or UUID(int=0), actor=actor, at=at)


def planned(*, actor: Actor, at: datetime) -> tuple[DebitRow, ...]:
    """
    Return debits that wait for a run, with why they cannot be collected now.

    :raises NotPermitted: the role may not prepare payouts
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    return _rows(Q(state=DebitState.PLANNED), at)


def to_recall(*, actor: Actor, at: datetime) -> tuple[DebitRow, ...]:
    """
    Return debits that are with the bank or were collected and should not be: to be called back.

    :raises NotPermitted: the role may not prepare payouts
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    rows = _rows(Q(state__in=(DebitState.SENT, DebitState.UNDUE)), at)
    # What the platform sends back itself is not called back as well.
    back = gone_of([row.id for row in rows])
    return tuple(
        row
        for row in rows
        if (row.state == DebitState.UNDUE and row.id not in back) or stopped(row.why)
    )


def stopped(why: WhyNot | None) -> bool:
    """Tell whether a debit must not be collected any more, wherever it is."""
    return why in (WhyNot.MANDATE, WhyNot.PLAN, WhyNot.HOLD)


def mandate_for(*, claim_id: UUID, actor: Actor) -> DebitMandate:
    """
    Return the debtor's running direct debit on a claim.

    :raises NoDebitMandate: none, or another's
    """
    found = _given_by(actor).filter(claim=claim_id, state=MandateState.ACTIVE).last()
    if found is None:
        raise NoDebitMandate
    return found


def _rows(which: Q, at: datetime) -> tuple[DebitRow, ...]:
    debits = Debit.objects.filter(which).select_related(
        "mandate__plan", "mandate__claim", "instalment"
    )
    found = list(debits.order_by("collects_on", "number"))
    live = [each for each in found if each.state in LIVE]
    why = why_not(live, at) if live else {}
    return tuple(_row(each, why.get(each.pk)) for each in found)


def _row(debit: Debit, why: WhyNot | None = None, **more: Any) -> DebitRow:
    return DebitRow(
        id=debit.pk,
        number=debit.number,
        claim_number=debit.mandate.claim.number,
        amount=debit.amount,
        currency=debit.currency,
        collects_on=debit.collects_on,
        state=debit.state,
        return_code=debit.return_code,
        why=why,
        **more,
    )
