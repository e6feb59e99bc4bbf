"""
Hear what the bank says of direct debits. Told again, late or out of order, it changes nothing.

What was collected pays the claim. What was collected though the debtor had cancelled, or a hold
stood, pays nothing: it is kept for the debtor until the bank has sent it back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, system
from qinghe.kernel.money import to_major
from qinghe.ledger.queries import standing
from qinghe.ledger.services import post_many, reverse_many
from qinghe.ledger.terms import Posting
from qinghe.parties.roles import Permission, require
from qinghe.settlement import accounts
from qinghe.settlement.debit_terms import (
    MOST_RETURNS,
    DebitRunState,
    DebitState,
    MandateState,
)
from qinghe.settlement.models import Debit, DebitMandate, DebitRun
from qinghe.settlement.payout_files.answers import Answer, Said, Unreadable, read_answers
from qinghe.settlement.payout_refusals import BadReport
from qinghe.settlement.queries.debits import stopped, why_not
from qinghe.settlement.return_codes import ACCOUNT_CODES
from qinghe.settlement.services.advancing import check_own
from qinghe.settlement.services.bank_answers import Heard
from qinghe.settlement.services.debit_backs import stop_unsent
from qinghe.settlement.services.debit_telling import tell_returns
from qinghe.settlement.services.debit_waits import let_wait
from qinghe.settlement.services.debiting import end_mandate
from qinghe.settlement.services.posting import post_payment
from qinghe.settlement.services.replaying import cover_lacks
from qinghe.settlement.services.reversal import reverse_payment
from qinghe.settlement.terms import PaymentSource, PaymentState

BOOKS: Final = system("settlement.debits")


def read_debit_answers(
    *, content: bytes, actor: Actor, at: datetime
) -> tuple[tuple[str, Heard], ...]:
    """
    Read a file of the bank's answers to direct debits, each booked in its own transaction.

    :raises NotPermitted: the role may not pay out
    :raises BadReport: it cannot be read
    :raises NoCash: more comes back than the platform's account holds
    :raises OwnMoneyShort: shares went out, and the platform's own money does not reach
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    plain = actor.with_key(None)
    try:
        told = read_answers(content, incoming=True)
    except Unreadable as fault:
        raise BadReport(why=str(fault)) from fault
    answers = [one for each in told for one in _each(each)]
    heard = tuple((one.number, hear_debit(answer=one, actor=plain, at=at)) for one in answers)
    # At once where the hour allows it: the days left to pay are few.
    tell_returns(at=at)
    return heard


@verb("settlement.hear-debit")
def hear_debit(*, answer: Answer, actor: Actor, at: datetime) -> Heard:
    """
    Book what the bank says of one debit.

    :raises NotPermitted: the role may not pay out
    :raises NoCash: more comes back than the platform's account holds
    :raises OwnMoneyShort: shares went out, and the platform's own money does not reach
    """
    require(actor, Permission.PREPARE_PAYOUTS)
    run_id = Debit.objects.filter(number=answer.number).values_list("run", flat=True).first()
    if run_id is None:
        return Heard.UNKNOWN
    run = DebitRun.objects.select_for_update().get(pk=run_id)
    rows = Debit.objects.select_related("mandate__plan", "mandate__claim", "instalment", "payment")
    debit = rows.select_for_update(of=("self",)).get(number=answer.number)
    heard = _judge(debit, answer)
    if heard == Heard.PAID:
        _collect(debit, actor, at)
    elif heard == Heard.RETURNED:
        _return(debit, answer.code, actor, at)
    if heard in (Heard.PAID, Heard.RETURNED):
        _end_run(run, at)
        _note(debit, actor, at)
    return heard


