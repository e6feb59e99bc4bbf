"""
A debtor allows direct debits for a plan, and ends that with one press.

What is planned stops at once. A file that was made and not handed in is void with it; what is with
the bank already is called back, and what the bank takes nevertheless is the debtor's again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from qinghe.casework.models import Plan
from qinghe.casework.terms import PlanState
from qinghe.claims.days import day_of
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.ids import digits
from qinghe.kernel.money import to_major
from qinghe.kernel.shown import check_shown
from qinghe.parties.services import holds_itself, seal
from qinghe.parties.terms import Secret
from qinghe.settlement.debit_accounts import fits, tidy
from qinghe.settlement.debit_refusals import (
    BadAccount,
    BadDebit,
    CeilingTooLow,
    MandateThere,
    NoDebitMandate,
    NoRunningPlan,
    OthersAccount,
)
from qinghe.settlement.debit_terms import (
    MOST_DAYS_AFTER,
    TEXT,
    DebitRunState,
    DebitState,
    MandateState,
)
from qinghe.settlement.models import Debit, DebitMandate, DebitRun
from qinghe.settlement.queries.debits import largest_open
from qinghe.settlement.services.debit_waits import let_wait


@verb("settlement.allow-debits")
def allow_debits(
    *,
    claim_id: UUID,
    holder: str,
    account: str,
    bank: str,
    most: int,
    days_after: int,
    actor: Actor,
    at: datetime,
    seen: str | None = None,
) -> DebitMandate:
    """
    Allow that the instalments of the debtor's running plan are taken from an account.

    :param seen: the id of the plan that was shown
    :raises NoRunningPlan: no plan of this debtor runs on the claim
    :raises ChangedMeanwhile: another plan runs than was shown
    :raises BadDebit: a word is missing, or too many days
    :raises BadAccount: the number cannot be an account
    :raises OthersAccount: the holder is not the debtor
    :raises CeilingTooLow: an instalment is larger than what one debit may take
    :raises MandateThere: there is one for this plan
    """
    plan = _plan(claim_id, actor)
    check_shown(seen, str(plan.pk))
    sane = holder.strip() and bank.strip() and most > 0 and 0 <= days_after <= MOST_DAYS_AFTER
    if not sane:
        raise BadDebit(days=MOST_DAYS_AFTER)
    number, person_id = tidy(account), plan.claim.debtor_id
    _check_account(number, holder, person_id)
    _check_ceiling(most, plan)
    try:
        with transaction.atomic():
            mandate = DebitMandate.objects.create(
                number=f"DM-{day_of(at):%Y%m%d}-{digits(8)}",
                person_id=person_id,
                claim_id=claim_id,
                plan=plan,
                holder=seal(kind=Secret.TEXT, value=holder.strip(), person_id=person_id, at=at),
                account=seal(kind=Secret.ACCOUNT, value=number, person_id=person_id, at=at),
                bank=bank.strip(),
                most=most,
                days_after=days_after,
                text_version=TEXT,
                given_at=at,
            )
    except IntegrityError:
        raise MandateThere from None
    _note("allowed", mandate, actor, at)
    return mandate


@verb("settlement.cancel-debits")
def cancel_debits(*, mandate_id: UUID, actor: Actor, at: datetime) -> DebitMandate:
    """
    Take back what was allowed. Nothing is asked, and nothing is collected any more; sent again it
    changes nothing.

    :raises NoDebitMandate: unknown, or another's
    """
    known = DebitMandate.objects.filter(pk=mandate_id, person=actor.person_id or UUID(int=0))
    if not known.exists():
        raise NoDebitMandate
    return end_mandate(mandate_id, MandateState.CANCELLED, actor, at)


def end_mandate(mandate_id: UUID, state: MandateState, actor: Actor, at: datetime) -> DebitMandate:
    """End a mandate, and stop everything of it that is not with the bank; locks runs first."""
    _void_runs(mandate_id, actor, at)
    mandate = DebitMandate.objects.select_for_update().get(pk=mandate_id)
    if mandate.state != MandateState.ACTIVE:
        return mandate
    mandate.state, mandate.ended_at = state, at
    mandate.save(update_fields=["state", "ended_at"])
    drop(list(Debit.objects.filter(mandate=mandate, state=DebitState.PLANNED)), actor, at)
    _note("ended", mandate, actor, at, state=str(state))
    return mandate


def drop(debits: Sequence[Debit], actor: Actor, at: datetime) -> None:
    """Drop debits that are not with the bank; whoever is to pay instead has the whole grace."""
    for debit in debits:
        debit.state = DebitState.DROPPED
        debit.save(update_fields=["state"])
    let_wait(debits, actor, at)


def give_up(run: DebitRun, actor: Actor, at: datetime, *, why: str) -> None:
    """Give a locked run up: its debits wait again, and a file of it must not go to the bank."""
    Debit.objects.filter(run=run, state=DebitState.JOINED).update(
        state=DebitState.PLANNED, run=None
    )
    run.state = DebitRunState.DROPPED
    run.save(update_fields=["state"])
    record(
        kind="debit.run-dropped",
        subject=f"debit-run:{run.pk}",
        actor=actor,
        at=at,
        number=run.number,
        why=why,
    )


def _void_runs(mandate_id: UUID, actor: Actor, at: datetime) -> None:
    joined = Debit.objects.filter(mandate=mandate_id, state=DebitState.JOINED)
    ids = list(joined.values_list("run", flat=True).distinct())
    runs = DebitRun.objects.filter(pk__in=ids).order_by("pk").select_for_update()
    for run in runs:
        if run.state in (DebitRunState.DRAFT, DebitRunState.APPROVED):
            give_up(run, actor, at, why="mandate-ended")


def _check_account(number: str, holder: str, person_id: UUID) -> None:
    if not fits(number):
        raise BadAccount
    if not holds_itself(person_id, holder):
        raise OthersAccount


def _check_ceiling(most: int, plan: Plan) -> None:
    largest, currency = largest_open(plan.pk), plan.claim.currency
    if most < largest:
        raise CeilingTooLow(largest=f"{to_major(largest, currency):,}", currency=currency)


def _plan(claim_id: UUID, actor: Actor) -> Plan:
    plans = Plan.objects.filter(
        claim=claim_id, claim__debtor=actor.person_id or UUID(int=0), state=PlanState.ACTIVE
    )
    plan = plans.select_related("claim").select_for_update(of=("self",)).first()
    if plan is None:
        raise NoRunningPlan
    return plan


def _note(what: str, mandate: DebitMandate, actor: Actor, at: datetime, **facts: object) -> None:
    record(
        kind=f"debit.{what}",
        subject=f"claim:{mandate.claim_id}",
        actor=actor,
        at=at,
        person_id=mandate.person_id,
        number=mandate.number,
        most=mandate.most,
        days_after=mandate.days_after,
        text=mandate.text_version,
        about=facts,
    )
