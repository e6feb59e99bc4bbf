"""
Call a deposit for a proven breach: by hand, late, and never more than the proven damage.

A deposit is on file as a paper, not as money here. A call books what its holder owes and to whom it
will go; the money is booked when it has arrived, and reaches the harmed creditor with the next
payout.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from qinghe.journal.services import verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.money import to_major
from qinghe.ledger.services import post_many
from qinghe.ledger.terms import Posting
from qinghe.parties.days import legal_day
from qinghe.parties.models import Cover
from qinghe.parties.roles import Permission, require
from qinghe.parties.services.covers import NoSuchCover, call_cover
from qinghe.quality.integrity_refusals import AboveDamage, NoSuchCall, TooEarly, WordsMissing
from qinghe.quality.integrity_terms import Outcome, RulingState
from qinghe.quality.models import DepositCall, IntegrityFlag, Ruling
from qinghe.quality.queries.integrity.calls import most_of
from qinghe.quality.services.integrity.hearing import note
from qinghe.quality.services.integrity.ruling import cause_of, lock_ruling
from qinghe.quality.signs.table import rules
from qinghe.settlement import accounts


@verb("quality.call_deposit")
def call_deposit(
    *, ruling_id: UUID, cover_id: UUID, amount: int, actor: Actor, at: datetime
) -> DepositCall:
    """
    Call a part of the deposit of an organisation whose breach two officers have proven.

    :raises NotPermitted: the actor does not suspend
    :raises NoSuchRuling: unknown
    :raises TooEarly: no proven breach in force, or the time to object or an objection runs
    :raises NoSuchCover: not a deposit of this organisation
    :raises AboveDamage: more than the damage or the scale of the breach
    :raises NotADeposit: an insurance
    :raises CoverTooSmall: less is left of it
    """
    require(actor, Permission.SUSPEND)
    ruling = lock_ruling(ruling_id)
    until = _final_since(ruling, at)
    cover = Cover.objects.select_for_update().filter(pk=cover_id).first()
    if cover is None or (cover.organisation_id, cover.currency) != (
        ruling.organisation_id,
        ruling.currency,
    ):
        raise NoSuchCover
    _check_most(ruling, cover, amount)
    call_cover(cover_id=cover_id, amount=amount, cause=cause_of(ruling), actor=actor, at=at)
    call = DepositCall.objects.create(
        ruling=ruling,
        cover=cover,
        amount=amount,
        currency=cover.currency,
        asked_by=ruling.asked_by,
        agreed_by=ruling.decided_by,
        objection_until=until,
        called_by=actor.label,
        called_at=at,
    )
    owed, due = accounts.called(cover.pk), accounts.compensation(_harmed(ruling))
    post_many(postings=[_posting(call, owed, due, "deposit.called", at)])
    note("deposit-called", ruling.flag, actor, at, ruling=ruling.pk, call=call.pk, amount=amount)
    return call


@verb("quality.receive_call")
def receive_call(*, call_id: UUID, reference: str, actor: Actor, at: datetime) -> DepositCall:
    """
    Book the money of a call that has arrived at the bank; it goes out with the next payout.

    :raises NotPermitted: the actor does not manage payments
    :raises NoSuchCall: unknown, or arrived before
    :raises WordsMissing: no reference of the bank
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    rows = DepositCall.objects.select_for_update(of=("self",)).select_related("ruling")
    call = rows.filter(pk=call_id, received_at=None).first()
    if call is None:
        raise NoSuchCall
    if not reference.strip():
        raise WordsMissing
    call.received_at, call.reference = at, reference.strip()
    call.save(update_fields=["received_at", "reference"])
    harmed = _harmed(call.ruling)
    owed, due = accounts.called(call.cover_id), accounts.compensation(harmed)
    post_many(
        postings=[
            _posting(call, accounts.BANK, owed, "deposit.received", at),
            _posting(call, due, accounts.collected(harmed), "deposit.passed-on", at),
        ]
    )
    flag = IntegrityFlag.objects.get(pk=call.ruling.flag_id)
    note("deposit-received", flag, actor, at, ruling=call.ruling_id, call=call.pk)
    return call


def _final_since(ruling: Ruling, at: datetime) -> datetime:
    until = ruling.objection_until
    waits = ruling.appealed_at is not None and ruling.appeal_decided_at is None
    proven = ruling.outcome == Outcome.PROVEN and ruling.state == RulingState.STANDING
    if not proven or waits or until is None or at < until:
        raise TooEarly(until=legal_day(until).isoformat() if until else "–")
    return until


def _check_most(ruling: Ruling, cover: Cover, amount: int) -> None:
    most = most_of(ruling, cover)
    if not 0 < amount <= most:
        raise AboveDamage(
            most=f"{to_major(most, cover.currency):,}",
            currency=cover.currency,
            percent=rules()[ruling.flag.rule].most_percent,
        )


def _harmed(ruling: Ruling) -> UUID:
    # The table lets no damage stand without the one it was done to.
    assert ruling.harmed_id is not None
    return ruling.harmed_id


def _posting(call: DepositCall, debit: str, credit: str, kind: str, at: datetime) -> Posting:
    return Posting(debit, credit, call.amount, call.currency, kind, f"deposit-call:{call.pk}", at)
