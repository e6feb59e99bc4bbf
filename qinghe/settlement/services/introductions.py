"""
The fee for an introduction (信息服务费): booked when both sides agreed, paid by the agency.

Its tax is contained in it, as in the platform's part of a commission (0059), and booked apart.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from qinghe.claims.days import day_of
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.ledger.services import post_many
from qinghe.ledger.terms import Posting
from qinghe.market.models import Introduction
from qinghe.market.services.introducing import agree_introduction
from qinghe.parties.roles import Permission, require
from qinghe.rules.vat import contained
from qinghe.settlement import accounts
from qinghe.settlement.queries.taxes import rates_of
from qinghe.settlement.refusals import NoFeeDue

FEE: Final = "introduction.fee"
FEE_TAX: Final = "introduction.fee_tax"


@verb("settlement.introduce")
def introduce(*, introduction_id: UUID, actor: Actor, at: datetime) -> Introduction:
    """
    Agree to an introduction as the agency, and book what it owes the platform for it: the fee, and
    apart from it the tax contained, at the rate of this day.

    :raises DomainError: as `agree_introduction`; then nothing is booked
    """
    made = agree_introduction(introduction_id=introduction_id, actor=actor.with_key(None), at=at)
    post_many(postings=_earned(made, at))
    return made


@verb("settlement.introduction-paid")
def receive_fee(
    *, introduction_id: UUID, reference: str, actor: Actor, at: datetime
) -> Introduction:
    """
    Book the arrival of a fee at the bank.

    :raises NotPermitted: only who manages payments
    :raises NoFeeDue: unknown, not made, or paid before
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    made = Introduction.objects.select_for_update().filter(
        state="made", fee_received_at__isnull=True
    )
    found = made.filter(pk=introduction_id).first()
    if found is None:
        raise NoFeeDue
    owed = accounts.introduction_due(found.collector_id)
    paid = _posting(found, accounts.BANK, owed, found.fee, "introduction.paid", at)
    post_many(postings=[paid])
    found.fee_received_at = at
    found.save(update_fields=["fee_received_at"])
    record(
        kind="settlement.introduction-paid",
        subject=f"introduction:{found.pk}",
        actor=actor,
        at=at,
        reference=reference,
        amount=found.fee,
    )
    return found


def _earned(made: Introduction, at: datetime) -> list[Posting]:
    day = day_of(at)
    tax = contained(made.fee, rates_of([(None, day)])[None, day])
    owed = accounts.introduction_due(made.collector_id)
    legs = (
        (accounts.fees(made.pk), made.fee - tax, FEE),
        (accounts.tax(made.pk), tax, FEE_TAX),
    )
    return [_posting(made, owed, path, amount, kind, at) for path, amount, kind in legs if amount]


def _posting(
    made: Introduction, debit: str, credit: str, amount: int, kind: str, at: datetime
) -> Posting:
    subject = f"introduction:{made.pk}"
    return Posting(debit, credit, amount, made.fee_currency, kind, subject, at)
