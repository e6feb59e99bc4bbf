"""
Hold the quality part while a complaint or its appeal is open; give a forfeited one back.

The cause is what the floor above names its decision by.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.ledger.services import lock_accounts, post_many
from qinghe.ledger.terms import Posting
from qinghe.market.models import Mandate
from qinghe.settlement import accounts
from qinghe.settlement.models import Mark, Split, Stay
from qinghe.settlement.terms import PaymentState

RESTORED = "reserve.restored"


def hold_reserves(*, mandate_ids: Collection[UUID], cause: str, at: datetime) -> None:
    """Let no quality part under mandates be decided until the cause is over."""
    for mandate_id in mandate_ids:
        told = {"cause": cause, "mandate_id": mandate_id}
        if not Stay.objects.filter(**told).update(until=None):
            Stay.objects.create(**told, since=at)


def let_reserves_go(*, cause: str, until: datetime, only: UUID | None = None) -> None:
    """Say when what waits for a cause may be decided; without a mandate named, for all of them."""
    stays = Stay.objects.filter(cause=cause)
    (stays.filter(mandate=only) if only else stays).update(until=until)


def staying(at: datetime) -> QuerySet[Stay]:
    """Return what holds quality parts at a moment."""
    return Stay.objects.filter(Q(until__isnull=True) | Q(until__gt=at))


@verb("settlement.restore-reserves")
def restore_reserves(*, cause: str, actor: Actor, at: datetime) -> int:
    """
    Give back what a decision took that was set aside; return for how many payments.

    The creditor, who got it, owes it again, and it is paid when the creditor covers it. Where
    another justified complaint stands against the same mandate, it stays forfeited for that one.
    """
    Mark.objects.filter(cause=cause, lifted_at=None).update(lifted_at=at)
    splits = _forfeited(cause)
    _lock(splits)
    marks = Mark.objects.filter(mandate__in={each.mandate_id for each in splits}, lifted_at=None)
    other: dict[UUID | None, str] = dict(marks.order_by("-at").values_list("mandate", "cause"))
    back = [each for each in splits if each.mandate_id not in other]
    post_many(postings=[move for each in back for move in _postings(each, at)])
    for each in splits:
        each.forfeited_for = other.get(each.mandate_id, "")
    for each in back:
        each.uncovered += each.reserve
        each.reserve_settled_at = each.reserve_paid = None
    changed = ["forfeited_for", "uncovered", "reserve_settled_at", "reserve_paid"]
    Split.objects.bulk_update(splits, changed, batch_size=2_000)
    if back:
        total = sum(each.reserve for each in back)
        subject = "settlement:reserves"
        record(kind=RESTORED, subject=subject, actor=actor, at=at, count=len(back), total=total)
    return len(back)


def lock_mandate(mandate_id: UUID) -> None:
    """Lock the accounts a decision about a mandate touches, before the rows of its payments."""
    found = Mandate.objects.filter(pk=mandate_id)
    mandate = found.values_list("claim__currency", "collector").first()
    if mandate is None:
        return
    paid = Split.objects.filter(mandate=mandate_id).values_list("payment__creditor", flat=True)
    paths = {accounts.reserve(mandate[1]), accounts.payable(mandate[1])}
    for creditor in paid.distinct():
        paths |= _of(creditor)
    lock_accounts(keys={(path, mandate[0]) for path in paths})


def _forfeited(cause: str) -> list[Split]:
    rows = Split.objects.filter(forfeited_for=cause, payment__state=PaymentState.POSTED)
    return list(rows.exclude(collector=None).select_related("payment").order_by("pk"))


def _lock(splits: Collection[Split]) -> None:
    lock_accounts(
        keys={
            (path, each.payment.currency)
            for each in splits
            for path in _of(each.payment.creditor_id)
        }
    )
    list(Split.objects.filter(pk__in=[each.pk for each in splits]).select_for_update())


def _of(creditor_id: UUID) -> set[str]:
    parts = (accounts.collected, accounts.commission_due, accounts.uncovered)
    return {part(creditor_id) for part in parts}


def _postings(split: Split, at: datetime) -> list[Posting]:
    creditor = split.payment.creditor_id
    return [
        Posting(
            debit=accounts.commission_due(creditor),
            credit=accounts.uncovered(creditor),
            amount=split.reserve,
            currency=split.payment.currency,
            kind=RESTORED,
            subject=f"payment:{split.payment_id}",
            at=at,
        )
    ]