def _judge(debit: Debit, answer: Answer) -> Heard:
    ours = to_major(debit.amount, debit.currency)
    if answer.currency not in ("", debit.currency) or answer.amount not in (None, ours):
        return Heard.DIFFERS
    if answer.said == Said.PENDING:
        return Heard.UNCLEAR if answer.unclear else Heard.PENDING
    state = DebitState(debit.state)
    taken = (DebitState.COLLECTED, DebitState.UNDUE)
    if answer.said == Said.PAID:
        if state == DebitState.SENT:
            return Heard.PAID
        return Heard.KNOWN if state in taken else Heard.CONTRADICTS
    if state == DebitState.RETURNED:
        return Heard.KNOWN
    return Heard.RETURNED if state in (DebitState.SENT, *taken) else Heard.CONTRADICTS


def _collect(debit: Debit, actor: Actor, at: datetime) -> None:
    debit.answered_at = at
    if stopped(why_not([debit], at).get(debit.pk)):
        debit.state = DebitState.UNDUE
        post_many(postings=[_kept(debit, at)])
    else:
        debit.state = DebitState.COLLECTED
        debit.payment = post_payment(
            claim_id=debit.mandate.claim_id,
            amount=debit.amount,
            currency=debit.currency,
            paid_on=debit.collects_on,
            source=PaymentSource.DEBIT,
            reference=debit.number,
            actor=BOOKS,
            at=at,
        )
    debit.save(update_fields=["state", "payment", "answered_at"])
    if debit.state == DebitState.UNDUE:
        let_wait([debit], actor, at)


def _kept(debit: Debit, at: datetime) -> Posting:
    box = accounts.cash(accounts.DEBIT, debit.mandate.claim_id)
    held = accounts.refund(debit.mandate.person_id)
    return Posting(box, held, debit.amount, debit.currency, "debit.undue", f"debit:{debit.pk}", at)


def _return(debit: Debit, code: str, actor: Actor, at: datetime) -> None:
    stop_unsent(debit, actor, at)
    if debit.payment is not None and debit.payment.state == PaymentState.POSTED:
        reverse_payment(payment_id=debit.payment.pk, reason=f"debit:{code}", actor=BOOKS, at=at)
    kept = standing(subject=f"debit:{debit.pk}")
    # What was given back already and is taken by the bank too is the debtor's to return.
    cover_lacks(kept, f"cover:debit:{debit.pk}", at)
    reverse_many(transfer_ids=[each.pk for each in kept], at=at)
    check_own(currency=debit.currency, at=at)
    debit.state, debit.return_code, debit.answered_at = DebitState.RETURNED, code, at
    debit.save(update_fields=["state", "return_code", "answered_at"])
    let_wait([debit], actor, at)
    if code in ACCOUNT_CODES or _in_a_row(debit.mandate) >= MOST_RETURNS:
        end_mandate(debit.mandate_id, MandateState.BOUNCED, actor, at)


def _in_a_row(mandate: DebitMandate) -> int:
    ended = Debit.objects.filter(mandate=mandate, answered_at__isnull=False)
    states = list(ended.order_by("-collects_on", "-pk").values_list("state", flat=True))
    good = next((n for n, state in enumerate(states) if state != DebitState.RETURNED), None)
    return len(states) if good is None else good


def _end_run(run: DebitRun, at: datetime) -> None:
    if run.state != DebitRunState.SENT:
        return
    if not Debit.objects.filter(run=run, state=DebitState.SENT).exists():
        run.state, run.done_at = DebitRunState.DONE, at
        run.save(update_fields=["state", "done_at"])


def _each(answer: Answer) -> Iterator[Answer]:
    """Yield an answer for each debit it is about: those of a run, where it names the file."""
    numbers = list(
        Debit.objects.filter(run__number=answer.number)
        .order_by("number")
        .values_list("number", flat=True)
    )
    yield from [replace(answer, number=number) for number in numbers] or [answer]


def _note(debit: Debit, actor: Actor, at: datetime) -> None:
    record(
        kind=f"debit.{debit.state}",
        subject=f"claim:{debit.mandate.claim_id}",
        actor=actor,
        at=at,
        person_id=debit.mandate.person_id,
        number=debit.number,
        amount=debit.amount,
        currency=debit.currency,
        code=debit.return_code,
    )
